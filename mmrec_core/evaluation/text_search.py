"""How often a caption finds its own picture, by the language of the caption."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from mmrec_core.collection.vectors import Vectors, unit
from mmrec_core.evaluation.bootstrap import query_mean

GALLERY = 100
_CHUNK = 1024


def text_search_table(
    images: Vectors, further: np.ndarray, columns: Iterable[str], rows: np.ndarray, fold: int
) -> pd.DataFrame:
    """Look for each held-out picture by its captions among all that are held out with it.

    Parameters
    ----------
    images : Vectors
        Vectors of length 1 of n images, by encoders that were fitted without ``rows``.
    further : ndarray (n, columns, clip_dim) float32
        Of captions in further languages, of any length; NaN where there is none.
    columns : iterable of str
        The catalogue's columns of captions: ``text``, and those of ``further`` in its order.
    rows : ndarray (m,) int
        The held-out images.
    fold : int
        Which fold they are.

    Returns
    -------
    DataFrame
        One row a caption: ``column``, ``query`` (its image's row), ``fold``, ``pictures`` (m),
        ``nearer``: how many of the other pictures are at least as near to the caption as its own,
        so that a tie is no find.
    """
    names = [name for name in columns if name != "text"]
    held_out = images.rows(rows)
    vectors = {"text": held_out.clip_text}
    vectors |= zip(names, unit(further[rows]).swapaxes(0, 1), strict=True)
    pictures = held_out.clip_image
    parts = []
    for column, captions in vectors.items():
        known = np.flatnonzero(~np.isnan(captions[:, 0]))
        nearer = np.zeros(len(known), dtype=int)
        for start in range(0, len(known), _CHUNK):
            chunk = known[start : start + _CHUNK]
            cosines = captions[chunk] @ pictures.T
            own = cosines[np.arange(len(chunk)), chunk]
            nearer[start : start + _CHUNK] = (cosines >= own[:, None]).sum(axis=1) - 1
        found = pd.DataFrame({"query": rows[known], "nearer": nearer})
        parts.append(found.assign(column=column, fold=fold, pictures=len(rows)))
    table = pd.concat(parts, ignore_index=True)
    return table.astype(dict.fromkeys(("query", "nearer", "fold", "pictures"), int))


def text_search(table: pd.DataFrame, seed: int) -> dict[str, Any] | None:
    """Return how often a caption finds its own picture among 100 pictures of its fold.

    Parameters
    ----------
    table : DataFrame
        What `text_search_table` gives, of all folds.
    seed : int
        Seed of the bootstrap over captions.

    Returns
    -------
    dict or None
        ``recall@1``, ``recall@5`` with 95 % intervals; ``gallery``: each caption looks for its
        picture among so many, 100 or all pictures of the smallest fold: its own and others drawn at
        random, and recall is the exact expectation over all such draws; ``queries`` and ``folds``
        (counts). ``further``: the same for captions in further languages, by column. None where
        fewer than two images of a fold are held out, or none has a caption.
    """
    table = table[table["pictures"] > 1]
    if not (table["column"] == "text").any():
        return None
    gallery = min(GALLERY, int(table["pictures"].min()))
    found = {}
    for column, part in table.groupby("column", sort=False):
        others, nearer = part["pictures"].to_numpy() - 1, part["nearer"].to_numpy()
        recalls: dict[str, Any] = {
            "gallery": gallery,
            "queries": len(part),
            "folds": int(part["fold"].nunique()),
        }
        for k in (1, 5):
            chance = hypergeom.cdf(k - 1, others, nearer, gallery - 1)
            recalls[f"recall@{k}"] = query_mean(chance, seed)
        found[str(column)] = recalls
    return found.pop("text") | {"further": found}
