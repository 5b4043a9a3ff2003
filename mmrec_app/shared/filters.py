"""The filter's controls, the same on every page that filters, and the images that pass it.

What stays on from page to page: `mmrec_app.state.address`.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import naming, numbers, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import (
    ALL_QUERIES,
    HELD_OUT,
    WITH,
    WITHOUT,
    Filter,
    passing,
    searchable,
)
from mmrec_core.collection.numbers import parsed_ranges, written_ranges

FilterView = TypeVar("FilterView", bound=Filter)


def current(view: type[FilterView], bundle: Bundle) -> FilterView:
    """Return a page's view with the filter that is on, for the page to start with.

    Raises
    ------
    LinkError
        If the label, the cluster or another name is unknown here.
    """
    now = address.enter(view)
    _check(bundle, now)
    return now


def matching(bundle: Bundle, chosen: Filter) -> np.ndarray:
    """Return the rows that pass a filter, ascending, int64; shared, so not to be written to.

    Each word of ``q`` must be in one of the image's captions (all languages) or its name.
    """
    version = reviews.version_of(reviews.store(bundle)) if chosen.verdict or chosen.tag else ""
    return _matching(bundle.digest, chosen.part, version, bundle)


@st.cache_resource(max_entries=64, show_spinner=False)
def _matching(digest: str, chosen: Filter, version: str, _bundle: Bundle) -> np.ndarray:
    store, texts = reviews.store(_bundle), partial(_searchable, digest, _bundle)
    rows = passing(
        _bundle, chosen, texts, store.verdicts, store.tags, partial(numbers.values, _bundle)
    )
    rows.flags.writeable = False
    return rows


@st.cache_resource(max_entries=4, show_spinner=False)
def _searchable(digest: str, _bundle: Bundle) -> pa.Array:
    return searchable(_bundle.items)


def search(view: Filter) -> None:
    """Draw the input that searches captions and file names."""
    key = f"{type(view).__name__}.q"
    st.session_state[key] = view.q
    st.text_input(
        _("Search captions"),
        key=key,
        placeholder=_("Words in the caption or the file name"),
        icon=":material/search:",
        label_visibility="collapsed",
        on_change=lambda: _change(type(view), q=st.session_state[key].strip()),
    )


def more(bundle: Bundle, view: Filter) -> None:
    """Draw the filters other than the search, in a popover that says how many are on."""
    n = len([name for name in view.active if name not in ("q", "ranges")])
    label = ngettext("{n} filter", "{n} filters", n).format(n=n) if n else _("Filters")
    name = type(view).__name__
    popover = st.popover(
        label,
        icon=":material/filter_list:",
        width="stretch",
        key=f"{name}.filters",
        on_change="rerun",  # so that hundreds of clusters are listed only for who looks at them
    )
    if popover.open:
        with popover:
            _choices(bundle, view, name)
            st.caption(_("Filters stay on from page to page until you remove them."))


def _choices(bundle: Bundle, view: Filter, prefix: str) -> None:
    labels = _labels(bundle.digest, bundle)
    options: dict[str, tuple[str, dict]] = {}
    if labels:
        options["label"] = (
            _("Category"),
            {k: f"{naming.label_name(k)} ({formats.whole(n)})" for k, n in labels.items()},
        )
    sizes = bundle.cluster_sizes
    options["cluster"] = (
        _("Cluster"),
        {
            c: f"{naming.cluster_name(bundle, c)} ({formats.whole(n)})"
            for c, n in enumerate(sizes.tolist())
        },
    )
    if bundle.manifest.counts.with_text < bundle.manifest.counts.images:
        options["text"] = (_("Caption"), _text_names())
    if bundle.manifest.counts.queries:
        options["queries"] = (_("Queries"), _query_names())
    store = reviews.store(bundle)
    tags = sorted(set(store.tags()["tag"]))
    if len(store.verdicts()):
        options["verdict"] = (_("Verdict"), {g: reviews.grade_name(g) for g in (1, 2, 3, 4)})
    if tags:
        options["tag"] = (_("Tag"), {tag: tag for tag in tags})
    for name, (title, names) in options.items():
        key = f"{prefix}.{name}"
        st.session_state[key] = getattr(view, name)
        st.selectbox(
            title,
            list(names),
            index=None,
            placeholder=_("All"),
            key=key,
            format_func=partial(_named, names),
            on_change=partial(_take, type(view), name, key),
        )


def chip_line() -> DeltaGenerator:
    """Return the line that chips are drawn in."""
    return st.container(horizontal=True, gap="small", key="chips")


def chips(bundle: Bundle, view: Filter) -> None:
    """Draw each filter that is on as a button that takes it off."""
    ranges = parsed_ranges(view.ranges)
    plain = [name for name in view.active if name != "ranges"]
    for name in plain:
        default = Filter.__dataclass_fields__[name].default
        take_off(
            chip(bundle, view, name),
            f"chip.{name}",
            partial(_change, type(view), **{name: default}),
        )
    for name, span in ranges.items():
        low, high = (formats.whole(int(x)) if x == int(x) else formats.digits(x) for x in span)
        title = numbers.names(bundle)[name]
        take_off(
            f"{title}: {low} … {high}",
            f"chip.ranges.{name}",
            partial(set_range, type(view), name, None),
        )
    if len(plain) + len(ranges) > 1:
        st.button(
            _("Clear filters"), type="tertiary", key="chip.all", on_click=clear, args=(type(view),)
        )


def take_off(text: str, key: str, on_click: Callable[[], None]) -> None:
    """Draw a chip: what narrows the page, as a button that takes it off."""
    st.button(
        formats.escaped(text),
        key=key,
        icon=":material/close:",
        icon_position="right",
        help=_("Remove this filter"),
        on_click=on_click,
    )


def set_range(view: type[Filter], name: str, span: tuple[float, float] | None) -> None:
    """Narrow one of the images' numbers, or no longer. Call it from a widget's callback."""
    ranges = parsed_ranges(address.read(Filter).ranges)
    ranges.pop(name, None)
    _change(view, ranges=written_ranges(ranges | ({name: span} if span else {})))


def clear(view: type[Filter]) -> None:
    """Take all filters off. Call it from a widget's callback."""
    _change(view, **{f.name: f.default for f in fields(Filter)})


def chip(bundle: Bundle, view: Filter, name: str) -> str:
    """Return what one part of a filter asks, in words."""
    value = getattr(view, name)
    if name == "q":
        return f"“{value}”"
    if name == "cluster":
        return naming.cluster_name(bundle, value)
    if name == "label":
        return naming.label_name(value)
    if name == "verdict":
        return _("verdict: {grade}").format(grade=reviews.grade_name(value))
    if name == "tag":
        return _("tag: {tag}").format(tag=value)
    return (_text_names() | _query_names())[value]


def _text_names() -> dict[str, str]:
    return {WITH: _("with a caption"), WITHOUT: _("without a caption")}


def _query_names() -> dict[str, str]:
    return {ALL_QUERIES: _("queries with known relevance"), HELD_OUT: _("held-out queries")}


def _named(names: dict[Any, str], value: Any) -> str:
    return names[value]


def _take(view: type[Filter], name: str, key: str) -> None:
    _change(view, **{name: st.session_state[key]})


def _change(view: type[Filter], **changes: Any) -> None:
    if "page" in view.__dataclass_fields__:
        changes["page"] = 1
    address.change(view, **changes)


def _check(bundle: Bundle, chosen: Filter) -> None:
    if chosen.label is not None and chosen.label not in _labels(bundle.digest, bundle):
        raise address.LinkError(
            _("No image here has the category “{name}”.").format(name=chosen.label)
        )
    if chosen.cluster is not None and not 0 <= chosen.cluster < len(bundle.centroids):
        raise address.LinkError(_("There is no cluster {n} here.").format(n=chosen.cluster))
    for name in parsed_ranges(chosen.ranges):
        if name not in numbers.names(bundle):
            raise address.LinkError(_("The images here have no number “{name}”.").format(name=name))
    for value, known in ((chosen.text, (WITH, WITHOUT)), (chosen.queries, (ALL_QUERIES, HELD_OUT))):
        if value is not None and value not in known:
            raise address.LinkError(
                _("The link asks for “{value}”; known values: {known}.").format(
                    value=value, known=", ".join(known)
                )
            )


@st.cache_resource(max_entries=8, show_spinner=False)
def _labels(digest: str, _bundle: Bundle) -> dict[str, int]:
    counts: pd.Series = _bundle.items["label"].value_counts().sort_index()
    return {str(name): int(n) for name, n in counts.items()}
