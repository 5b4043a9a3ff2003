"""Which pairs the browser shows: those that filters, a query, or a figure of Evaluation leave."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors.view import RELEVANT, ErrorsView
from mmrec_app.i18n import _
from mmrec_app.shared import filters, held_out, query_sets, slice_choice
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.curves import calibration_bins, score_bins
from mmrec_core.evaluation.slices import KINDS

_SCORE, _PROBABILITY = "score", "probability"


def check(bundle: Bundle, view: ErrorsView) -> None:
    """Raise LinkError where the view names a query, a slice or a bar that there is not."""
    if view.query is not None and view.query not in bundle:
        raise address.LinkError(_("This bundle has no image “{name}”.").format(name=view.query))
    if view.slice is not None and view.slice.partition(":")[0] not in KINDS:
        raise address.LinkError(_("There are no slices by “{name}”.").format(name=view.slice))
    if view.bin is not None:
        by, _colon, number = view.bin.partition(":")
        if by not in (_SCORE, _PROBABILITY) or not number.isdecimal() or len(number) > 3:
            raise address.LinkError(_("No figure has a bar “{name}”.").format(name=view.bin))


def narrowed(bundle: Bundle, view: ErrorsView, ranker: str) -> pd.DataFrame:
    """Return the scored pairs that pass."""
    table = held_out.scored(bundle, query_sets.rows(bundle, view.set))
    keep = np.ones(len(table), dtype=bool)
    queries = table["query"].to_numpy()
    if view.active:
        passes = np.zeros(len(bundle.items), dtype=bool)
        passes[filters.matching(bundle, view)] = True
        keep &= passes[queries] | passes[table["candidate"].to_numpy()]
    if view.query is not None:
        keep &= queries == bundle.index_of(view.query)
    if view.slice is not None:
        keep &= np.isin(queries, slice_choice.members(bundle, view.slice))
    if view.bin is not None:
        keep &= _in_bin(table, view.bin, ranker)
    if view.known:
        keep &= (table["relevance"].to_numpy() > 0) == (view.known == RELEVANT)
    return table[keep]


def chips(bundle: Bundle, view: ErrorsView, ranker: str) -> None:
    """Draw what narrows the list, each as a button that takes it off."""
    names = {}
    if view.query is not None:
        names["query"] = _("query: {name}").format(name=view.query)
    if view.slice is not None:
        named = slice_choice.title(bundle, view.slice)
        names["slice"] = _("queries: {slice}").format(slice=named)
    if view.bin is not None:
        table = held_out.scored(bundle, query_sets.rows(bundle, view.set))
        names["bin"] = _bin_name(table, view.bin, ranker)
    if view.known:
        names["known"] = _("relevant") if view.known == RELEVANT else _("irrelevant")
    if not view.active and not names and not view.set:
        return
    with filters.chip_line():
        if view.set:
            query_sets.chip(view.set, ErrorsView, page=1, bin=None)
        filters.chips(bundle, view)
        for field, text in names.items():
            filters.take_off(text, f"errors.pairs.{field}", partial(_take_off, field))
        if names and len(view.active) + len(names) > 1:
            st.button(
                _("Clear all"),
                key="errors.pairs.all",
                type="tertiary",
                on_click=_take_off,
                args=(*names, *view.active),
            )


def _take_off(*names: str) -> None:
    kept = ErrorsView()
    address.change(ErrorsView, page=1, **{name: getattr(kept, name) for name in names})


def _in_bin(table: pd.DataFrame, name: str, ranker: str) -> np.ndarray:
    by, _colon, number = name.partition(":")
    if by == _SCORE:
        place, _edges = score_bins(table[f"{ranker}_score"].to_numpy())
    else:
        place = calibration_bins(table[f"{ranker}_probability"].to_numpy())
    return place == int(number)


def _bin_name(table: pd.DataFrame, name: str, ranker: str) -> str:
    """Say from which value to which a bar of a figure reaches."""
    by = name.partition(":")[0]
    values = table.loc[_in_bin(table, name, ranker), f"{ranker}_{by}"]
    ends = (formats.digits(values.min()), formats.digits(values.max()))
    text = _("score {low} … {high}") if by == _SCORE else _("probability {low} … {high}")
    return text.format(low=ends[0], high=ends[1])
