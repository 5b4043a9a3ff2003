"""Everything that is fitted, fitted anew without one fold of the queries."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mmrec_core.building.fitted_vectors import FittedVectors, fit_vectors
from mmrec_core.building.known_pairs import Fitted
from mmrec_core.bundle import layout
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.clusters import assign, fit_centroids
from mmrec_core.collection.neighbour_cells import long_lists
from mmrec_core.collection.prepared import Prepared, both_lengths
from mmrec_core.inputs.judgements import fitted_on


class Features(NamedTuple):
    """What an encoder is fitted on that is fitted to the collection.

    Attributes
    ----------
    encoder : ImageTextEncoder
    pictures : ndarray (n, features) float32
        What its image tower gives.
    captions : ndarray (n, columns, features) float32
        What its text tower gives for the captions in each language, the main one first.
    """

    encoder: Any
    pictures: np.ndarray
    captions: np.ndarray


def fitted_anew(features: Features, bert_text: np.ndarray, table: pd.DataFrame) -> FittedVectors:
    """Fit the encoder on images that may be fitted on; ``table`` is the catalogue."""
    return fit_vectors(*features, bert_text, table["split"].to_numpy(), table["fold"].to_numpy())


def fit_fold(
    made: FittedVectors,
    table: pd.DataFrame,
    long_neighbours: np.ndarray | None,
    clusters: int,
    seed: int,
) -> Fitted:
    """Fit clusters on the images that may be fitted on, and find neighbours.

    Parameters
    ----------
    made : FittedVectors
        The vectors, fitted on the same images.
    table : DataFrame
        The catalogue.
    long_neighbours : ndarray (n, 3, 64) int32 or None
        Longer neighbour lists of these vectors; None finds them.
    clusters, seed : int
        Number of clusters, and the seed of k-means.
    """
    unit = made.vectors.halved
    fitted = fitted_on(table["split"].to_numpy())
    if long_neighbours is None:
        long_neighbours = long_lists(unit, fitted, seed)
    centroids = fit_centroids(unit, clusters, seed, np.flatnonzero(fitted))
    lists = np.asarray(long_neighbours[..., : layout.STORED_NEIGHBOURS])
    prepared = Prepared(unit, both_lengths(made.vectors))
    collection = Collection.of(
        made.vectors, assign(unit, centroids), centroids, lists, prepared=prepared
    )
    return Fitted(collection, long_neighbours, made.unseen)
