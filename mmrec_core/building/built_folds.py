"""The folds of a bundle, fitted again as its build fitted them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.building.fitted_vectors import FittedVectors
from mmrec_core.building.fold_fit import Features, fit_fold, fitted_anew
from mmrec_core.building.known_pairs import Fitted, known_pairs
from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.growth import growth_of
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.neighbour_cells import long_lists
from mmrec_core.errors import BundleError
from mmrec_core.files import read_array
from mmrec_core.inputs.judgements import ADDED, TEST, fitted_on
from mmrec_core.inputs.splits import HELD_OUT, split_of_fold


class BuiltFolds:
    """A bundle without each of its folds, as the build saw it.

    The projections of an encoder that is fitted to the collection are fitted again, on the features
    that the bundle keeps; with the number of threads of the build, to the last bit.

    Parameters
    ----------
    bundle : Bundle
    pairs : DataFrame
        Its pairs, as the build wrote them.
    collection : Collection
        All its images.
    encoder : callable
        Loads the image-and-text encoder; only called for one that is fitted to the collection.
    """

    def __init__(
        self,
        bundle: Bundle,
        pairs: pd.DataFrame,
        collection: Collection,
        encoder: Callable[[], Any],
    ):
        self.bundle, self._own = bundle, pairs
        self._collection, self._encoder = collection, encoder

    @property
    def further(self) -> list[int]:
        """The folds that the build cross-fitted, beside the one that the bundle itself lacks."""
        cross_fitted = self.bundle.cross_fitted
        return [] if cross_fitted is None else sorted(map(int, cross_fitted["fold"].unique()))

    def table(self, fold: int) -> pd.DataFrame:
        """Return the catalogue, ``split`` being that in which a fold is held out."""
        items = self.bundle.items
        if fold == HELD_OUT:
            return items
        return items.assign(split=self._dealt(fold))

    @property
    def dealt_alike(self) -> bool:
        """Whether folds are dealt here as they were in the build.

        An earlier version drew other validation queries and training pairs, and so trained its
        rankers of the further folds on other pairs than `pairs` gives.
        """
        return bool((self.bundle.items["split"] == self._dealt(HELD_OUT)).all())

    def _dealt(self, fold: int) -> np.ndarray:
        """Return the split in which a fold is held out, as this version deals it."""
        items, seed = self.bundle.items, self.bundle.manifest.seed
        fold_of, group_of = items["fold"].to_numpy(), items["group"].to_numpy()
        dealt = split_of_fold(fold_of, group_of, items["image"], fold, seed)
        return np.where(items["split"] == ADDED, ADDED, dealt)

    def fitted(self, fold: int) -> Fitted:
        """Fit vectors, clusters and neighbours without a fold.

        Raises
        ------
        BundleError
            If the bundle lacks the features that its encoder was fitted on.
        EncoderError
            If that encoder cannot be loaded.
        """
        table, features = self.table(fold), self._features
        own = self._collection.vectors
        if features is None:
            made = FittedVectors(own, np.zeros((len(own), 0, 0), dtype=np.float32))
        else:
            made = fitted_anew(features, own.bert_text, table)
        if fold == HELD_OUT:
            # Fitted without what was removed since, the projections have another space.
            growth = growth_of(self.bundle)
            unseen = {} if growth and growth.removed else made.unseen
            return Fitted(self._collection, self._long_neighbours, unseen)
        clusters, seed = len(self.bundle.centroids), self.bundle.manifest.seed
        found = self._long_neighbours if features is None else None
        return fit_fold(made, table, found, clusters, seed)

    def pairs(self, fold: int, fitted: Fitted) -> pd.DataFrame:
        """Return a further fold's known pairs of all splits: `mmrec_core.building.known_pairs`."""
        table, manifest = self.table(fold), self.bundle.manifest
        return known_pairs(fitted, table, self.judged, manifest.candidates, manifest.seed).table

    def held_out(self, fold: int) -> pd.DataFrame:
        """Return the pairs of a fold's queries, which met the collection without it."""
        cross_fitted = self.bundle.cross_fitted
        if fold == HELD_OUT or cross_fitted is None:
            return self._own[self._own["split"] == TEST]
        return cross_fitted[cross_fitted["fold"] == fold]

    @cached_property
    def judged(self) -> pd.DataFrame | None:
        """The judged pairs that the bundle was built from; None if relevance goes by labels.

        A held-out query has all of its judged pairs, and every query is held out in one fold. Of a
        fold that could not train a ranker, the bundle keeps only what its own split allowed.
        """
        if self.bundle.manifest.relevance != "judged":
            return None
        kept = (
            self._own
            if self.bundle.cross_fitted is None
            else pd.concat([self.bundle.cross_fitted, self._own], join="inner", ignore_index=True)
        )
        columns = ["query", "candidate", "relevance"]
        return kept[columns].drop_duplicates(columns[:2], ignore_index=True)

    @cached_property
    def _long_neighbours(self) -> np.ndarray:
        fitted = fitted_on(self.bundle.items["split"].to_numpy())
        return long_lists(self._collection.unit, fitted, self.bundle.manifest.seed)

    @cached_property
    def _features(self) -> Features | None:
        """What the encoder was fitted on; None of an encoder that is not fitted."""
        bundle = self.bundle
        if not set(layout.PROJECTION_FILES) & set(bundle.manifest.files):
            return None
        try:
            pictures, captions = (
                read_array(bundle.path / name) for name in (layout.PICTURES, layout.CAPTIONS)
            )
        except (OSError, ValueError, EOFError) as error:
            raise BundleError(
                f"{bundle.path} lacks the features that its encoder was fitted on "
                f"({type(error).__name__}): build the bundle again."
            ) from None
        return Features(self._encoder(), pictures, captions)
