"""Which bundle ranks a query better: the held-out queries of two, coloured by the difference."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app import i18n
from mmrec_app.i18n import _
from mmrec_app.map.colours import Colouring, in_order
from mmrec_app.map.view import MapView
from mmrec_app.served import layers
from mmrec_app.shared import against
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.collection.map_grid import NO_CODE
from mmrec_core.differences.text import metric_title
from mmrec_core.plots.palette import BLUE, NEUTRAL, ORANGE, SKY, VERMILION

FAR = 0.25
KEYS = ("equal", "b", "a", "b-far", "a-far")
PALETTE = (NEUTRAL, SKY, ORANGE, BLUE, VERMILION)
_IN_LEGEND = (3, 1, 0, 2, 4)


@dataclass(frozen=True, eq=False)
class Wins:
    """The queries' difference, as a colouring, and by which ranker of both it is."""

    colouring: Colouring
    ranker: str


def wins(bundle: Bundle, other: Bundle, view: MapView) -> Wins:
    """Return the files that colour the queries by the difference of their metric.

    Raises
    ------
    ComparisonError
        If the bundles share too few queries.
    """
    ranker = against.ranker_of_both(bundle, other, view.ranker)
    coloured = _wins(
        bundle.digest, other.digest, ranker, view.metric, i18n.language(), bundle, other
    )
    return Wins(coloured, ranker)


@st.cache_resource(max_entries=8, show_spinner=False)
def _wins(
    digest: str,
    other: str,
    ranker: str,
    metric: str,
    language: str,
    _bundle: Bundle,
    _other: Bundle,
) -> Colouring:
    table = against.moved(_bundle, _other, ranker, metric)
    table = table[table["difference"].notna()]
    numbers = np.full(len(_bundle.cluster_of), NO_CODE, dtype="<u2")
    numbers[table["query"]] = classes(table["difference"].to_numpy())
    title = metric_title(metric)
    named = (
        _("equal"),
        _("B better"),
        _("A better"),
        _("B better by {n} or more").format(n=formats.digits(FAR)),
        _("A better by {n} or more").format(n=formats.digits(FAR)),
    )
    legend = {
        "kind": "category",
        "title": _("{metric}: who wins").format(metric=title),
        "entries": [
            {"code": code, "name": named[code], "colour": PALETTE[code], "glyph": "●"}
            for code in _IN_LEGEND
        ],
        "lines": [
            _("By {ranker}, on the queries that both hold out; other images are grey.").format(
                ranker=vocabulary.ranker_name(ranker)
            ),
            _("Click a query to open it in both."),
        ],
    }
    return Colouring(
        numbers,
        in_order(_bundle, numbers),
        layers.of_json(legend),
        KEYS,
        palette=PALETTE,
        sparse=True,
        texts=layers.of_json(_texts(table, title)),
    )


def classes(differences: np.ndarray) -> np.ndarray:
    """Return the place in `KEYS` of each difference, B less A, (n,) int64."""
    b_better, a_better = differences > 0, differences < 0
    far = np.abs(differences) >= FAR
    return np.select([b_better & far, a_better & far, b_better, a_better], [3, 4, 1, 2], 0)


def _texts(table: pd.DataFrame, metric: str) -> dict[int, str]:
    said = _("{metric}: {a} in A, {b} in B ({difference})")
    return {
        int(row): said.format(
            metric=metric,
            a=formats.digits(a),
            b=formats.digits(b),
            difference=formats.digits(difference, signed=True),
        )
        for row, a, b, difference in zip(
            table["query"], table["a"], table["b"], table["difference"], strict=True
        )
    }
