"""Two bundles side by side: which they are, on what they are compared, and how they differ."""

from collections.abc import Sequence

import streamlit as st

from mmrec_app.evaluation import build_settings, moved_queries, system_tables
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.shared import against, leads, notices, query_sets
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.differences.compare import Differences
from mmrec_core.differences.figures import BY_QUERY
from mmrec_core.differences.text import metric_title
from mmrec_core.errors import BundleError, ComparisonError
from mmrec_core.query_sets.choosing import got_worse
from mmrec_core.query_sets.members import Members


@fragment
def two_systems(bundle: Bundle) -> None:
    """Draw the choice of the other bundle, and all that is said of the difference."""
    address.pending_turn()
    view = address.read(EvaluationView)
    names = against.others(bundle)
    if not names and view.against is None:
        against.say_alone()
        return
    other = against.other_bundle(bundle, view.against)
    chosen = query_sets.found(bundle, view.set)
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with line:
        against.choice(
            names,
            view.against,
            "evaluation.against",
            lambda name: address.change(EvaluationView, against=name),
        )
    if other is None:
        st.caption(_("B is compared with this bundle, A, on the queries that both hold out."))
        return
    try:
        with st.spinner(_("Measuring on the held-out queries…")):
            only = query_sets.kept(bundle)[view.set].images if view.set else None
            compared = against.compared(bundle, other, view.ranker, view.metric, only)
    except ComparisonError:
        if chosen:
            _say_too_few(chosen)
        else:
            against.say_incomparable()
        return
    except BundleError as error:
        notices.empty(_("This bundle cannot be opened"), str(error))
        return
    with line:
        _by(compared)
    _lead(compared)
    if chosen:
        st.caption(formats.escaped(query_sets.sentence(chosen)))
        if query_sets.kept(bundle)[view.set].by_outcome:
            st.warning(
                _(
                    "These queries were chosen by how they came out: the difference says nothing "
                    "of others."
                ),
                icon=":material/warning:",
            )
    system_tables.figures_table(compared)
    drawn, listed = st.columns(2, gap="large")
    with drawn:
        moved_queries.scatter(compared, str(view.against))
        _ways_on(compared, str(view.against))
    with listed:
        system_tables.slices_table(compared, view)
    moved_queries.tables(compared, str(view.against))


def worse(bundle: Bundle) -> Sequence[str]:
    """Return the queries that the other bundle of the address ranks worse, the worst first.

    Raises
    ------
    MmrecError
        If the two cannot be compared.
    """
    view = address.read(EvaluationView)
    folder = bundle_folders().get(view.against or "")
    if folder is None:
        raise ComparisonError(_("Choose a bundle to compare with first."))
    only = query_sets.kept(bundle)[view.set].images if view.set else None
    return got_worse(against.compared(bundle, opened(folder), view.ranker, view.metric, only))


def _say_too_few(chosen: Members) -> None:
    notices.empty(
        _("These two cannot be compared on this query set"),
        _(
            "Of its queries both must hold out at least 5 with a relevance that both know: choose "
            "a larger set, or take it off."
        ),
    )
    st.caption(formats.escaped(query_sets.sentence(chosen)))


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


def _ways_on(compared: Differences, other: str) -> None:
    by = {"against": other, "ranker": compared.ranker, "metric": compared.metric}
    on_map = address.href("map", **address.exactly(colour="wins", **by))
    worse = address.exactly(
        bundle=other,
        view="queue",
        order="worse",
        against=compared.a.path.name,
        ranker=compared.ranker,
    )
    leads.line(
        [
            (_("The map, coloured by who wins"), on_map),
            (_("Grade the queries that got worse in B"), address.href("errors", **worse)),
        ]
    )


def _lead(compared: Differences) -> None:
    matching, pools = compared.matching, compared.pools
    text = _("A: {a}, this bundle. B: {b}. {queries} that both hold out, {images} of both.").format(
        a=compared.a.name,
        b=compared.b.name,
        queries=formats.count(len(matching.queries), "query", "queries"),
        images=formats.count(matching.images, "image", "images"),
    )
    relevance = compared.a.manifest.relevance
    said = [_("Relevance is that of A."), sentences.relevance_source(relevance)]
    if compared.a.digest == compared.b.digest:
        said.append(_("Both are the same build."))
    said += build_settings.that_differ(compared.a.manifest, compared.b.manifest)
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
