"""Above all views: which systems, and how many pictures of each."""

import streamlit as st

from mmrec_app.compare import comparisons
from mmrec_app.compare.comparisons import Comparison
from mmrec_app.compare.view import LENGTHS, CompareView, Pair, compared, pairs_of
from mmrec_app.i18n import _
from mmrec_app.shared import against, filters, notices, query_sets, reviewer
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.preferences.systems import ranker_of


def controls(bundle: Bundle, view: CompareView) -> Comparison | None:
    """Draw the choices, and the field for the reviewer's name.

    Returns what is chosen; where there is nothing to compare, says so and returns None.
    """
    others = against.others(bundle)
    other = against.other_bundle(bundle, view.against)
    with st.spinner(_("Looking for queries on which the rankers differ…"), show_time=False):
        systems = comparisons.systems(bundle, other)
    pairs = pairs_of(systems)
    chosen = None
    with st.container(
        horizontal=True, gap="small", vertical_alignment="bottom", key="compare.line"
    ):
        if pairs:
            only = query_sets.kept(bundle)[view.set].images if view.set else None
            chosen = Comparison(bundle, other, compared(view, systems), view.k, only)
            if other is None:
                _rankers(chosen, pairs)
            else:
                _ranker_of_each(chosen, pairs)
            _length(view)
        if others:
            against.choice(others, view.against, "compare.against", _take_other)
        reviewer.ask("compare")
    if view.set:
        with filters.chip_line():
            query_sets.chip(view.set, CompareView)
    if chosen is None:
        notices.empty(
            _("There are no two rankers to compare"),
            _("This bundle has lists of one ranker at most."),
            icon=":material/compare:",
        )
    elif other is not None:
        _said_of_both(bundle, other)
    return chosen


def pair_name(of: Comparison) -> str:
    """Return what a comparison is called."""
    first, second = map(of.name, of.systems)
    return _("{first} or {second}").format(first=first, second=second)


def _rankers(chosen: Comparison, pairs: list[Pair]) -> None:
    st.session_state["compare.rankers"] = chosen.systems
    st.selectbox(
        _("Rankers"),
        pairs,
        key="compare.rankers",
        width=300,
        format_func=lambda pair: pair_name(Comparison(chosen.bundle, None, pair, chosen.k)),
        on_change=lambda: _take(st.session_state["compare.rankers"]),
    )


def _ranker_of_each(chosen: Comparison, pairs: list[Pair]) -> None:
    """Draw a choice for either bundle, under its name."""
    keys = ("compare.first", "compare.second")
    names = (chosen.bundle.path.name, chosen.other.path.name if chosen.other else "")
    for side, (key, name) in enumerate(zip(keys, names, strict=True)):
        st.session_state[key] = chosen.systems[side]
        st.selectbox(
            formats.escaped(name),
            list(dict.fromkeys(pair[side] for pair in pairs)),
            key=key,
            width=180,
            format_func=lambda system: vocabulary.ranker_name(ranker_of(system)),
            on_change=lambda: _take((st.session_state[keys[0]], st.session_state[keys[1]])),
        )


def _length(view: CompareView) -> None:
    st.session_state["compare.k"] = view.k
    st.segmented_control(
        _("Pictures"),
        LENGTHS,
        key="compare.k",
        required=True,
        on_change=lambda: address.change(CompareView, k=st.session_state["compare.k"]),
    )


def _said_of_both(bundle: Bundle, other: Bundle) -> None:
    """Say on what two bundles are compared, and what only one of them has."""
    found = comparisons.both(bundle, other)
    said = [
        _("{queries} that both hold out, {images} of both.").format(
            queries=formats.count(len(found.lists.queries), "query", "queries"),
            images=formats.count(found.images.images, "image", "images"),
        )
    ]
    a, b = bundle.path.name, other.path.name
    if found.images.only_a or found.images.only_b:
        said.append(
            _("Images that only one has: {a} {name_a}, {b} {name_b}.").format(
                a=formats.whole(found.images.only_a),
                b=formats.whole(found.images.only_b),
                name_a=a,
                name_b=b,
            )
        )
    if found.queries_only_a or found.queries_only_b:
        said.append(
            _(
                "Queries that only one holds out are left out: {a} of {name_a}, {b} of {name_b}."
            ).format(
                a=formats.whole(found.queries_only_a),
                b=formats.whole(found.queries_only_b),
                name_a=a,
                name_b=b,
            )
        )
    if found.images.redrawn:
        said.append(
            _("Another picture under the same name: {n}.").format(
                n=formats.whole(found.images.redrawn)
            )
        )
    st.caption(formats.escaped(" ".join(said)))


def _take(pair: Pair) -> None:
    address.change(CompareView, first=ranker_of(pair[0]), second=ranker_of(pair[1]))


def _take_other(name: str | None) -> None:
    address.change(CompareView, against=name, first="", second="")
