"""Which rankers answer, how many results they give, and in what order."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.view import COLLAPSE_ABOVE, K_RANGE, SIDE_BY_SIDE, RecommendView
from mmrec_app.shared import against
from mmrec_app.shared.seldom import seldom
from mmrec_app.state import address
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle


def controls(bundle: Bundle, view: RecommendView, rankers: tuple[str, ...]) -> None:
    """Draw the choice of the ranker, k, another bundle, diversity, and merging near-duplicates.

    Beside another bundle's list one ranker shows at a time.
    """
    choices = rankers if view.other else (SIDE_BY_SIDE, *rankers)
    st.session_state.update(
        {
            "recommend.ranker": view.lists(rankers)[0] if view.other else view.ranker,
            "recommend.k": view.k,
            "recommend.diversity": view.diversity,
            "recommend.collapse": view.collapse,
        }
    )
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="recommend.line"
    ):
        st.segmented_control(
            _("Ranker"),
            choices,
            key="recommend.ranker",
            required=True,
            format_func=lambda name: vocabulary.ranker_name(name) if name else _("Side by side"),
            help="\n".join(
                f"- **{vocabulary.ranker_name(name)}**: {vocabulary.ranker_meaning(name)}"
                for name in rankers
            ),
            on_change=lambda: use(st.session_state["recommend.ranker"]),
        )
        st.slider(
            _("Results"),
            *K_RANGE,
            key="recommend.k",
            width=120,
            on_change=lambda: address.change(RecommendView, k=st.session_state["recommend.k"]),
        )
        if names := against.others(bundle):
            against.choice(names, view.other, "recommend.other", beside)
        _seldom(view)
    if view.ranker:
        st.caption(vocabulary.ranker_meaning(view.ranker))
    if not bundle.has_ranker:
        st.caption(_("This bundle has no trained ranker: there were no pairs to learn from."))


def _seldom(view: RecommendView) -> None:
    default = RecommendView()
    changed = (view.diversity != default.diversity) + (view.collapse != default.collapse)
    with seldom("recommend.more", changed):
        st.slider(
            _("Diversity"),
            0.0,
            1.0,
            step=0.05,
            key="recommend.diversity",
            format="%.2g",
            help=_(
                "Maximal marginal relevance: 0 keeps the order of the scores; higher values "
                "favour results that differ from those before them."
            ),
            on_change=lambda: address.change(
                RecommendView, diversity=st.session_state["recommend.diversity"]
            ),
        )
        st.toggle(
            _("Merge near-duplicates"),
            key="recommend.collapse",
            help=_(
                "Pictures with a cosine of {cosine} or more are shown once, with a count."
            ).format(cosine=COLLAPSE_ABOVE),
            on_change=lambda: address.change(
                RecommendView, collapse=st.session_state["recommend.collapse"]
            ),
        )


def use(ranker: str) -> None:
    """Show one ranker, or several side by side; the chosen result stays chosen."""
    chosen = {"by": ranker} if ranker else {}
    address.change(RecommendView, ranker=ranker, against=None, **chosen)


def beside(name: str | None) -> None:
    """Show another bundle's list beside this one's, or none."""
    address.change(RecommendView, other=name, other_by="", result=None, by=None, against=None)


def other_rankers(can_answer: tuple[str, ...]) -> None:
    """Offer the rankers that can answer this query."""
    with st.container(horizontal=True):
        for ranker in can_answer:
            st.button(
                _("Rank with {ranker}").format(ranker=vocabulary.ranker_name(ranker)),
                key=f"recommend.other.{ranker}",
                on_click=use,
                args=(ranker,),
            )
