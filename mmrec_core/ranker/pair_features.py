"""Pair features: what the ranker knows of a query and one candidate.

The same function serves the build and the app, so a pair has the same features in both.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.expansion import EXPANSION, expanded
from mmrec_core.collection.neighbours import shared, without
from mmrec_core.collection.standardised import BERT_TEXT as BERT_COSINES
from mmrec_core.collection.standardised import (
    CLIP_TEXT,
    IMAGE_TO_TEXT,
    TEXT_TO_IMAGE,
)
from mmrec_core.collection.standardised import IMAGE as IMAGE_COSINES
from mmrec_core.collection.training_relevance import TrainingPairs
from mmrec_core.collection.vectors import fused, products
from mmrec_core.errors import BundleError

_NEAR = 0.99
_LEVEL = 5e-4  # cosines of one caption in half precision differ by less


@dataclass(frozen=True)
class Feature:
    """A pair feature; ``trend`` +1: a higher value may only raise the score, -1: only lower it."""

    name: str
    role: str
    trend: int
    meaning: str


IMAGE, TEXT, CROSS, CLUSTER, SIMILAR, RANK = (
    "image similarity",
    "text similarity",
    "cross-modal",
    "cluster",
    "similar pairs",
    "rank",
)
ROLES = (IMAGE, TEXT, CROSS, CLUSTER, SIMILAR, RANK)

FEATURES = (
    Feature("clip_cosine", IMAGE, 1, "cosine of the two pictures (CLIP)"),
    Feature("clip_l2", IMAGE, -1, "Euclidean distance of the two pictures (CLIP, not normalised)"),
    Feature("image_shared_neighbours", IMAGE, 1, "nearest pictures that both share, of 20"),
    Feature(
        "image_expanded_cosine", IMAGE, 1, "cosine of the pictures, each with its neighbourhood"
    ),
    Feature("bert_cosine", TEXT, 1, "cosine of the two captions (BERT)"),
    Feature("bert_l2", TEXT, -1, "Euclidean distance of the two captions (BERT, not normalised)"),
    Feature("clip_text_cosine", TEXT, 1, "cosine of the two captions (CLIP)"),
    Feature("text_shared_neighbours", TEXT, 1, "nearest captions that both share, of 20"),
    Feature("text_expanded_cosine", TEXT, 1, "cosine of the captions, each with its neighbourhood"),
    Feature("image_to_text_cosine", CROSS, 1, "cosine of the query's picture and the caption"),
    Feature("text_to_image_cosine", CROSS, 1, "cosine of the query's caption and the picture"),
    Feature("same_cluster", CLUSTER, 1, "1 if both lie in one cluster"),
    Feature("centroid_distance", CLUSTER, -1, "distance between the two clusters' centroids"),
    Feature(
        "cluster_distance", CLUSTER, -1, "how much farther that cluster is than the query's nearest"
    ),
    Feature(
        "shared_neighbours", CLUSTER, 1, "nearest images by both modalities that both share, of 20"
    ),
    Feature(
        "neighbour_relevance",
        SIMILAR,
        1,
        "how often images near it are relevant to training queries near the query",
    ),
    Feature("image_standardised", IMAGE, 1, "cosine of the pictures, standardised for the query"),
    Feature(
        "bert_standardised", TEXT, 1, "cosine of the captions (BERT), standardised for the query"
    ),
    Feature(
        "clip_text_standardised", TEXT, 1, "cosine of the captions (CLIP), standardised likewise"
    ),
    Feature("image_to_text_standardised", CROSS, 1, "cosine of picture and caption, standardised"),
    Feature("text_to_image_standardised", CROSS, 1, "cosine of caption and picture, standardised"),
    Feature(
        "learned_image_standardised",
        IMAGE,
        1,
        "likeness of the pictures, learned from relevant training pairs",
    ),
    Feature("learned_text_standardised", TEXT, 1, "learned likeness of the captions"),
    Feature(
        "learned_image_to_text_standardised", CROSS, 1, "learned likeness of picture and caption"
    ),
    Feature(
        "learned_text_to_image_standardised", CROSS, 1, "learned likeness of caption and picture"
    ),
    Feature(
        "standardised_lead",
        RANK,
        1,
        "sum of the five standardised cosines, above the average candidate",
    ),
    Feature("standardised_rank", RANK, -1, "rank among the query's candidates by that sum"),
    Feature("rank", RANK, -1, "rank among the query's candidates by the mean cosine"),
    Feature("image_rank", RANK, -1, "rank among the query's candidates by the picture"),
    Feature(
        "text_last_rank",
        RANK,
        -1,
        "rank among the query's candidates by the caption, the last of those with the same one",
    ),
)
NAMES = tuple(feature.name for feature in FEATURES)
LEARNED = tuple(name for name in NAMES if name.startswith("learned_"))
TRENDS = np.array([feature.trend for feature in FEATURES], dtype=np.float32)


def feature_matrix(pairs: pd.DataFrame) -> np.ndarray:
    """Return the features of pairs that a table holds, (n, len(FEATURES)) float32.

    Raises
    ------
    BundleError
        If the table lacks one.
    """
    missing = [name for name in NAMES if name not in pairs]
    if missing:
        raise BundleError(f"the pairs have no feature {missing[0]!r}: build the bundle again.")
    return pairs[list(NAMES)].to_numpy(np.float32)


def pair_features(
    collection: Collection, query: Placed, rows: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Compute the features of the pairs (query, row) for each of ``rows``.

    Parameters
    ----------
    collection : Collection
        Where the candidates lie.
    query : Placed
        The query.
    rows : ndarray (n,) int
        The second images of the pairs.
    candidates : ndarray (m,) int
        The query's whole candidate list, in which ranks are counted; a row that is not in it
        gets the rank that it would have. Quicker where it is the very array ``rows``.

    Returns
    -------
    ndarray (n, len(FEATURES)) float32
        Columns as in `FEATURES`; NaN where a modality is missing.
    """
    here: np.ndarray | slice
    listed: np.ndarray | slice
    if rows is candidates:
        together, here, listed = rows, slice(None), slice(None)
    else:
        together = np.union1d(rows, candidates)
        here, listed = np.searchsorted(together, rows), np.searchsorted(together, candidates)
    every = query.similarity.cosines(together)
    cosine = every[:, here]
    image, text = cosine[IMAGE_COSINES], cosine[BERT_COSINES]
    both = fused(every[IMAGE_COSINES], every[BERT_COSINES])
    standardised = query.similarity.standardise(every)
    total = np.nan_to_num(standardised).sum(axis=0)
    spread = total[listed].std()
    cluster_of = collection.cluster_of[rows]
    lists = without(collection.neighbours[rows], query.row)
    unit, images = collection.unit, len(collection.cluster_of)
    image_expanded, text_expanded = _expanded_cosines(collection, query, rows, lists[:, 2])
    image_lengths, text_lengths = collection.lengths[rows].T
    centroid = collection.centroids[query.cluster]
    there, which = np.unique(cluster_of, return_inverse=True)
    columns = {
        "clip_cosine": image,
        "clip_l2": _l2(
            image, query.unit.clip_image[0], query.lengths[0], unit.clip_image, rows, image_lengths
        ),
        "image_shared_neighbours": shared(query.neighbours[0], lists[:, 0], images),
        "image_expanded_cosine": image_expanded,
        "bert_cosine": text,
        "bert_l2": _l2(
            text, query.unit.bert_text[0], query.lengths[1], unit.bert_text, rows, text_lengths
        ),
        "clip_text_cosine": cosine[CLIP_TEXT],
        "text_shared_neighbours": shared(query.neighbours[1], lists[:, 1], images),
        "text_expanded_cosine": text_expanded,
        "image_to_text_cosine": cosine[IMAGE_TO_TEXT],
        "text_to_image_cosine": cosine[TEXT_TO_IMAGE],
        "same_cluster": cluster_of == query.cluster,
        "centroid_distance": np.linalg.norm(collection.centroids[there] - centroid, axis=1)[which],
        "cluster_distance": query.distances[cluster_of] - query.distances.min(),
        "shared_neighbours": shared(query.neighbours[2], lists[:, 2], images),
        "neighbour_relevance": neighbour_relevance(collection, query, rows),
        "image_standardised": standardised[IMAGE_COSINES, here],
        "bert_standardised": standardised[BERT_COSINES, here],
        "clip_text_standardised": standardised[CLIP_TEXT, here],
        "image_to_text_standardised": standardised[IMAGE_TO_TEXT, here],
        "text_to_image_standardised": standardised[TEXT_TO_IMAGE, here],
        **dict(zip(LEARNED, learned_standardised(collection, query, rows), strict=True)),
        "standardised_lead": (total[here] - total[listed].mean()) / (spread or 1),
        "standardised_rank": _ranks(total[here], total[listed]),
        "rank": _ranks(both[here], both[listed]),
        "image_rank": _ranks(image, every[IMAGE_COSINES, listed]),
        "text_last_rank": _last_ranks(
            text, every[BERT_COSINES, listed], rows is candidates or np.isin(rows, candidates)
        ),
    }
    return np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)


def neighbour_relevance(collection: Collection, query: Placed, rows: np.ndarray) -> np.ndarray:
    """Return the feature of that name for the pairs (query, row): NaN without relevant pairs.

    Shape (n,), float64; see `mmrec_core.collection.training_relevance`.
    """
    relevance, space = collection.training_relevance, collection.learned
    if relevance is None or space is None:
        return np.full(len(rows), np.nan)
    near = collection.training_queries_near(query)
    return relevance.estimate(near, rows, without(space.near_judged[rows], query.row))


def learned_standardised(collection: Collection, query: Placed, rows: np.ndarray) -> np.ndarray:
    """Return the `LEARNED` features of the pairs (query, row): NaN without relevant pairs.

    Shape (4, n), float; see `mmrec_core.collection.learned_space`.
    """
    if collection.learned is None:
        return np.full((len(LEARNED), len(rows)), np.nan)
    return collection.learned.standardised(query.unit, rows, query.counted_row)


def pairs_behind(collection: Collection, query: Placed, row: int) -> TrainingPairs | None:
    """Return the judged pairs behind `neighbour_relevance` of one pair; None where it is NaN."""
    relevance, space = collection.training_relevance, collection.learned
    if relevance is None or space is None:
        return None
    near = collection.training_queries_near(query)
    return relevance.pairs_behind(near, row, without(space.near_judged[[row]], query.row)[0])


def _expanded_cosines(
    collection: Collection, query: Placed, rows: np.ndarray, lists: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosines of pictures and captions drawn towards their nearest images.

    ``lists`` are the images' lists without the query. Where it stood in one, the image was drawn
    towards it, and is drawn anew.
    """
    around = expanded(collection.unit, query.unit, query.neighbours[None, 2])
    blocks = [block.take(rows, axis=0) for block in collection.expanded]
    if query.row >= 0:
        stood = (collection.neighbours[rows, 2, :EXPANSION] == query.row).any(axis=1)
        if stood.any():
            points = collection.unit.rows(rows[stood])
            anew = expanded(collection.unit, points, lists[stood])
            for block, part in zip(blocks, anew, strict=True):
                block[stood] = part
    image, text = (products(b, a)[0] for b, a in zip(blocks, around, strict=True))
    return image, text


def _l2(
    cosine: np.ndarray,
    query: np.ndarray,
    length: float,
    vectors: np.ndarray,
    rows: np.ndarray,
    lengths: np.ndarray,
) -> np.ndarray:
    """Return distances of vectors before they were scaled to length 1.

    From a cosine near 1 the distance would be what half precision lost: there it is that of the
    vectors themselves.
    """
    squared = length**2 + lengths**2 - 2 * length * lengths * cosine
    near = np.flatnonzero(cosine > _NEAR)
    if len(near):
        theirs = vectors[rows[near]].astype(np.float32) * lengths[near, None]
        squared[near] = ((theirs - query * np.float32(length)) ** 2).sum(axis=1)
    return np.sqrt(np.maximum(squared, 0))


def _ranks(scores: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """Return 1 + how many of ``listed`` are higher, for each score; NaN for NaN."""
    listed = np.sort(listed[~np.isnan(listed)])
    higher = len(listed) - np.searchsorted(listed, scores, side="right")
    return np.where(np.isnan(scores), np.nan, 1 + higher)


def _last_ranks(cosines: np.ndarray, listed: np.ndarray, inside: np.ndarray | bool) -> np.ndarray:
    """Return how many of ``listed`` are as high, itself counted, for each cosine; NaN for NaN.

    What a hundred images have in common speaks for none of them: they all get the last of their
    ranks. ``inside``, (n,) bool, says which of the cosines are themselves ``listed``.
    """
    listed = np.sort(listed[~np.isnan(listed)])
    as_high = len(listed) - np.searchsorted(listed, cosines - _LEVEL, side="left")
    return np.where(np.isnan(cosines), np.nan, as_high + np.logical_not(inside))
