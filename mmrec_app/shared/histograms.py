"""Small histograms of the images' numbers: each shows what passes, and a brush narrows it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import filters, numbers
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import Filter
from mmrec_core.collection.numbers import binned, parsed_ranges, scale, written_ranges
from mmrec_core.plots.small_histogram import small_histogram

_WIDTH = 152  # pixels: two in a row on a phone


def panel(bundle: Bundle, view: Filter) -> None:
    """Draw the histograms below a title that opens them; closed, they cost nothing."""
    if not numbers.names(bundle):
        return
    opened = st.expander(
        _("Histograms"),
        icon=":material/bar_chart:",
        expanded=bool(view.ranges),
        key=f"{type(view).__name__}.histograms",
        on_change="rerun",
    )
    if opened.open:
        with opened:
            _histograms(bundle, view)


def _histograms(bundle: Bundle, view: Filter) -> None:
    st.caption(
        _(
            "Blue: the images that the filters leave; grey: all, each to its own height. Drag over "
            "a histogram or move its ends. What is known of queries alone leaves others out."
        )
    )
    with st.spinner(_("Measuring on the held-out queries…"), show_time=False):
        there = _measured(bundle)
    with st.container(horizontal=True, gap="small"):
        for name, title in there:
            with st.container(width=_WIDTH, gap=None):
                _histogram(bundle, view, name, title)


def _measured(bundle: Bundle) -> list[tuple[str, str]]:
    """Return the numbers that differ from image to image, each with its name for people."""
    found = []
    for name, title in numbers.names(bundle).items():
        values = numbers.values(bundle, name)
        if len(np.unique(values[~np.isnan(values)])) > 1:
            found.append((name, title))
    return found


def _histogram(bundle: Bundle, view: Filter, name: str, title: str) -> None:
    """Draw one number: counted over what all other filters leave, so that its own shows."""
    values, ranges = numbers.values(bundle, name), parsed_ranges(view.ranges)
    low, high, step = scale(values)
    own = ranges.pop(name, None)
    others = replace(view.part, ranges=written_ranges(ranges))
    counted = binned(values, filters.matching(bundle, others))
    span = (low, high) if own is None else (max(own[0], low), min(own[1], high))
    key = f"{type(view).__name__}.number.{name}"
    brushed = f"{key} {own}"  # another range starts with an empty brush

    def take(ends: tuple[float, float]) -> None:
        filters.set_range(type(view), name, None if ends == (low, high) else ends)

    st.plotly_chart(
        small_histogram(*counted, within=own, all_images=_("all images"), shown=_("shown")),
        key=brushed,
        config={"displayModeBar": False},
        on_select=_brush(brushed, (low, high, step), take),
        selection_mode="box",
        alt=_("Histogram: {what}").format(what=title),
    )
    st.session_state[key] = span if span[0] <= span[1] else (low, high)
    st.slider(
        formats.escaped(title),
        low,
        high,
        step=step,
        key=key,
        format="%.10g",
        on_change=lambda: take(st.session_state[key]),
    )


def _brush(
    key: str, ends: tuple[float, float, float], take: Callable[[tuple[float, float]], None]
) -> Callable[[], None]:
    """Return a callback that takes the ends of a box, moved to the slider's steps."""

    def brush() -> None:
        boxes = st.session_state[key]["selection"]["box"]
        if not boxes:
            return
        low, high, step = ends
        drawn = [low + round((float(x) - low) / step) * step for x in boxes[0]["x"]]
        first, last = (round(min(max(x, low), high), 10) for x in (min(drawn), max(drawn)))
        take((first, last))

    return brush
