"""Queries of a bundle, timed: of its own images, and of images that are new to it."""

from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.vectors import Vectors
from mmrec_core.measuring.figures import Figure, figure
from mmrec_core.measuring.lines import CONTRIBUTIONS, PAIR, QUERY_600, QUERY_2000, UPLOAD
from mmrec_core.measuring.timing import WARMING, timed
from mmrec_core.serving.answers import EmbeddedQuery, Query, ScoredQuery
from mmrec_core.serving.recommender import Recommender

SHOWN = 10
_HALF_PRECISION = 2


def own_images(recommender: Recommender, rows: np.ndarray, bytes_a_second: float) -> list[Figure]:
    """Time queries of the bundle's own images among 600 and among 2,000 candidates.

    Parameters
    ----------
    recommender : Recommender
        Its number of candidates is changed.
    rows : ndarray (n,) int
        The queries.
    bytes_a_second : float
        At which the machine reads memory: no exact search is faster than reading all vectors once.
    """
    measured = []
    limit = _vector_bytes(recommender) / bytes_a_second * 1000
    for line, size in ((QUERY_600, 600), (QUERY_2000, 2_000)):
        times, scored = among(recommender, rows, size)
        count = len(scored[0].candidates)
        note = f"{count:,} candidates"
        measured.append(figure(line, times, limit=limit, parts=stages(scored), note=note))
    pairs = [1000 * time / count for time in times]
    measured.append(figure(PAIR, pairs, limit=1000 * limit / count, note=note))
    return measured


def among(
    recommender: Recommender, rows: np.ndarray, size: int
) -> tuple[list[float], list[ScoredQuery]]:
    """Return the milliseconds of queries among ``size`` candidates, and what they gave."""
    find_candidates(recommender, size)
    return timed([_score(recommender, recommender.bundle.image(int(row))) for row in rows])


def contributions(recommender: Recommender, rows: np.ndarray) -> Figure:
    """Time the explanation of the first results of queries of the bundle's own images."""
    find_candidates(recommender, 600)
    scored = [_score(recommender, recommender.bundle.image(int(row)))() for row in rows]
    answers = [recommender.answer(each, k=SHOWN) for each in scored]
    times = [answer.timings_ms["explain"] for answer in answers[WARMING:]]
    return figure(CONTRIBUTIONS, times, note=f"the ranker {answers[0].ranker!r}")


def uploads(recommender: Recommender, new: Vectors, count: int, bytes_a_second: float) -> Figure:
    """Time queries by images that are not in the bundle, from their vectors to ranked candidates.

    The bundle's own number of candidates is ranked.
    """
    recommender.settings = recommender.bundle.manifest.candidates

    def upload(row: int) -> Callable[[], ScoredQuery]:
        vectors = new.rows(slice(row, row + 1))
        query = EmbeddedQuery(None, -1, "A new image.", vectors)
        return lambda: recommender.score_embedded(query)

    times, scored = timed([upload(row % len(new)) for row in range(count)])
    limit = _vector_bytes(recommender) / bytes_a_second * 1000
    note = f"{len(scored[0].candidates):,} candidates"
    return figure(UPLOAD, times, limit=limit, parts=stages(scored), note=note)


def find_candidates(recommender: Recommender, size: int) -> None:
    """Let a recommender find that many candidates by exact search, or all images if fewer."""
    size = min(size, len(recommender.bundle.cluster_of) - 1)
    near = recommender.bundle.manifest.candidates.nearest_clusters
    recommender.settings = CandidateSettings(method="exact", nearest_clusters=near, exact_size=size)


def _score(recommender: Recommender, image: str) -> Callable[[], ScoredQuery]:
    return lambda: recommender.score(Query(image))


def stages(scored: Sequence[ScoredQuery]) -> dict[str, float]:
    """Return the median milliseconds of each stage."""
    return {s: median(each.timings_ms[s] for each in scored) for s in scored[0].timings_ms}


def _vector_bytes(recommender: Recommender) -> int:
    vectors = recommender.collection.vectors
    kinds = (vectors.clip_image, vectors.clip_text, vectors.bert_text)
    return sum(kind.size for kind in kinds) * _HALF_PRECISION
