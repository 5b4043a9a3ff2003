"""What if: sliders for the features of one pair, with the score and the place that follow."""

import html
from collections.abc import Mapping

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend import smallest_change
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared.fragment import fragment
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.plots.dependence import dependence_plot
from mmrec_core.ranker.dependence import Range, dependence, training_ranges
from mmrec_core.ranker.model import MODEL
from mmrec_core.ranker.pair_features import FEATURES, NAMES
from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery
from mmrec_core.serving.what_if import WhatIf
from mmrec_core.serving.what_if import what_if as altered

_FEW = 5  # sliders at first, those of the features that count most
_MOST_OTHERS = 200  # candidates that the average is taken over
_STEPS = 200


@fragment
def what_if(
    bundle: Bundle,
    view: RecommendView,
    scored: ScoredQuery,
    answer: Recommendation,
    result: Result,
) -> None:
    """Draw the sliders, what follows from them, and how the score depends on one feature."""
    if answer.ranker != MODEL:
        return
    opened = st.expander(
        _("What if…"), icon=":material/tune:", key="recommend.what_if", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        ranges = _sliding(bundle, result)
        pair = repr((view.image, view.upload, view.text, result.image))
        keys = {name: f"what_if {name} {pair}" for name in ranges}
        changes = {
            name: float(st.session_state[key])
            for name, key in keys.items()
            if key in st.session_state and st.session_state[key] != _start(result, name, ranges)
        }
        recommender = recommender_of(bundle)
        before, after = (
            altered(recommender, scored, answer, result.index, moved) for moved in ({}, changes)
        )
        _smallest(bundle, scored, answer, result, ranges, keys)
        st.html(_table(before, after))
        _sliders(result, ranges, keys, changes)
        _dependence(bundle, scored, after, ranges)


def _smallest(
    bundle: Bundle,
    scored: ScoredQuery,
    answer: Recommendation,
    result: Result,
    ranges: Mapping[str, Range],
    keys: Mapping[str, str],
) -> None:
    """Draw the smallest change that would help, and the button that tries it."""
    tries = smallest_change.of_one(bundle, scored, answer, result)

    def move() -> None:
        for name, extent in ranges.items():
            value = tries.get(name)
            st.session_state[keys[name]] = (
                _start(result, name, ranges)
                if value is None
                else round(value)
                if extent.whole
                else value
            )

    if tries and tries.keys() <= ranges.keys():
        st.button(
            _("Try it"), key="recommend.what_if.smallest", icon=":material/tune:", on_click=move
        )


def _sliding(bundle: Bundle, result: Result) -> dict[str, Range]:
    """Return the features that can move, those that count most first, and how far they can."""
    adds = result.contributions.features
    known = _ranges(bundle.digest, bundle)
    ranges = {}
    for feature in sorted(FEATURES, key=lambda f: -abs(adds[f.name])):
        value = result.features[feature.name]
        if feature.name in known and value == value:
            extent = known[feature.name].with_value(value)
            if extent.low < extent.high:
                ranges[feature.name] = extent
    return ranges


@st.cache_resource(max_entries=4, show_spinner=False)
def _ranges(digest: str, _bundle: Bundle) -> dict[str, Range]:
    return training_ranges(_bundle.pairs)


def _start(result: Result, name: str, ranges: Mapping[str, Range]) -> float | int:
    value = result.features[name]
    return round(value) if ranges[name].whole else value


def _sliders(
    result: Result,
    ranges: Mapping[str, Range],
    keys: Mapping[str, str],
    changes: Mapping[str, float],
) -> None:
    def reset() -> None:
        for name, key in keys.items():
            if key in st.session_state:
                st.session_state[key] = _start(result, name, ranges)

    every = st.toggle(_("All features"), key="recommend.what_if.all")
    for place, (name, extent) in enumerate(ranges.items()):
        if not every and place >= _FEW and name not in changes:
            continue
        value = _start(result, name, ranges)
        low, high, step = extent.low, extent.high, (extent.high - extent.low) / _STEPS
        if extent.whole:  # whole numbers have sliders of their own
            low, high, step = round(low), round(high), 1
        st.session_state.setdefault(keys[name], value)
        st.slider(
            vocabulary.feature_meaning(name),
            low,
            high,
            step=step,
            format="%d" if extent.whole else "%.2f",
            key=keys[name],
        )
    st.button(
        _("Reset"),
        key="recommend.what_if.reset",
        icon=":material/restart_alt:",
        disabled=not changes,
        on_click=reset,
    )
    st.caption(
        _(
            "Sliders reach as far as the training pairs do. A feature moves alone, even where it "
            "comes from the same pictures and captions as others: this shows what CatBoost "
            "computes, not what another picture would get."
        )
    )


def _dependence(
    bundle: Bundle, scored: ScoredQuery, now: WhatIf, ranges: Mapping[str, Range]
) -> None:
    ranker = recommender_of(bundle).ranker
    if ranker is None or not ranges:
        return
    feature = st.selectbox(
        _("How the score depends on"),
        list(ranges),
        key="recommend.what_if.feature",
        format_func=vocabulary.feature_meaning,
    )
    stride = -(-len(scored.features) // _MOST_OTHERS)
    line = dependence(
        ranker.model, now.features, scored.features[::stride], feature, ranges[feature]
    )
    figure = dependence_plot(
        line.values,
        line.scores,
        line.average,
        (float(now.features[NAMES.index(feature)]), now.score),
        y=vocabulary.unit(MODEL),
        names=(_("this pair"), _("candidates, on average"), _("where it is")),
    )
    st.plotly_chart(
        figure,
        key="recommend.dependence",
        config={"displayModeBar": False},
        alt=_("The score of this pair by: {feature}").format(
            feature=vocabulary.feature_meaning(feature)
        ),
    )


def _table(before: WhatIf, after: WhatIf) -> str:
    """Return score, probability and place, before and after; all of it is our own."""

    def row(name: str, first: str, second: str) -> str:
        changed = f"<b>{second}</b>" if first != second else second
        return f"<tr><td>{html.escape(name)}</td><td>{first}</td><td>{changed}</td></tr>"

    of = _("{n} of {all}")
    rows = (
        row(_("Score"), formats.digits(before.score), formats.digits(after.score)),
        row(_("Relevant"), formats.percent(before.probability), formats.percent(after.probability)),
        row(
            _("Place by score"),
            html.escape(of.format(n=formats.whole(before.place), all=formats.whole(before.of))),
            html.escape(of.format(n=formats.whole(after.place), all=formats.whole(after.of))),
        ),
    )
    head = f"<tr><td></td><th>{html.escape(_('Now'))}</th><th>{html.escape(_('What if'))}</th></tr>"
    return (
        "<table class='features' aria-live='polite'>"
        f"<thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    )
