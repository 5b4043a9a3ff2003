"""What queries know of judged pairs: a training query nothing of its own fold."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from mmrec_core.building.metric_learner import MOST_DRAWN, MetricLearner
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.learned_metric import LearnedMetric
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.training_relevance import TrainingRelevance, judged_for_training
from mmrec_core.collection.vectors import Vectors
from mmrec_core.inputs.judgements import TRAIN, fitted_on
from mmrec_core.inputs.name_draws import uniform_by_name


class JudgementsNearby:
    """The judged pairs of training queries, and what is learned from them.

    Parameters
    ----------
    pairs : DataFrame
        As ``bundle.pairs``.
    table : DataFrame
        The catalogue: ``image``, ``split`` and ``fold`` of every image.
    vectors : Vectors
        Of the collection's images, of length 1.
    seed : int
    """

    def __init__(self, pairs: pd.DataFrame, table: pd.DataFrame, vectors: Vectors, seed: int):
        self._pairs = pairs[pairs["split"] == TRAIN]
        self._folds = table["fold"].to_numpy()
        rows = np.flatnonzero(fitted_on(table["split"].to_numpy()))
        if len(rows) > MOST_DRAWN:
            draws = uniform_by_name(table["image"].iloc[rows], "learned metric", seed)
            rows = rows[np.argsort(draws, kind="stable")[:MOST_DRAWN]]
        self._learner = MetricLearner(vectors, rows, seed)
        self._without = cache(self._learned_without)

    def met_by(
        self, split: str, fold: int, collection: Collection, rows: np.ndarray | None = None
    ) -> Collection:
        """Return a collection with what a query may know.

        Parameters
        ----------
        split, fold
            Of the query.
        collection : Collection
            As the query meets it.
        rows : ndarray (m,) int, optional
            The images that it may be paired with; all of them if not given.
        """
        relevance, metric = self._without(fold if split == TRAIN else None)
        learned = None
        if relevance and metric:
            unit, hidden = collection.unit, collection.hidden
            learned = LearnedSpace.of(metric, unit, relevance, hidden, rows)
        return replace(collection, training_relevance=relevance, learned=learned)

    def _learned_without(
        self, fold: int | None
    ) -> tuple[TrainingRelevance | None, LearnedMetric | None]:
        pairs = self._pairs
        if fold is not None:
            own = self._folds[pairs[["query", "candidate"]].to_numpy()] == fold
            pairs = pairs[~own.any(axis=1)]
        queries, candidates, relevance = judged_for_training(pairs)
        relevant = relevance > 0
        return (
            TrainingRelevance.of(pairs, len(self._folds)),
            self._learner.learn(queries[relevant], candidates[relevant]),
        )
