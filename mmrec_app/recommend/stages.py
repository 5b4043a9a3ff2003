"""Where the images known to be relevant are: shown, ranked low, or lost before ranking."""

import html
from dataclasses import replace

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend import answers
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared import gallery, naming
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.palette import BLUE, NEUTRAL, ORANGE, PURPLE, VERMILION
from mmrec_core.serving.attribution import STAGES, Attribution, RelevantItem
from mmrec_core.serving.comparison import Comparison

_COLOURS = dict(zip(STAGES, (BLUE, ORANGE, PURPLE, VERMILION, NEUTRAL), strict=True))
_MOST = 11


def stages(bundle: Bundle, query: KeyedQuery, view: RecommendView, comparison: Comparison) -> None:
    """Draw what became of the relevant images under each ranker, and the lost ones."""
    settings = f"{query.key} {view.k} {view.collapse} {view.diversity}"
    attributions = {
        ranker: answers.attributed(bundle.digest, settings, ranker, view.k, bundle, comparison)
        for ranker in comparison.answers
    }
    known = {ranker: one for ranker, one in attributions.items() if one is not None}
    st.header(
        _("Where the relevant images are"),
        anchor=False,
        help=_(
            "A relevant image that is not among the candidates is a retrieval error: no ranker "
            "can show it. A relevant candidate that is ranked low is a ranking error."
        ),
    )
    if not known:
        st.caption(
            _("It is not known what is relevant to this query, so nothing can count as lost.")
        )
        return
    first = next(iter(known))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(_summary(bundle, known[first]), width="content")
        if _fitted_on(bundle, known[first]):
            st.link_button(
                _("Its figures on Errors"),
                address.href("errors", kind="all", query=comparison.scored.info.image),
                icon=":material/straighten:",
                type="tertiary",
            )
    st.html(_bars(known, view.k))
    missed = [item for item in known[first].items if item.stage == "not found"]
    low = [item for item in known[first].items if item.stage in ("ranked low", "not ranked")]
    by = vocabulary.ranker_name(first)
    for items, title, key in (
        (low, _("Ranked below {k} by {ranker}").format(k=view.k, ranker=by), "low"),
        (missed, _("Not among the candidates"), "missed"),
    ):
        if items:
            _lost(bundle, view, items, title, key)


def _fitted_on(bundle: Bundle, known: Attribution) -> bool:
    """Return whether the ranker in use met a query that another fold's ranker did not."""
    return not known.held_out and bundle.has_ranker and bundle.cross_fitted is not None


def _summary(bundle: Bundle, known: Attribution) -> str:
    """Say how many images are known to be relevant, and whether the ranker saw their query."""
    total = len(known.items)
    head = (
        ngettext(
            "{n} image was judged relevant to this query.",
            "{n} images were judged relevant to this query.",
            total,
        )
        if known.source == "judged"
        else ngettext(
            "{n} other image has the query's category.",
            "{n} other images have the query's category.",
            total,
        )
    ).format(n=total)
    if known.held_out:
        note = _("Nothing was fitted on this query: it is held out.")
    elif _fitted_on(bundle, known):
        note = _("CatBoost was trained on this query; its honest figures are on Errors.")
    else:
        note = _("The ranker may have learned from this query: it is not held out.")
    return f"{head} {note}"


def _lost(
    bundle: Bundle, view: RecommendView, items: list[RelevantItem], title: str, key: str
) -> None:
    shown = items[:_MOST]
    head = f"{title}: {formats.whole(len(items))}"
    if len(items) > len(shown):
        head = _("{head}, the first {n} shown").format(head=head, n=len(shown))
    st.subheader(formats.escaped(head), anchor=False)
    gallery.gallery(
        bundle,
        [_card(bundle, item) for item in shown],
        label=head,
        key=f"recommend.lost.{key}",
        link=view.link_to,
        follow=_("Why is it not shown?"),
        follow_sign="?",
        on_followed=lambda image: address.turn_to(
            "recommend", **address.to_params(replace(view, missing=image))
        ),
        width="6.5rem",
    )


def _card(bundle: Bundle, item: RelevantItem) -> gallery.Card:
    by_clusters = bundle.manifest.candidates.method == "clusters"
    place = _("cluster {n} of {all} by distance").format(
        n=item.cluster_place, all=len(bundle.cluster_sizes)
    )
    return gallery.Card(
        item.index,
        badge=None if item.rank is None else str(item.rank),
        value=naming.short_name(bundle, item.cluster),
        mark=place if item.stage == "not found" and by_clusters else None,
        cluster=item.cluster,
    )


def _bars(attributions: dict[str, Attribution], k: int) -> str:
    """Return one bar a ranker; everything in it is a number or a text of our own."""
    rows, there = [], [s for s in STAGES if any(one.counts[s] for one in attributions.values())]
    for ranker, one in attributions.items():
        parts = "".join(
            f"<i style='flex:{one.counts[stage]};background:{_COLOURS[stage]}' "
            f"title='{html.escape(vocabulary.relevant_stage(stage, k), quote=True)}'>"
            f"{one.counts[stage]}</i>"
            for stage in there
            if one.counts[stage]
        )
        rows.append(f"<span>{html.escape(vocabulary.ranker_name(ranker))}</span>"
                    f"<span class='bar'>{parts}</span>")  # fmt: skip
    key = "".join(
        f"<span><i style='background:{_COLOURS[stage]}'></i>"
        f"{html.escape(vocabulary.relevant_stage(stage, k))}</span>"
        for stage in there
    )
    return f"<div class='stages'>{''.join(rows)}<div class='key'>{key}</div></div>"
