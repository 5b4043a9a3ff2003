"""Search of all vectors by text, picture or both, beside faiss and numpy in the same process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import numpy as np

from mmrec_core.collection.vectors import Vectors, unit
from mmrec_core.errors import InputError
from mmrec_core.measuring.figures import Figure, figure
from mmrec_core.measuring.lines import SEARCH_BLEND, SEARCH_PICTURE, SEARCH_RECALL, SEARCH_TEXT
from mmrec_core.measuring.timing import timed
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.search import Term, search

SHOWN = 10
_CHUNK = 65_536
_HALF_PRECISION = 2


def searches(
    recommender: Recommender, rows: np.ndarray, new: Vectors, bytes_a_second: float
) -> list[Figure]:
    """Time searches, as ratios to faiss' flat index of half precision, and compare their results.

    Parameters
    ----------
    recommender : Recommender
        Its encoder is replaced: the vectors of ``new`` stand for those of texts.
    rows : ndarray (n,) int
        Images that are searched for; as many texts.
    new : Vectors
        Whose captions are the texts.
    bytes_a_second : float
        At which the machine reads memory: no exact search is faster than reading the pictures once.

    Raises
    ------
    InputError
        If faiss is not installed.
    """
    pictures = _float32(recommender.bundle.clip_image)
    recommender.encoder = _KnownTexts(unit(new.clip_text))  # type: ignore[assignment]
    texts = [Term(1, text=str(place % len(new))) for place in range(len(rows))]
    images = [Term(1, image=recommender.bundle.image(int(row))) for row in rows]
    kinds = {
        SEARCH_TEXT: [[text] for text in texts],
        SEARCH_PICTURE: [[image] for image in images],
        SEARCH_BLEND: [[text, image] for text, image in zip(texts, images, strict=True)],
    }
    vectors = unit(new.clip_text)[np.arange(len(rows)) % len(new)]
    with _flat_fp16(pictures) as (index, threads):
        faiss_times, faiss_found = timed([_faiss(index, vector) for vector in vectors])
    numpy_times, _ = timed([_numpy(pictures, vector) for vector in vectors])
    faiss_time, numpy_time = median(faiss_times), median(numpy_times)
    limit = pictures.size * _HALF_PRECISION / bytes_a_second * 1000 / faiss_time
    measured, recalls = [], {}
    for line, terms in kinds.items():
        times, found = timed([_search(recommender, each) for each in terms])
        recalls[line.name] = _recall(recommender, pictures, terms, found)
        peers = {"numpy float32": median(times) / numpy_time}
        parts = {"milliseconds": median(times), "faiss' milliseconds": faiss_time}
        ratios = [time / faiss_time for time in times]
        note = f"faiss with {threads} threads, whichever number is faster; the first {SHOWN}"
        measured.append(figure(line, ratios, limit=limit, peers=peers, parts=parts, note=note))
    lowest = min(recalls.values())
    recalls["faiss' flat fp16, texts"] = _recall(
        recommender, pictures, kinds[SEARCH_TEXT], faiss_found
    )
    note = f"the lowest of the three kinds, {len(rows)} searches of each; float32 is the truth"
    measured.append(figure(SEARCH_RECALL, [lowest], parts=recalls, note=note))
    return measured


class _KnownTexts:
    """Stands for an encoder: a text is the number of a vector."""

    def __init__(self, vectors: np.ndarray):
        self._vectors = vectors

    def text_vector(self, text: str) -> np.ndarray:
        return self._vectors[int(text)]


def _search(recommender: Recommender, terms: Sequence[Term]) -> Callable[[], np.ndarray]:
    return lambda: _first(search(recommender, terms))


def _numpy(pictures: np.ndarray, vector: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: _first(pictures @ vector)


def _faiss(index: Any, vector: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: index.search(vector[None], SHOWN)[1][0]


def _first(scores: np.ndarray) -> np.ndarray:
    best = np.argpartition(-scores, SHOWN)[:SHOWN]
    return best[np.argsort(-scores[best], kind="stable")]


def _float32(given: np.ndarray) -> np.ndarray:
    """Return vectors at length 1, without a second copy of them."""
    pictures = np.empty(given.shape, dtype=np.float32)
    for start in range(0, len(given), _CHUNK):
        pictures[start : start + _CHUNK] = unit(given[start : start + _CHUNK])
    return pictures


@contextmanager
def _flat_fp16(pictures: np.ndarray) -> Iterator[tuple[Any, int]]:
    """Yield faiss' flat index, at the number of threads that answers sooner, and that number."""
    try:
        import faiss
    except ModuleNotFoundError:
        raise InputError(
            "search is measured beside faiss, which is not installed: `pip install faiss-cpu`, or "
            "name other lines with --only."
        ) from None
    index = faiss.IndexScalarQuantizer(
        pictures.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for start in range(0, len(pictures), _CHUNK):
        index.add(pictures[start : start + _CHUNK])
    before = faiss.omp_get_max_threads()
    try:
        seconds = {}
        for threads in {1, before}:
            faiss.omp_set_num_threads(threads)
            seconds[threads] = median(timed([_faiss(index, each) for each in pictures[:20]])[0])
        fastest = min(seconds, key=lambda threads: seconds[threads])
        faiss.omp_set_num_threads(fastest)
        yield index, fastest
    finally:
        faiss.omp_set_num_threads(before)


def _recall(
    recommender: Recommender,
    pictures: np.ndarray,
    searched: Sequence[Sequence[Term]],
    found: Sequence[np.ndarray],
) -> float:
    """Return the share of the exact first results that were found."""
    hits = []
    for terms, rows in zip(searched, found, strict=True):
        scores = np.zeros(len(pictures), dtype=np.float64)
        for term in terms:
            cosines = pictures @ _vector(recommender, pictures, term)
            scores += (cosines - cosines.mean()) / cosines.std()
        hits.append(len(np.intersect1d(_first(scores), rows)) / SHOWN)
    return float(np.mean(hits))


def _vector(recommender: Recommender, pictures: np.ndarray, term: Term) -> np.ndarray:
    if term.image is not None:
        return pictures[recommender.bundle.index_of(term.image)]
    return recommender.encoder.text_vector(term.text or "")
