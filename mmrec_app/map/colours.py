"""What the points' colours say: a category, or a value on a scale; with the legend."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from mmrec_app import i18n
from mmrec_app.i18n import _, ngettext
from mmrec_app.map import placed_query
from mmrec_app.map.view import (
    CLUSTER,
    COLOURS,
    LABEL,
    NDCG_LOSS,
    SCORE,
    VERDICT,
    WINS,
    MapView,
)
from mmrec_app.served import layers, map_levels
from mmrec_app.served.layers import Layer
from mmrec_app.shared import against, captions, held_out, naming, reviews
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.collection.map_grid import NO_CODE, NO_VALUE, coded
from mmrec_core.plots.palette import CLUSTER_COLOURS, cluster_colour, cluster_glyph
from mmrec_core.ranker.model import FUSED, MODEL

# ColorBrewer's YlGnBu (Harrower and Brewer 2003), which people with any colour vision can read,
# without the steps that vanish on the background.
SCALES = {
    "light": ["#C7E9B4", "#7FCDBB", "#41B6C4", "#1D91C0", "#225EA8", "#253494", "#081D58"],
    "dark": ["#2E3F74", "#225EA8", "#1D91C0", "#41B6C4", "#7FCDBB", "#C7E9B4", "#FFFFD9"],
}


@dataclass(frozen=True, eq=False)
class Colouring:
    """The files that colour the points.

    Attributes
    ----------
    numbers : ndarray (n,)
        Each image's category, uint16, or its value, uint8 (`mmrec_core.collection.map_grid`).
    layer : Layer
        The same as a file, in the order of the map's levels.
    legend : Layer
        What the colours mean.
    names : tuple of str or None
        The categories by code, as a link names them; None where ``numbers`` are values.
    palette : tuple of str
        Colours of the categories, which begin anew after the last.
    sparse : bool
        Whether images without a category are as grey as those that a filter leaves out, and
        later categories are drawn over earlier ones.
    texts : Layer or None
        What is said of single images under the pointer, by row.
    """

    numbers: np.ndarray
    layer: Layer
    legend: Layer
    names: tuple[str, ...] | None
    palette: tuple[str, ...] = CLUSTER_COLOURS
    sparse: bool = False
    texts: Layer | None = None

    def codes_of(self, names: list[str]) -> list[int]:
        """Return the codes of categories; unknown names are left out."""
        known = self.names or ()
        return [known.index(name) for name in names if name in known]

    def coloured(
        self, rows: np.ndarray, isolated: list[str], between: tuple[int, int] | None
    ) -> np.ndarray:
        """Return those of ``rows`` that are not grey: measured, and of what the legend picks."""
        if self.names is None:
            low, high = between or (0, NO_VALUE - 1)
            return rows[(self.numbers[rows] >= low) & (self.numbers[rows] <= high)]
        if self.sparse:
            rows = rows[self.numbers[rows] != NO_CODE]
        codes = self.codes_of(isolated)
        return rows[np.isin(self.numbers[rows], codes)] if codes else rows


def names(bundle: Bundle, view: MapView) -> dict[str, str]:
    """Return what points of this bundle can be coloured by, with names for people.

    What the view asks for stays among them, so that the page can say why it is not there.
    """
    choices = {
        CLUSTER: _("Cluster"),
        LABEL: _("Category"),
        SCORE: _("Similarity"),
        NDCG_LOSS: _("nDCG loss"),
        VERDICT: _("Verdict"),
        WINS: _("Who wins"),
    }
    missing = set()
    if not bundle.manifest.counts.with_label:
        missing.add(LABEL)
    if not bundle.manifest.counts.held_out_queries:
        missing |= {NDCG_LOSS, WINS}
    if WINS not in missing and not against.others(bundle):
        missing.add(WINS)
    return {name: choices[name] for name in COLOURS if name not in missing - {view.colour}}


def colouring(bundle: Bundle, view: MapView) -> Colouring:
    """Return the files for a view.

    Raises
    ------
    EncoderError
        If a text query's similarity is asked for and its encoder cannot be loaded.
    """
    speaks = (i18n.language(), captions.column(bundle))
    if view.colour == LABEL:
        return _by_label(bundle.digest, speaks, bundle)
    if view.colour == SCORE:
        return _by_score(bundle, view)
    if view.colour == NDCG_LOSS:
        return _by_ndcg_loss(bundle.digest, speaks, bundle)
    if view.colour == VERDICT:
        return _by_verdict(bundle.digest, speaks, reviews.version_of(reviews.store(bundle)), bundle)
    return _by_cluster(bundle.digest, speaks, bundle)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_cluster(digest: str, speaks: tuple[str, str], _bundle: Bundle) -> Colouring:
    clusters = range(len(_bundle.centroids))
    named = [naming.cluster_name(_bundle, cluster, most=3) for cluster in clusters]
    return _categories(_bundle, _bundle.cluster_of, tuple(map(str, clusters)), named, _("Cluster"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_label(digest: str, speaks: tuple[str, str], _bundle: Bundle) -> Colouring:
    labels = _bundle.items["label"].astype("category").cat
    known = tuple(map(str, labels.categories))
    codes = labels.codes.to_numpy(np.int64)
    named = [naming.label_name(label) for label in known]
    return _categories(_bundle, codes, known, named, _("Category"))


def in_order(bundle: Bundle, numbers: np.ndarray) -> Layer:
    """Make a file of numbers by row, in the order of the map's levels."""
    return layers.of_array(numbers[map_levels.levels(bundle).rows])


def _categories(
    bundle: Bundle, codes: np.ndarray, keys: tuple[str, ...], named: list[str], title: str
) -> Colouring:
    numbers = np.where((codes >= 0) & (codes < NO_CODE), codes, NO_CODE).astype("<u2")
    legend = {
        "kind": "category",
        "title": title,
        "entries": [
            {
                "code": code,
                "name": name,
                "colour": cluster_colour(code),
                "glyph": cluster_glyph(code),
            }
            for code, name in enumerate(named)
        ],
    }
    return Colouring(numbers, in_order(bundle, numbers), layers.of_json(legend), keys)


def _by_score(bundle: Bundle, view: MapView) -> Colouring:
    query = placed_query.current(view)
    if query is None:
        line = _(
            "Mark an image, or place a text or your own picture, to see what is similar to it."
        )
        return _scale(
            bundle, _("Similarity"), np.full(len(bundle.cluster_of), np.nan), 0, 1, [line]
        )
    values = placed_query.similarity(bundle, query)
    low, high = (float(v) for v in np.nanpercentile(values, [1, 99.9]))
    lines = [placed_query.similarity_meaning(query), _("Known for all images.")]
    return _scale(bundle, _("Similarity"), values, low, high, lines, bounds=True)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_ndcg_loss(digest: str, speaks: tuple[str, str], _bundle: Bundle) -> Colouring:
    ranker = MODEL if _bundle.has_ranker else FUSED
    table = held_out.queries(_bundle)
    values = np.full(len(_bundle.cluster_of), np.nan)
    values[table["query"]] = 1 - table[f"{ranker}_ndcg"]
    n = int(np.isfinite(values).sum())
    lines = [
        _("1 − nDCG@5 of {ranker}: 0 where its first five are the best possible.").format(
            ranker=vocabulary.ranker_name(ranker)
        ),
        ngettext(
            "Measured on {n} held-out query with a relevant pair; the other images are grey.",
            "Measured on {n} held-out queries with a relevant pair; the other images are grey.",
            n,
        ).format(n=formats.whole(n)),
        sentences.relevance_source(_bundle.manifest.relevance),
    ]
    return _scale(_bundle, _("nDCG loss"), values, 0, 1, lines)


@st.cache_resource(max_entries=8, show_spinner=False)
def _by_verdict(digest: str, speaks: tuple[str, str], version: str, _bundle: Bundle) -> Colouring:
    grades = reviews.store(_bundle).verdicts().groupby("candidate")["grade"].mean()
    grades = grades[[name in _bundle for name in grades.index]]
    values = np.full(len(_bundle.cluster_of), np.nan)
    values[[_bundle.index_of(str(name)) for name in grades.index]] = grades.to_numpy(float)
    n = len(grades)
    lines = [
        _(
            "Mean grade that reviewers gave an image as a candidate, from 1 (not relevant) to 4 "
            "(very relevant)."
        ),
        ngettext(
            "{n} image is graded; the others are grey.",
            "{n} images are graded; the others are grey.",
            n,
        ).format(n=formats.whole(n)),
    ]
    return _scale(_bundle, _("Verdict"), values, 1, 4, lines)


def _scale(
    bundle: Bundle,
    title: str,
    values: np.ndarray,
    low: float,
    high: float,
    lines: list[str],
    bounds: bool = False,
) -> Colouring:
    """Make a colouring by value; ``bounds`` says that some lie beyond the scale's ends."""
    at = np.linspace(low, high, NO_VALUE)
    ends = [formats.digits(low), formats.digits(high)]
    legend: dict[str, Any] = {
        "kind": "scale",
        "title": title,
        "low_text": f"≤ {ends[0]}" if bounds else ends[0],
        "high_text": f"≥ {ends[1]}" if bounds else ends[1],
        "none": _("not measured"),
        "texts": [formats.digits(float(value)) for value in at],
        "lines": lines,
    }
    numbers = coded(values, low, high)
    return Colouring(numbers, in_order(bundle, numbers), layers.of_json(legend), None)
