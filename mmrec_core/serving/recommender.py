"""From a query to explained recommendations, on an open bundle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from time import perf_counter

import numpy as np

from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.map import place_on_map
from mmrec_core.collection.vectors import Vectors, fused
from mmrec_core.errors import ImageError, InputError, QueryError
from mmrec_core.inputs.catalogue import clean
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.ranker.explanation import contributions, percentiles
from mmrec_core.ranker.model import BERT, MODEL, RANKERS, Ranker, all_scores
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.answers import (
    NearCluster,
    Query,
    QueryInfo,
    Recommendation,
    Result,
    ScoredQuery,
)
from mmrec_core.serving.order import ranking
from mmrec_core.serving.query_encoder import QueryEncoder
from mmrec_core.serving.text_query import place_text, text_candidates, without_picture


class Recommender:
    """Recommendations from one bundle. Safe to share between threads.

    The encoders are loaded when the first query needs them: images of the bundle don't.
    """

    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self.collection = Collection.of(
            Vectors(bundle.clip_image, bundle.clip_text, bundle.bert_text),
            bundle.clusters,
            bundle.centroids,
            bundle.neighbours,
            bundle.pairs,
        )
        self.settings = bundle.manifest.candidates
        self.ranker = (
            Ranker.load(bundle.path / layout.RANKER_MODEL, bundle.path / layout.RANKER)
            if bundle.has_ranker
            else None
        )
        self.encoder = QueryEncoder(bundle)
        self.collection.warm()

    @property
    def rankers(self) -> tuple[str, ...]:
        """Names of the rankers that this bundle offers."""
        return RANKERS if self.ranker else RANKERS[1:]

    @cached_property
    def relevance(self) -> KnownRelevance:
        """What the bundle knows to be relevant to its images."""
        return KnownRelevance(self.bundle)

    def rankers_for(self, query: Query) -> tuple[str, ...]:
        """Return the names of those `rankers` that can answer ``query``.

        The trained ranker learned from pairs of pictures, so a text alone is nothing to it; the
        ranker of captions needs one. QueryError if the image is unknown.
        """
        text = clean(query.text)
        if text is None and isinstance(query.image, str):
            text = self.bundle.text(self.bundle.index_of(query.image))
        has_text = text is not None and self.bundle.manifest.counts.with_text > 0
        left_out = {BERT} if not has_text else set()
        if query.image is None:
            left_out.add(MODEL)
        return tuple(name for name in self.rankers if name not in left_out)

    def recommend(
        self,
        query: Query,
        *,
        k: int = 5,
        ranker: str | None = None,
        collapse: float | None = None,
        diversity: float = 0,
    ) -> Recommendation:
        """Rank the query's candidates: `score`, then `answer`."""
        self._check(ranker, k, diversity)
        if ranker and ranker not in self.rankers_for(query):
            raise QueryError(_why_not(ranker))
        return self.answer(
            self.score(query), k=k, ranker=ranker, collapse=collapse, diversity=diversity
        )

    def score(self, query: Query) -> ScoredQuery:
        """Find the query's candidates and score them by every ranker that can.

        Raises
        ------
        QueryError
            If the image is unknown, or there is neither image nor text.
        EncoderError
            If a new image's or text's encoders cannot be loaded.
        """
        timings: dict[str, float] = {}
        by_text = query.image is None
        with _timed(timings, "embed"):
            row, text, vectors = self._embed(query)
        with _timed(timings, "place"):
            placed, info = self._place(query, row, text, vectors)
        with _timed(timings, "candidates"):
            candidates = (
                text_candidates(self.collection, placed, self.settings.exact_size)
                if by_text
                else self.collection.candidates(placed, self.settings)
            )
        with _timed(timings, "features"):
            features = pair_features(self.collection, placed, candidates, candidates)
            if by_text:
                features = without_picture(features)
        with _timed(timings, "rank"):
            model = self.ranker.model if self.ranker and not by_text else None
            scores = all_scores(model, features)
            if BERT not in self.rankers_for(query):
                del scores[BERT]
        return ScoredQuery(info, placed, candidates, features, scores, by_text, timings)

    def answer(
        self,
        scored: ScoredQuery,
        *,
        k: int = 5,
        ranker: str | None = None,
        collapse: float | None = None,
        diversity: float = 0,
    ) -> Recommendation:
        """Put scored candidates in one ranker's order, and explain the first of them.

        Parameters
        ----------
        scored : ScoredQuery
            What `score` gave.
        k : int
            Results, at most the number of candidates.
        ranker : str, optional
            One of `rankers`; ``model`` where it can answer, else ``fused``.
        collapse : float, optional
            Cosine of pictures from which on two results are one, the better ranked of them, and an
            image is the query itself, and no result.
        diversity : float
            0 to 1: how much similar pictures are spread apart, by maximal marginal relevance over
            the first 200 (`mmrec_core.serving.order.diversified`). 0 is the order of the scores.

        Raises
        ------
        QueryError
            If the ranker cannot answer this query, or k or diversity are out of range.
        """
        ranker = ranker or (MODEL if MODEL in scored.scores else list(scored.scores)[-1])
        self._check(ranker, k, diversity)
        if ranker not in scored.scores:
            raise QueryError(_why_not(ranker))
        timings = dict(scored.timings_ms)
        with _timed(timings, "rank"):
            probability = self._probability(ranker, scored)
            own = self._own(scored, collapse)
            ranked = ranking(
                scored.scores[ranker],
                self.collection.unit.clip_image,
                scored.candidates,
                hidden=own,
                collapse=collapse,
                diversity=diversity,
                relevance=probability,
            )
        with _timed(timings, "explain"):
            results = self._results(
                scored, ranked.ranks, ranked.order[:k], ranker, probability, ranked.collapsed
            )
        threshold = end = None
        if self.ranker and probability is not None:
            threshold = self.ranker.thresholds[ranker]
        if threshold is not None and probability is not None and diversity == 0:
            below = np.flatnonzero(probability[ranked.order] < threshold)
            end = int(below[0]) if len(below) else len(ranked.order)
        own_names = [self.bundle.image(int(row)) for row in scored.candidates[own]]
        return Recommendation(
            query=replace(scored.info, duplicates=own_names),
            ranker=ranker,
            clusters=self._near(scored.placed),
            candidates=scored.candidates,
            ranks=ranked.ranks,
            results=results,
            threshold=threshold,
            end_of_relevance=end,
            timings_ms=timings,
        )

    def result_of(self, scored: ScoredQuery, found: Recommendation, row: int) -> Result | None:
        """Return any candidate as a result of an answer, however low it stands.

        None if the image of row ``row`` is no candidate, or has no place in that ranker's list.
        """
        if found.rank_of(row) is None:
            return None
        shown = next((result for result in found.results if result.index == row), None)
        place = np.searchsorted(found.candidates, [row])
        probability = self._probability(found.ranker, scored)
        return shown or self._results(scored, found.ranks, place, found.ranker, probability, {})[0]

    def score_pairs(self, query: int, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return the raw scores of (query, row) pairs of the bundle under every ranker."""
        placed = self.collection.place_row(query)
        features = pair_features(
            self.collection, placed, rows, self.collection.candidates(placed, self.settings)
        )
        return all_scores(self.ranker.model if self.ranker else None, features)

    def _check(self, ranker: str | None, k: int, diversity: float) -> None:
        if ranker and ranker not in self.rankers:
            raise QueryError(
                f"bundle {self.bundle.name!r} has no ranker {ranker!r}; it has "
                f"{', '.join(self.rankers)}."
            )
        if k < 1:
            raise QueryError(f"k is {k}; expected at least 1.")
        if not 0 <= diversity <= 1:
            raise QueryError(f"diversity is {diversity}; expected a number from 0 to 1.")

    def _embed(self, query: Query) -> tuple[int, str | None, Vectors | None]:
        """Return the query's row (-1 if new), its text, and its vectors if they are new."""
        text = clean(query.text)
        if query.image is None:
            if text is None:
                raise QueryError("the query is empty: give an image, a text, or both.")
            return -1, text, self.encoder.vectors(None, text)
        if not isinstance(query.image, str):
            return -1, text, self.encoder.vectors(self.encoder.image_vector(query.image), text)
        row = self.bundle.index_of(query.image)
        caption = self.bundle.text(row)
        if text is None or text == caption:
            return row, caption, None
        return row, text, self.encoder.vectors(self.bundle.clip_image[row], text)

    def _place(
        self, query: Query, row: int, text: str | None, vectors: Vectors | None
    ) -> tuple[Placed, QueryInfo]:
        image = query.image if isinstance(query.image, str) else None
        if vectors is None:
            placed = self.collection.place_row(row)
            x, y = map(float, self.bundle.map[row])
            return placed, QueryInfo(row, image, text, placed.cluster, x, y)
        if query.image is None:
            placed = place_text(self.collection, vectors.clip_text, vectors.bert_text)
        else:
            placed = self.collection.place(vectors, row)
        near = placed.neighbours[2]
        similarity = fused(
            self.collection.unit.clip_image[near] @ placed.unit.clip_image[0],
            self.collection.unit.bert_text[near] @ placed.unit.bert_text[0],
        )
        x, y = place_on_map(self.bundle.map, near, similarity)
        return placed, QueryInfo(row if row >= 0 else None, image, text, placed.cluster, x, y)

    def _own(self, scored: ScoredQuery, threshold: float | None) -> np.ndarray:
        """Say which candidates show the query's own picture."""
        if threshold is None:
            return np.zeros(len(scored.candidates), dtype=bool)
        return scored.features[:, NAMES.index("clip_cosine")] >= threshold

    def _probability(self, ranker: str, scored: ScoredQuery) -> np.ndarray | None:
        """Return calibrated probabilities; None where nothing was calibrated for such a query.

        Probabilities are calibrated on pairs of pictures with captions. Of a text's scores only
        those of captions are of the same kind.
        """
        if self.ranker is None or (scored.by_text and ranker != BERT):
            return None
        return self.ranker.calibration[ranker].probability(scored.scores[ranker])

    def _results(
        self,
        scored: ScoredQuery,
        ranks: np.ndarray,
        chosen: np.ndarray,
        ranker: str,
        probability: np.ndarray | None,
        collapsed: dict[int, list[int]],
    ) -> list[Result]:
        features, rows = scored.features[chosen], scored.candidates[chosen]
        explained = contributions(self.ranker.model if self.ranker else None, ranker, features)
        shares = percentiles(scored.features, chosen)
        known = np.full(len(rows), np.nan)
        if scored.info.index is not None:
            known = self.relevance.of(scored.info.index, rows)
        return [
            Result(
                rank=int(ranks[place]),
                index=int(row),
                image=self.bundle.image(row),
                text=self.bundle.text(row),
                cluster=int(self.bundle.clusters[row]),
                score=float(scored.scores[ranker][place]),
                probability=None if probability is None else float(probability[place]),
                relevance=None if np.isnan(known[at]) else int(known[at]),
                features=dict(zip(NAMES, map(float, features[at]), strict=True)),
                percentiles=dict(zip(NAMES, map(float, shares[at]), strict=True)),
                contributions=explained[at],
                duplicates=[
                    self.bundle.image(int(scored.candidates[other]))
                    for other in collapsed.get(int(place), [])
                ],
            )
            for at, (place, row) in enumerate(zip(chosen, rows, strict=True))
        ]

    def _near(self, placed: Placed) -> list[NearCluster]:
        near = self.settings.nearest_clusters
        return [
            NearCluster(int(c), float(placed.distances[c]), int(self.bundle.cluster_sizes[c]))
            for c in self.collection.nearest_clusters(placed, near)
        ]


def load_query(file: Path, text: str | None) -> Query:
    """Make a query of an image file; InputError names the file and what is wrong with it."""
    try:
        return Query(decode(file, max_side=DECODED_SIDE), text)
    except ImageError as error:
        raise InputError(
            f"{file} cannot be used as a query ({error}): give another image."
        ) from None


def _why_not(ranker: str) -> str:
    if ranker == BERT:
        return (
            "the ranker 'bert' compares captions, and this query or this bundle has none: "
            "give the query a text, or choose another ranker."
        )
    return (
        "the ranker 'model' learned from pairs of pictures, and this query is a text alone: "
        "choose clip, bert or fused."
    )


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    start = perf_counter()
    yield
    timings[stage] = timings.get(stage, 0) + (perf_counter() - start) * 1000
