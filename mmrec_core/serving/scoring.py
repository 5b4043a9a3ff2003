"""From a query to scored candidates: embed, place, find candidates, compare, score."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from time import perf_counter

import numpy as np

from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.relevance import KnownRelevance
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.kept import served_of
from mmrec_core.collection.map import place_on_map
from mmrec_core.collection.prepared import Prepared
from mmrec_core.collection.vectors import fused, products
from mmrec_core.errors import ImageError, InputError, QueryError
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.inputs.text import clean
from mmrec_core.ranker.model import BERT, MODEL, RANKERS, Ranker, all_scores
from mmrec_core.ranker.pair_features import pair_features
from mmrec_core.serving.answers import EmbeddedQuery, Query, QueryInfo, ScoredQuery
from mmrec_core.serving.query_encoder import QueryEncoder
from mmrec_core.serving.text_query import place_text, text_candidates, without_picture
from mmrec_core.worker import Worker


class Scorer:
    """Scores a query's candidates by every ranker of a bundle. Safe to share between threads.

    The encoders are loaded when the first query needs them: images of the bundle don't.

    Parameters
    ----------
    bundle : Bundle
    worker : Worker, optional
        A process for the encoders; they are in this one without it.
    prepared : Prepared, optional
        What gives its vectors; by default the bundle's own files, or the database that it names.
    """

    def __init__(
        self, bundle: Bundle, worker: Worker | None = None, *, prepared: Prepared | None = None
    ):
        self.bundle = bundle
        self.collection = Collection.of_bundle(bundle, prepared or served_of(bundle), bundle.pairs)
        self.settings = bundle.manifest.candidates
        self.ranker = (
            Ranker.load(bundle.content, layout.RANKER_MODEL, layout.RANKER)
            if bundle.has_ranker
            else None
        )
        self.encoder = QueryEncoder(bundle, worker)
        self.collection.warm()

    @property
    def rankers(self) -> tuple[str, ...]:
        """Names of the rankers that this bundle offers."""
        return RANKERS if self.ranker else RANKERS[1:]

    @cached_property
    def relevance(self) -> KnownRelevance:
        """What the bundle knows to be relevant to its images."""
        return KnownRelevance.of_bundle(self.bundle)

    def rankers_for(self, query: Query) -> tuple[str, ...]:
        """Return the names of those `rankers` that can answer ``query``.

        The trained ranker learned from pairs of pictures, so a text alone is nothing to it; the
        ranker of captions needs one. QueryError if the image is unknown.
        """
        text = clean(query.text)
        if text is None and isinstance(query.image, str):
            text = self.bundle.text(self.bundle.index_of(query.image))
        return self._can_answer(text, by_text=query.image is None)

    def _can_answer(self, text: str | None, by_text: bool) -> tuple[str, ...]:
        has_text = text is not None and self.bundle.compares_captions
        left_out = {BERT} if not has_text else set()
        if by_text:
            left_out.add(MODEL)
        return tuple(name for name in self.rankers if name not in left_out)

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
        with timed(timings, "embed"):
            embedded = self.embed(query)
        return self.score_embedded(embedded, timings)

    def score_embedded(
        self, query: EmbeddedQuery, timings_ms: dict[str, float] | None = None
    ) -> ScoredQuery:
        """Score the candidates of a query whose vectors are there already.

        Parameters
        ----------
        query : EmbeddedQuery
        timings_ms : dict, optional
            Milliseconds of the stages before.
        """
        timings = dict(timings_ms or {})
        by_text = query.by_text
        with timed(timings, "place"):
            placed, info = self._place(query)
        with timed(timings, "candidates"):
            candidates = (
                text_candidates(self.collection, placed, self.settings.exact_size)
                if by_text
                else self.collection.candidates(placed, self.settings)
            )
        with timed(timings, "features"):
            features = pair_features(self.collection, placed, candidates, candidates)
            if by_text:
                features = without_picture(features)
        with timed(timings, "rank"):
            model = self.ranker.model if self.ranker and not by_text else None
            scores = all_scores(model, features)
            if BERT not in self._can_answer(query.text, by_text):
                del scores[BERT]
        return ScoredQuery(info, placed, candidates, features, scores, by_text, timings)

    def score_pairs(self, query: int, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return the raw scores of (query, row) pairs of the bundle under every ranker."""
        placed = self.collection.place_row(query)
        features = pair_features(
            self.collection, placed, rows, self.collection.candidates(placed, self.settings)
        )
        return all_scores(self.ranker.model if self.ranker else None, features)

    def embed(self, query: Query) -> EmbeddedQuery:
        """Turn a query into vectors; errors as of `score`."""
        text = clean(query.text)
        if query.image is None:
            if text is None:
                raise QueryError("the query is empty: give an image, a text, or both.")
            return EmbeddedQuery(None, -1, text, self.encoder.vectors(None, text))
        if not isinstance(query.image, str):
            picture = self.encoder.image_vector(query.image)
            return EmbeddedQuery(None, -1, text, self.encoder.vectors(picture, text))
        row = self.bundle.index_of(query.image)
        caption = self.bundle.text(row)
        if text is None or text == caption:
            stored = self.collection.vectors.rows(slice(row, row + 1))
            return EmbeddedQuery(query.image, row, caption, stored, stored=True)
        vectors = self.encoder.vectors(self.bundle.clip_image[row], text)
        return EmbeddedQuery(query.image, row, text, vectors)

    def _place(self, query: EmbeddedQuery) -> tuple[Placed, QueryInfo]:
        row, vectors = query.row, query.vectors
        if query.stored:
            placed = self.collection.place_row(row)
            x, y = map(float, self.bundle.map[row])
            return placed, QueryInfo(row, query.image, query.text, placed.cluster, x, y)
        if query.by_text:
            placed = place_text(self.collection, vectors.clip_text, vectors.bert_text)
        else:
            placed = self.collection.place(vectors, row)
        near = placed.neighbours[2]
        similarity = fused(
            products(self.collection.unit.clip_image[near], placed.unit.clip_image)[0],
            products(self.collection.unit.bert_text[near], placed.unit.bert_text)[0],
        )
        x, y = place_on_map(self.bundle.map, near, similarity)
        index = row if query.image is not None else None
        return placed, QueryInfo(index, query.image, query.text, placed.cluster, x, y)


def load_query(file: Path, text: str | None = None) -> Query:
    """Make a query of an image file; InputError names the file and what is wrong with it.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> from mmrec_core.serving.scoring import load_query
    >>> bundle = open_bundle("artifacts/demo")
    >>> query = load_query(bundle.thumbnail_path(7), "A bird.")
    >>> answer = Recommender(bundle).recommend(query, k=4)
    >>> answer.query.index is None, len(answer.results)
    (True, 4)
    """
    try:
        return Query(decode(file, max_side=DECODED_SIDE), text)
    except ImageError as error:
        raise InputError(
            f"{file} cannot be used as a query ({error}): give another image."
        ) from None


@contextmanager
def timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    """Add the milliseconds that a block took to those of a stage."""
    start = perf_counter()
    yield
    timings[stage] = timings.get(stage, 0) + (perf_counter() - start) * 1000
