"""A short guided tour: for who opens the app cold, one page a step, on the bundle at hand."""

from dataclasses import dataclass, field

import streamlit as st

from mmrec_app import loading, state
from mmrec_app.i18n import _
from mmrec_app.recommend.examples import examples
from mmrec_core.bundle import Bundle

_STEP = "tour.step"


@dataclass(frozen=True)
class Step:
    """One stop: the page with its parameters, and what there is to see."""

    page: str
    text: str
    params: dict[str, str] = field(default_factory=dict)


def steps(bundle: Bundle) -> list[Step]:
    """Return the stops for a bundle; those that need judged pairs only where it has some."""
    query = str(bundle.items["image"].iat[examples(bundle.items, 3)[-1]])
    cluster = str(int(bundle.cluster_sizes.argmax()))
    found = [
        Step(
            "browse",
            _(
                "The whole collection. Search the captions, or describe a picture in words and let "
                "the recommender find it. A click on a picture asks for recommendations."
            ),
        ),
        Step(
            "recommend",
            _(
                "One query under three rankers: CLIP compares the pictures, BERT the captions, and "
                "CatBoost weighs both and more. Click a result to read why it is there."
            ),
            {"image": query},
        ),
        Step(
            "map",
            _(
                "Every image as a point: what looks alike and reads alike lies together. Draw a "
                "lasso around points to see them as pictures."
            ),
            {"image": query},
        ),
        Step(
            "clusters",
            _(
                "The collection falls into clusters. A query's candidates come from its three "
                "nearest ones; a relevant image elsewhere is lost before ranking begins."
            ),
            {"cluster": cluster},
        ),
    ]
    if bundle.manifest.counts.held_out_queries:
        found += [
            Step(
                "evaluation",
                _(
                    "How good it is, on queries that nothing was fitted on, with intervals, and "
                    "beside the simple baselines. Move the threshold and watch the errors trade."
                ),
            ),
            Step(
                "errors",
                _(
                    "Where it fails: pairs that the ranker got wrong, and queries on which the "
                    "rankers disagree. Grade what you see with the keys 1 to 4."
                ),
            ),
        ]
    return [*found, Step("about", _("What this bundle is made of, and what it does not claim."))]


def start_button() -> None:
    """Draw the button that starts the tour."""
    st.button(
        _("Tour"),
        icon=":material/explore:",
        type="tertiary",
        key="tour.start",
        help=_("A short walk through all pages"),
        on_click=_to,
        args=(0,),
    )


def panel(page: str) -> None:
    """Draw the present stop, if the tour is on and this is its page."""
    at = st.session_state.get(_STEP)
    bundle = loading.bundle_at_hand() if at is not None else None
    if at is None or bundle is None:
        return
    stops = steps(bundle)
    step = stops[min(at, len(stops) - 1)]
    with st.container(key="tour", border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{at + 1} / {len(stops)}**", width="content")
        st.markdown(step.text, width="stretch")
        if step.page != page:
            st.button(_("Back to the tour"), key="tour.here", on_click=_to, args=(at,))
        if at:
            st.button(_("Back"), key="tour.back", type="tertiary", on_click=_to, args=(at - 1,))
        if at + 1 < len(stops):
            st.button(_("Next stop"), key="tour.next", type="primary", on_click=_to, args=(at + 1,))
        label = _("End the tour") if at + 1 < len(stops) else _("Done")
        st.button(label, key="tour.end", type="tertiary", on_click=_end)


def _to(at: int) -> None:
    bundle = loading.bundle_at_hand()
    if bundle is None:
        return
    st.session_state[_STEP] = at
    step = steps(bundle)[at]
    state.turn_to(step.page, **step.params)


def _end() -> None:
    st.session_state.pop(_STEP, None)
