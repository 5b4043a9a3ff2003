"""Numbers of images by which a collection is filtered: the catalogue's, and what was measured."""

import numpy as np
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import held_out
from mmrec_core.bundle import Bundle
from mmrec_core.collection.numbers import WORDS, catalogue_numbers, numbers_of
from mmrec_core.evaluation.metrics import CUTOFF
from mmrec_core.ranker.model import FUSED, MODEL

NDCG, RECALL, PROBABILITY = "ndcg", "candidate_recall", "probability"


def names(bundle: Bundle) -> dict[str, str]:
    """Return what is measured of this bundle's images, with names for people."""
    spoken = {
        WORDS: _("Words in the caption"),
        "width": _("Width, pixels"),
        "height": _("Height, pixels"),
    }
    known = {name: spoken.get(name, name) for name in _catalogued(bundle.digest, bundle)}
    if bundle.manifest.counts.held_out_queries:
        known[NDCG] = _("nDCG@5 of a query")
        known[RECALL] = _("Recall of candidates")
        if bundle.has_ranker:
            known[PROBABILITY] = _("Probability of its first result")
    return known


@st.cache_resource(max_entries=4, show_spinner=False)
def _catalogued(digest: str, _bundle: Bundle) -> tuple[str, ...]:
    return catalogue_numbers(_bundle.items)


def values(bundle: Bundle, name: str) -> np.ndarray:
    """Return one of `names` of each image, (n,) float64, NaN where it has none; shared."""
    return _values(bundle.digest, name, bundle)


@st.cache_resource(max_entries=32, show_spinner=False)
def _values(digest: str, name: str, _bundle: Bundle) -> np.ndarray:
    if name in (NDCG, RECALL, PROBABILITY):
        found = _measured(_bundle, name)
    else:
        found = numbers_of(_bundle.items, name)
    found.flags.writeable = False
    return found


def _measured(bundle: Bundle, name: str) -> np.ndarray:
    """Return what is known of held-out queries alone, of CatBoost where there is one."""
    ranker = MODEL if bundle.has_ranker else FUSED
    found = np.full(len(bundle.items), np.nan)
    if name == PROBABILITY:
        scored = held_out.scored(bundle)
        first = scored[scored[f"{ranker}_rank"] == 1]
        found[first["query"]] = first[f"{ranker}_probability"]
    else:
        table = held_out.figures_of_queries(bundle, CUTOFF)
        found[table["query"]] = table[f"{ranker}_ndcg" if name == NDCG else RECALL]
    return found
