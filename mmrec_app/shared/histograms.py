"""Small histograms of the images' numbers: each shows what passes, and a brush narrows it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

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
_Span = tuple[float, float]


class Number(NamedTuple):
    """A number to draw.

    Attributes
    ----------
    name, title : str
        What a link and what people call it.
    values : ndarray (n,) float64
        Of each image, NaN where it has none.
    span : pair of float or None
        The range that is on.
    take : callable
        Puts another range into the address, None for no range; called in a widget's callback.
    """

    name: str
    title: str
    values: np.ndarray
    span: _Span | None
    take: Callable[[_Span | None], None]

    @property
    def varies(self) -> bool:
        """Whether it differs from image to image."""
        return len(np.unique(self.values[~np.isnan(self.values)])) > 1

    def narrowed(self, rows: np.ndarray) -> np.ndarray:
        """Return those of the rows that lie in the range."""
        if self.span is None:
            return rows
        low, high = self.span
        return rows[(self.values[rows] >= low) & (self.values[rows] <= high)]


def panel(bundle: Bundle, view: Filter, own: Number | None = None) -> None:
    """Draw the histograms below a title that opens them; closed, they cost nothing.

    Parameters
    ----------
    bundle : Bundle
    view : Filter
        The page's view.
    own : Number, optional
        One that this page alone knows, before the others.
    """
    if own is None and not numbers.names(bundle):
        return
    opened = st.expander(
        _("Histograms"),
        icon=":material/bar_chart:",
        expanded=bool(view.ranges or (own and own.span)),
        key=f"{type(view).__name__}.histograms",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        st.caption(
            _(
                "Blue: the images that the filters leave; grey: all, each to its own height. Drag "
                "over a histogram or move its ends. What is known of queries alone leaves others "
                "out."
            )
        )
        with st.spinner(_("Measuring on the held-out queries…"), show_time=False):
            drawn = [*([own] if own else []), *_of_filter(bundle, view)]
            drawn = [number for number in drawn if number.varies]
        with st.container(horizontal=True, gap="small"):
            for number in drawn:
                with st.container(width=_WIDTH, gap=None):
                    _histogram(number, _others(bundle, view, number, own), type(view).__name__)


def _of_filter(bundle: Bundle, view: Filter) -> Sequence[Number]:
    """Return the numbers of the shared filter."""
    ranges, found = parsed_ranges(view.ranges), []
    for name, title in numbers.names(bundle).items():
        take = partial(filters.set_range, type(view), name)
        values = numbers.values(bundle, name)
        found.append(Number(name, title, values, ranges.get(name), take))
    return found


def _others(bundle: Bundle, view: Filter, number: Number, own: Number | None) -> np.ndarray:
    """Return the rows that pass all but this number's range, so that its own shows."""
    ranges = parsed_ranges(view.ranges)
    if number is own:
        return filters.matching(bundle, view)
    ranges.pop(number.name, None)
    rows = filters.matching(bundle, replace(view.part, ranges=written_ranges(ranges)))
    return own.narrowed(rows) if own else rows


def _histogram(number: Number, passing: np.ndarray, prefix: str) -> None:
    low, high, step = scale(number.values)
    span = number.span or (low, high)
    shown = max(span[0], low), min(span[1], high)
    key = f"{prefix}.number.{number.name}"
    brushed = f"{key} {number.span}"  # another range starts with an empty brush

    def take(ends: _Span) -> None:
        number.take(None if ends == (low, high) else ends)

    st.plotly_chart(
        small_histogram(
            *binned(number.values, passing),
            within=number.span,
            all_images=_("all images"),
            shown=_("shown"),
        ),
        key=brushed,
        config={"displayModeBar": False},
        on_select=_brush(brushed, (low, high, step), take),
        selection_mode="box",
        alt=_("Histogram: {what}").format(what=number.title),
    )
    st.session_state[key] = shown if shown[0] <= shown[1] else (low, high)
    st.slider(
        formats.escaped(number.title),
        low,
        high,
        step=step,
        key=key,
        format="%.10g",
        on_change=lambda: take(st.session_state[key]),
    )


def _brush(
    key: str, ends: tuple[float, float, float], take: Callable[[_Span], None]
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
