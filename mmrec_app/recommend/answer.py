"""The answer's side of the Recommend page: results, why each has its score, and the map."""

import pandas as pd
import streamlit as st

from mmrec_app import gallery, state, wording
from mmrec_app.recommend import query
from mmrec_app.recommend.view import RecommendView
from mmrec_app.routes import thumbnail_url
from mmrec_core.bundle import Bundle
from mmrec_core.pairs import FEATURES
from mmrec_core.plots.cluster_map import cluster_map
from mmrec_core.plots.contributions import contributions_waterfall
from mmrec_core.plots.palette import cluster_colour, cluster_glyph
from mmrec_core.recommend import Recommendation, Result

_MEANING = {feature.name: feature.meaning for feature in FEATURES}
_ROLE = {feature.name: feature.role for feature in FEATURES}
_FOLLOW = "Recommend from this one"
_PLOTLY = {
    "displaylogo": False,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d"],
}


@st.fragment
def results(bundle: Bundle, view: RecommendView, found: Recommendation) -> None:
    """Draw the results, and beside them why the chosen one is there."""
    if False:
        st.rerun()
    if not found.results:
        st.text("No candidate is left to rank.")
        return
    wanted = st.query_params.get("result")
    chosen = next((r for r in found.results if r.image == wanted), found.results[0])
    grid, reasons = st.columns([1.6, 1], gap="large")
    with grid:
        count = wording.count(len(found.results), "recommendation", "recommendations")
        st.subheader("Recommendations", anchor=False)
        gallery.gallery(
            bundle,
            [_card(bundle, found, result) for result in found.results],
            label=f"{count} by {wording.ranker_name(found.ranker)}",
            key="answer.gallery",
            selected=chosen.image,
            on_picked=lambda image: state.go(view, result=image),
            follow=_FOLLOW,
            on_followed=lambda image: _follow(view, image),
            width="7rem",
            columns=5,
        )
        st.caption(_legend(found))
        if found.query.duplicates:
            names = ", ".join(found.query.duplicates)
            st.caption(f"Left out as the query's own picture: {wording.escaped(names)}.")
    with reasons:
        _why(bundle, view, found, chosen)


def place(bundle: Bundle, found: Recommendation) -> None:
    """Draw where the query and its results lie, and the clusters that gave candidates."""
    whole, near, table = st.columns([1.15, 1.15, 1], gap="large")
    for column, close_up, title in (
        (whole, False, "On the map"),
        (near, True, "Around the query"),
    ):
        with column:
            st.subheader(title, anchor=False)
            figure = cluster_map(
                bundle.items,
                query_xy=(found.query.x, found.query.y),
                query_index=found.query.index,
                query_text=found.query.text,
                candidate_clusters=[int(c.cluster) for c in found.clusters],
                candidates=found.candidates,
                results=[result.index for result in found.results],
                close_up=close_up,
            )
            st.plotly_chart(
                figure,
                key=f"answer.map.{close_up}",
                config=_PLOTLY,
                alt=f"{title}: the query, its candidates and the results among all images",
            )
    if found.query.index is None:
        near.caption("The place of an upload is estimated from its nearest images.")
    with table:
        st.subheader("Candidate clusters", anchor=False)
        st.html(_cluster_table(found))
        st.caption(
            f"{len(found.candidates):,} candidates of {len(bundle.items):,} images "
            "were ranked. Distance: from the query to the cluster's centre."
        )


def footer(bundle: Bundle, found: Recommendation) -> None:
    """Draw what each stage took."""
    st.caption(
        f":material/timer: {wording.timings(found.timings_ms)} · bundle "
        f"{wording.escaped(bundle.name)} {bundle.digest[:8]}"
    )


def _follow(view: RecommendView, image: str) -> None:
    query.choose(view, image)
    st.session_state["answer.followed"] = True


def _card(bundle: Bundle, found: Recommendation, result: Result) -> gallery.Card:
    labels = bundle.items["label"].array
    asked = found.query.index
    same = asked is not None and labels[asked] and str(labels[asked]) == labels[result.index]
    score, probability = wording.digits(result.score), result.probability
    return gallery.Card(
        result.index,
        badge=str(result.rank),
        stack=f"+{len(result.duplicates)}" if result.duplicates else None,
        value=score if probability is None else wording.percent(probability),
        note=None if probability is None else score,
        mark="✓ same category" if same else None,
        share=min(max(result.score, 0), 1) if probability is None else probability,
        cluster=result.cluster,
    )


def _why(bundle: Bundle, view: RecommendView, found: Recommendation, result: Result) -> None:
    st.subheader(f"Why number {result.rank}", anchor=False)
    row = bundle.items.iloc[result.index]
    score = f"{wording.digits(result.score)} {wording.unit(found.ranker)}"
    facts: list[tuple[str, str, int | None]] = [("Score", score, None)]
    if result.probability is not None:
        facts.insert(0, ("Relevant", f"{wording.percent(result.probability)} likely", None))
    if row.get("label"):
        facts.append(("Category", row["label"], None))
    facts.append(("Cluster", str(result.cluster), result.cluster))
    if result.duplicates:
        facts.append(("Stands for", ", ".join(result.duplicates), None))
    gallery.picture(
        thumbnail_url(bundle, result.index),
        caption=result.text,
        facts=facts,
        key="answer.chosen",
        small=True,
    )
    st.markdown(f"**{wording.why(result.contributions)}**")
    figure = contributions_waterfall(
        result.contributions.base,
        result.contributions.groups,
        unit=wording.unit(found.ranker),
    )
    st.plotly_chart(
        figure,
        key="answer.waterfall",
        config={"displayModeBar": False},
        alt=f"Contributions to the score of result {result.rank}",
    )
    with st.expander("Every feature", icon=":material/table_rows:"):
        st.dataframe(
            _features(result),
            hide_index=True,
            column_config={
                "Value": st.column_config.NumberColumn(format="%.2g", width="small"),
                "Adds": st.column_config.NumberColumn(format="%+.2g", width="small"),
            },
        )
    st.button(
        _FOLLOW,
        key="answer.follow",
        icon=":material/arrow_outward:",
        on_click=_follow,
        args=(view, result.image),
    )


def _legend(found: Recommendation) -> str:
    score = f"the raw score, a {wording.unit(found.ranker)}"
    if found.results[0].probability is None:
        return f"Number and bar: {score}. The mark is the cluster's, as on the map."
    if found.ranker == "model":
        score = "the raw score in log-odds"
    return (
        f"Left and bar: calibrated probability of being relevant. Right: {score}. "
        "The mark is the cluster's, as on the map."
    )


def _features(result: Result) -> pd.DataFrame:
    adds = result.contributions.features
    order = sorted(result.features, key=lambda name: -abs(adds.get(name, 0)))
    return pd.DataFrame(
        {
            "Feature": [_MEANING.get(name, name) for name in order],
            "Value": [result.features[name] for name in order],
            "Adds": [adds.get(name, 0.0) for name in order],
            "Group": [_ROLE.get(name, "") for name in order],
        }
    )


def _cluster_table(found: Recommendation) -> str:
    """Return a small table; everything in it is a number or a colour of our own."""
    rows = "".join(
        f"<tr><td><i style='color:{cluster_colour(int(c.cluster))}'>"
        f"{cluster_glyph(int(c.cluster))}</i>{int(c.cluster)}</td>"
        f"<td>{wording.digits(c.distance)}</td><td>{int(c.size):,}</td></tr>"
        for c in found.clusters
    )
    head = "<tr><th>Cluster</th><th>Distance</th><th>Images</th></tr>"
    return f"<table class='clusters'><thead>{head}</thead><tbody>{rows}</tbody></table>"
