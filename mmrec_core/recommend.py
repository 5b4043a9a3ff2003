"""From a query to explained recommendations, on an open bundle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import perf_counter

import numpy as np
import pandas as pd
from PIL.Image import Image

from mmrec_core.bundle import Bundle, layout
from mmrec_core.candidates import Collection, Placed
from mmrec_core.catalogue import clean
from mmrec_core.encoders import (
    EncoderSpec,
    ImageTextEncoder,
    TextEncoder,
    load_image_text_encoder,
    load_text_encoder,
)
from mmrec_core.errors import EncoderError, ImageError, InputError, QueryError
from mmrec_core.explain import Contributions, contributions
from mmrec_core.images import DECODED_SIDE, decode
from mmrec_core.pairs import NAMES, pair_features
from mmrec_core.projection import place_on_map
from mmrec_core.ranker import BERT, RANKERS, Ranker, all_scores
from mmrec_core.vectors import Vectors, fused


@dataclass(frozen=True)
class Query:
    """What recommendations are asked for: an image of the bundle, or any image, with or without
    a text.

    ``image`` is a name in the bundle, or a decoded picture (`mmrec_core.images.decode`). A blank
    ``text`` is no text. An image of the bundle comes with its own caption.
    """  # fmt: skip

    image: str | Image
    text: str | None = None


@dataclass(frozen=True)
class QueryInfo:
    """The query as it was understood.

    ``x``, ``y`` are its place on the map; ``duplicates`` names images left out of the results
    because their picture is the query's own, as ``collapse`` asks.
    """

    index: int | None
    image: str | None
    text: str | None
    cluster: int
    x: float
    y: float
    duplicates: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NearCluster:
    """A cluster near the query: its number, its distance from the query, its images."""

    cluster: int
    distance: float
    size: int


@dataclass(frozen=True)
class Result:
    """One recommendation.

    ``score`` is raw (log-odds for ``model``, cosine for the others), ``probability`` the
    calibrated chance that it is relevant, None where the bundle has no judgements to calibrate
    on. ``features`` has NaN where a modality is missing. ``duplicates`` names the images that
    were collapsed into this one.
    """

    rank: int
    index: int
    image: str
    text: str | None
    cluster: int
    score: float
    probability: float | None
    features: dict[str, float]
    contributions: Contributions
    duplicates: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Recommendation:
    """The answer to a query: its candidates, the ranked results, milliseconds by stage."""

    query: QueryInfo
    ranker: str
    clusters: list[NearCluster]
    candidates: np.ndarray
    results: list[Result]
    timings_ms: dict[str, float]


class Recommender:
    """Recommendations from one bundle. Safe to share between threads.

    The encoders are loaded when the first query needs them: images of the bundle don't.
    """

    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self.collection = collection_of(bundle)
        self.settings = bundle.manifest.candidates
        self.ranker = (
            Ranker.load(bundle.path / layout.RANKER_MODEL, bundle.path / layout.RANKER)
            if bundle.has_ranker
            else None
        )
        self._lock = Lock()
        self.collection.warm()

    @property
    def rankers(self) -> tuple[str, ...]:
        """Names of the rankers that this bundle offers."""
        return RANKERS if self.ranker else RANKERS[1:]

    @cached_property
    def image_text_encoder(self) -> ImageTextEncoder:
        """The bundle's CLIP; EncoderError if it is not at hand, or another than the bundle's."""
        spec = self.bundle.manifest.encoders.image_text
        folder = self.bundle.path / layout.PROJECTION
        encoder = load_image_text_encoder(
            spec.name, projection_dir=folder if folder.is_dir() else None
        )
        _check_same(spec, encoder.spec)
        return encoder

    @cached_property
    def text_encoder(self) -> TextEncoder:
        """The bundle's BERT; EncoderError as for the other."""
        spec = self.bundle.manifest.encoders.text
        encoder = load_text_encoder(spec.name, pooling=spec.pooling)
        _check_same(spec, encoder.spec)
        return encoder

    def recommend(
        self, query: Query, *, k: int = 5, ranker: str | None = None, collapse: float | None = None
    ) -> Recommendation:
        """Rank the query's candidates.

        Parameters
        ----------
        query : Query
            What to recommend for.
        k : int
            Results, at most the number of candidates.
        ranker : str, optional
            One of `rankers`; ``model`` where there is one, else ``fused``.
        collapse : float, optional
            Cosine of pictures from which on two results are one, the better ranked of them, and an
        image is the query itself, and no result.

        Raises
        ------
        QueryError
            If the image is unknown, the ranker is none of this bundle's, or needs a text.
        EncoderError
            If a new image's encoders cannot be loaded.
        """
        ranker = ranker or self.rankers[0 if self.ranker else -1]
        if ranker not in self.rankers:
            raise QueryError(
                f"bundle {self.bundle.name!r} has no ranker {ranker!r}; it has "
                f"{', '.join(self.rankers)}."
            )
        if k < 1:
            raise QueryError(f"k is {k}; ask for at least 1 recommendation.")
        timings: dict[str, float] = {}
        with _timed(timings, "embed"):
            row, text, vectors = self._embed(query)
        with _timed(timings, "place"):
            placed, info = self._place(query, row, text, vectors)
        if ranker == BERT and not placed.has_text:
            raise QueryError("the ranker 'bert' compares captions, and this query has none.")
        with _timed(timings, "candidates"):
            candidates = self.collection.candidates(placed, self.settings)
        with _timed(timings, "features"):
            features = pair_features(self.collection, placed, candidates, candidates)
        with _timed(timings, "rank"):
            scores = all_scores(self.ranker.model if self.ranker else None, features)[ranker]
            order = np.argsort(-np.where(np.isnan(scores), -np.inf, scores), kind="stable")
            order = order[~np.isnan(scores[order])]
            order, own = self._without_own(placed, candidates, order, collapse)
            kept, duplicates = self._collapse(candidates[order], k, collapse)
            chosen = order[kept]
            info = replace(info, duplicates=own)
        with _timed(timings, "explain"):
            explained = contributions(
                self.ranker.model if self.ranker else None, ranker, features[chosen]
            )
        results = self._results(
            candidates[chosen], scores[chosen], ranker, features[chosen], explained, duplicates
        )
        return Recommendation(info, ranker, self._near(placed), candidates, results, timings)

    def score_pairs(self, query: int, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Return the raw scores of (query, row) pairs of the bundle under every ranker."""
        placed = self.collection.place_row(query)
        features = pair_features(
            self.collection, placed, rows, self.collection.candidates(placed, self.settings)
        )
        return all_scores(self.ranker.model if self.ranker else None, features)

    def _embed(self, query: Query) -> tuple[int, str | None, Vectors | None]:
        """Return the query's row (-1 if new), its text, and its vectors if they are new."""
        text = clean(query.text)
        if not isinstance(query.image, str):
            with self._lock:
                image_vector = self.image_text_encoder.encode_images([query.image])
            return -1, text, self._vectors(image_vector, text)
        row = self.bundle.index_of(query.image)
        caption = self.bundle.text(row)
        if text is None or text == caption:
            return row, caption, None
        return row, text, self._vectors(self.bundle.clip_image[row : row + 1], text)

    def _place(
        self, query: Query, row: int, text: str | None, vectors: Vectors | None
    ) -> tuple[Placed, QueryInfo]:
        image = query.image if isinstance(query.image, str) else None
        if vectors is None:
            placed = self.collection.place_row(row)
            x, y = map(float, self.bundle.map[row])
            return placed, QueryInfo(row, image, text, placed.cluster, x, y)
        placed = self.collection.place(vectors, row)
        near = placed.neighbours[2]
        similarity = fused(
            self.collection.unit.clip_image[near] @ placed.unit.clip_image[0],
            self.collection.unit.bert_text[near] @ placed.unit.bert_text[0],
        )
        x, y = place_on_map(self.bundle.map, near, similarity)
        return placed, QueryInfo(row if row >= 0 else None, image, text, placed.cluster, x, y)

    def _vectors(self, image_vector: np.ndarray, text: str | None) -> Vectors:
        if text is None:
            clip = np.full_like(image_vector, np.nan)
            bert = np.full((1, self.bundle.bert_text.shape[1]), np.nan, dtype=np.float32)
        else:
            with self._lock:
                clip = self.image_text_encoder.encode_texts([text])
                bert = self.text_encoder.encode_texts([text])
        return Vectors(image_vector, clip, bert)

    def _without_own(
        self, placed: Placed, candidates: np.ndarray, order: np.ndarray, threshold: float | None
    ) -> tuple[np.ndarray, list[str]]:
        """Drop from ``order`` the candidates that show the query's own picture; name them."""
        if threshold is None:
            return order, []
        pictures = self.collection.unit.clip_image[candidates[order]]
        own = pictures @ placed.unit.clip_image[0] >= threshold
        return order[~own], [self.bundle.image(int(row)) for row in candidates[order[own]]]

    def _collapse(
        self, ranked: np.ndarray, k: int, threshold: float | None
    ) -> tuple[np.ndarray, list[list[int]]]:
        """Return the places of the results in ``ranked``, and the rows collapsed into each."""
        if threshold is None:
            kept = np.arange(min(k, len(ranked)))
            return kept, [[] for _ in kept]
        pictures = self.collection.unit.clip_image
        places: list[int] = []
        duplicates: list[list[int]] = []
        for place, row in enumerate(ranked):
            shown = pictures[ranked[places]] @ pictures[row]
            if places and shown.max() >= threshold:
                duplicates[int(shown.argmax())].append(int(row))
            elif len(places) < k:
                places.append(place)
                duplicates.append([])
        return np.array(places, dtype=int), duplicates

    def _results(
        self,
        rows: np.ndarray,
        scores: np.ndarray,
        ranker: str,
        features: np.ndarray,
        explained: list[Contributions],
        duplicates: list[list[int]],
    ) -> list[Result]:
        probabilities: list[float | None] = [None] * len(rows)
        if self.ranker:
            probabilities = [float(p) for p in self.ranker.calibration[ranker].probability(scores)]
        return [
            Result(
                rank=place + 1,
                index=int(row),
                image=self.bundle.image(row),
                text=self.bundle.text(row),
                cluster=int(self.bundle.clusters[row]),
                score=float(scores[place]),
                probability=probabilities[place],
                features=dict(zip(NAMES, map(float, features[place]), strict=True)),
                contributions=explained[place],
                duplicates=[self.bundle.image(other) for other in duplicates[place]],
            )
            for place, row in enumerate(rows)
        ]

    def _near(self, placed: Placed) -> list[NearCluster]:
        near = self.settings.nearest_clusters
        return [
            NearCluster(int(c), float(placed.distances[c]), int(self.bundle.cluster_sizes[c]))
            for c in self.collection.nearest_clusters(placed, near)
        ]


def collection_of(bundle: Bundle) -> Collection:
    """Return the bundle's images as a query meets them."""
    return Collection(
        Vectors(bundle.clip_image, bundle.clip_text, bundle.bert_text),
        bundle.clusters,
        bundle.centroids,
        bundle.neighbours,
    )


def load_query(file: Path, text: str | None) -> Query:
    """Make a query of an image file; InputError names the file and what is wrong with it."""
    try:
        return Query(decode(file, max_side=DECODED_SIDE), text)
    except ImageError as error:
        raise InputError(f"{file} cannot be a query: {error}.") from None


def score_table(recommender: Recommender, pairs: pd.DataFrame) -> pd.DataFrame:
    """Score pairs of the bundle's images under every ranker.

    Parameters
    ----------
    recommender : Recommender
    pairs : DataFrame
        ``query`` and ``candidate`` (names in the bundle), and any other columns.

    Returns
    -------
    DataFrame
        ``pairs`` with ``<ranker>_score`` (raw) and ``<ranker>_probability`` (calibrated) of each
        ranker, NaN where a ranker has nothing to compare or nothing was calibrated.
    """
    index_of, ranker = recommender.bundle.index_of, recommender.ranker
    rows = np.array([index_of(image) for image in pairs["candidate"]], dtype=int)
    columns = {
        f"{name}_{kind}": np.full(len(pairs), np.nan)
        for name in recommender.rankers
        for kind in ("score", "probability")
    }
    taken = [name for name in columns if name in pairs.columns]
    if taken:
        raise InputError(f"the pairs have a column {taken[0]!r} of their own: rename it.")
    for query, places in pairs.groupby("query", sort=False).indices.items():
        for name, scores in recommender.score_pairs(index_of(str(query)), rows[places]).items():
            columns[f"{name}_score"][places] = scores
            if ranker:
                probability = ranker.calibration[name].probability(scores)
                columns[f"{name}_probability"][places] = probability
    return pairs.assign(**columns)


def _check_same(recorded: EncoderSpec, loaded: EncoderSpec) -> None:
    identity = {"kind", "name", "revision", "dimension", "pooling"}
    ours, theirs = loaded.model_dump(include=identity), recorded.model_dump(include=identity)
    if ours != theirs:
        raise EncoderError(
            f"the bundle was made with {recorded.name} ({recorded.revision}), this machine has "
            f"{loaded.name} ({loaded.revision}): vectors of two encoders can't be compared. "
            "Install the former, or build the bundle again."
        )


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Iterator[None]:
    start = perf_counter()
    yield
    timings[stage] = (perf_counter() - start) * 1000
