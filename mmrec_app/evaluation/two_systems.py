"""Two bundles side by side: which they are, on what they are compared, and how they differ."""

import streamlit as st

from mmrec_app.evaluation import moved_queries, system_tables
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.shared import held_out, notices
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.differences.compare import Differences, differences, main_ranker
from mmrec_core.differences.figures import BY_QUERY
from mmrec_core.differences.matching import System
from mmrec_core.differences.pools import shared_rankers
from mmrec_core.differences.text import metric_title
from mmrec_core.errors import BundleError, ComparisonError


def others(bundle: Bundle) -> list[str]:
    """Return the names of the other bundles that are served."""
    return [name for name, folder in bundle_folders().items() if folder != bundle.path]


@st.fragment
def two_systems(bundle: Bundle) -> None:
    """Draw the choice of the other bundle, and all that is said of the difference."""
    address.pending_turn()
    view = address.read(EvaluationView)
    names = others(bundle)
    if not names:
        notices.empty(
            _("Only this bundle is served"),
            _("Put another one of the same images beside it: mmrec build --out artifacts/NAME."),
        )
        return
    other = view.against if view.against in names else None
    if view.against is not None and other is None:
        notices.notice(
            _("No bundle named “{name}” is served here").format(name=view.against),
            ", ".join(names),
        )
    chosen = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with chosen:
        _other(names, other)
    if other is None:
        st.caption(_("B is compared with this bundle, A, on the queries that both hold out."))
        return
    try:
        with st.spinner(_("Measuring on the held-out queries…")):
            a, b = _system(bundle), _system(opened(bundle_folders()[other]))
            rankers = shared_rankers(a, b)
            ranker = view.ranker if view.ranker in rankers else main_ranker(rankers)
            compared = _differences(a.bundle.digest, b.bundle.digest, a, b, ranker, view.metric)
    except ComparisonError:
        notices.empty(
            _("These two cannot be compared"),
            _(
                "They share too few queries: both must hold out at least 5 queries of the same "
                "images, with a relevance that both know."
            ),
        )
        return
    except BundleError as error:
        notices.empty(_("This bundle cannot be opened"), str(error))
        return
    with chosen:
        _by(compared)
    _lead(compared)
    system_tables.figures_table(compared)
    drawn, listed = st.columns(2, gap="large")
    with drawn:
        moved_queries.scatter(compared)
    with listed:
        system_tables.slices_table(compared, view)
    moved_queries.table(compared)


def _system(bundle: Bundle) -> System:
    return System(bundle, held_out.scored(bundle))


@st.cache_resource(max_entries=8, show_spinner=False)
def _differences(
    digest: str, other: str, _a: System, _b: System, ranker: str, metric: str
) -> Differences:
    return differences(_a, _b, ranker=ranker, metric=metric)


def _other(names: list[str], other: str | None) -> None:
    st.session_state["evaluation.against"] = other
    st.selectbox(
        _("Compare with"),
        names,
        index=None,
        key="evaluation.against",
        placeholder=_("Another bundle"),
        width=240,
        on_change=lambda: address.change(
            EvaluationView, against=st.session_state["evaluation.against"]
        ),
        help=_("Images are matched by name. Positive differences: the other bundle, B, is better."),
    )


def _by(compared: Differences) -> None:
    st.session_state["evaluation.ranker_of_both"] = compared.ranker
    st.session_state["evaluation.metric"] = compared.metric
    st.segmented_control(
        _("Selected ranker"),
        compared.rankers,
        key="evaluation.ranker_of_both",
        required=True,
        format_func=vocabulary.ranker_name,
        on_change=lambda: address.change(
            EvaluationView, ranker=st.session_state["evaluation.ranker_of_both"]
        ),
    )
    st.segmented_control(
        _("Metric"),
        BY_QUERY,
        key="evaluation.metric",
        required=True,
        format_func=metric_title,
        on_change=lambda: address.change(
            EvaluationView, metric=st.session_state["evaluation.metric"]
        ),
    )


def _lead(compared: Differences) -> None:
    matching, pools = compared.matching, compared.pools
    text = _("A: {a}, this bundle. B: {b}. {queries} that both hold out, {images} of both.").format(
        a=compared.a.name,
        b=compared.b.name,
        queries=formats.count(len(matching.queries), "query", "queries"),
        images=formats.count(matching.images, "image", "images"),
    )
    said = [_("Relevance is that of A.")]
    if compared.a.digest == compared.b.digest:
        said.append(_("Both are the same build."))
    if matching.only_a or matching.only_b:
        said.append(
            _("Images that only one has are left out: {a} of A, {b} of B.").format(
                a=formats.whole(matching.only_a), b=formats.whole(matching.only_b)
            )
        )
    if matching.redrawn:
        said.append(
            _("Another picture under the same name: {n}.").format(n=formats.whole(matching.redrawn))
        )
    if matching.queries_only_a or matching.queries_only_b:
        said.append(
            _("Queries that only one holds out are left out: {a} of A, {b} of B.").format(
                a=formats.whole(matching.queries_only_a), b=formats.whole(matching.queries_only_b)
            )
        )
    for side, names in (("A", compared.rankers_only_a), ("B", compared.rankers_only_b)):
        if names:
            said.append(
                _("Only {side} has {rankers}.").format(
                    side=side, rankers=", ".join(map(vocabulary.ranker_name, names))
                )
            )
    if pools.overlap < 1:
        said.append(
            _(
                "The candidates differ: {a} a query in A, {b} in B, {share} of their union in "
                "both. Figures are over the union; what one lacks of it counts as missed."
            ).format(
                a=formats.digits(pools.size_a),
                b=formats.digits(pools.size_b),
                share=formats.percent(pools.overlap),
            )
        )
    st.markdown(f"**{formats.escaped(text)}** {formats.escaped(' '.join(said))}")
