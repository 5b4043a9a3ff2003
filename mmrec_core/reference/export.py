"""The reference's five result files, written from any bundle in its formats."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.preprocessing import StandardScaler

from mmrec_core.bundle import Bundle
from mmrec_core.collection.vectors import unit
from mmrec_core.errors import InputError
from mmrec_core.files import written_aside
from mmrec_core.ranker.model import raw_scores
from mmrec_core.ranker.pair_features import pair_features
from mmrec_core.reference.clustering import NEAREST
from mmrec_core.reference.ranker import ReferenceRanker
from mmrec_core.reference.recipe import kept_clusters, kept_ranker
from mmrec_core.reference.similarities import is_one, similarities
from mmrec_core.serving.recommender import Recommender

NEAREST_FILE = "02_nearest_clusters.json"
CANDIDATES_FILE = "02_nearest_clusters.csv"
RESULTS = {
    "model": "04_image_model_candidates_5.json",
    "clip": "04_image_model_candidates_5_clip_cossim.json",
    "bert": "04_image_model_candidates_5_bert_cossim.json",
}
SHOWN = 5
_NEARLY_ONE = 1 - 1e-5
_ROWS_A_BATCH = 200_000
_SCALED_ON = 2_000


class Ranked(NamedTuple):
    """A query's candidates by each ranker, best first; a ranker that can't rank them is not there.

    Attributes
    ----------
    row : int
    clusters : ndarray (at most 3,) int
    candidates : ndarray (n,) int
    best : dict of ndarray (at most 5,) int
    """

    row: int
    clusters: np.ndarray
    candidates: np.ndarray
    best: dict[str, np.ndarray]


def export_candidates(
    bundle: Bundle,
    folder: Path,
    progress: Callable[[Iterable[Ranked]], Iterable[Ranked]] = iter,
) -> list[Path]:
    """Write nearest clusters, candidate pairs, and the best five by model, by CLIP and by BERT.

    The reference's clusters and ranker are used where the bundle keeps them (``mmrec build --recipe
    reference``, ``mmrec import-reference --use-ranker``), else the bundle's own.

    Parameters
    ----------
    bundle : Bundle
    folder : Path
        Made if it is not there; files of these names are replaced.
    progress : callable
        Wraps the queries.

    Returns
    -------
    list of Path
        What was written: the list by model only where there is a model.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    names = list(bundle.items["image"])
    ranker = kept_ranker(bundle)
    has_model = ranker is not None or bundle.has_ranker
    rankings = {name: file for name, file in RESULTS.items() if name != "model" or has_model}
    files = [NEAREST_FILE, CANDIDATES_FILE, *rankings.values()]
    try:
        with ExitStack() as stack:
            asides = {name: stack.enter_context(written_aside(folder / name)) for name in files}
            out: dict[str, Any] = {
                name: stack.enter_context(aside.open("w", encoding="utf-8", newline=""))
                for name, aside in asides.items()
            }
            table = csv.writer(out[CANDIDATES_FILE], lineterminator="\n")
            table.writerow(["image", "candidate"])
            for ranked in progress(rank_all(bundle, ranker)):
                image = names[ranked.row]
                table.writerows((image, names[row]) for row in ranked.candidates)
                near = {"img": image, "clusters": ranked.clusters.tolist()}
                out[NEAREST_FILE].write(json.dumps(near, ensure_ascii=False) + "\n")
                for name, file in rankings.items():
                    best = {"img": image, "candidates": [names[r] for r in ranked.best[name]]}
                    out[file].write(json.dumps(best, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(
            f"cannot write to {folder} ({error.strerror or error}): choose another place for --to."
        ) from None
    return [folder / name for name in files]


def rank_all(bundle: Bundle, ranker: ReferenceRanker | None) -> Iterator[Ranked]:
    """Rank the candidates of every image of a bundle, in the order of its rows.

    A ranker of the reference that has no scaler of its own gets one here, fitted on what is ranked
    (on the candidates of 2,000 images, if there are more).
    """
    recommender = Recommender(bundle)
    collection, kept = recommender.collection, kept_clusters(bundle)
    clip, bert = np.asarray(bundle.clip_image), np.asarray(bundle.bert_text)

    def candidates(row: int) -> tuple[np.ndarray, np.ndarray]:
        if kept is not None:
            return kept.nearest[row], kept.candidates(row)
        placed = collection.place_row(row)
        near = collection.nearest_clusters(placed, recommender.settings.nearest_clusters)
        return near, collection.candidates(placed, recommender.settings)

    if ranker and ranker.scaler is None:
        sample = np.unique(np.linspace(0, len(clip) - 1, _SCALED_ON).astype(int))
        lists = [candidates(int(row))[1] for row in sample]
        queries = np.repeat(sample, [len(rows) for rows in lists])
        raw = similarities(clip, bert, queries, np.concatenate(lists))
        ranker = replace(ranker, scaler=StandardScaler().fit(raw))
    waiting: list[tuple[int, np.ndarray, np.ndarray]] = []
    size = 0
    for row in range(len(bundle.items)):
        near, rows = candidates(row)
        if ranker is None:
            scores = None
            if recommender.ranker:
                features = pair_features(collection, collection.place_row(row), rows, rows)
                scores = raw_scores(recommender.ranker.model, features)
            yield _ranked(bundle, row, near, rows, scores)
            continue
        waiting.append((row, near, rows))
        size += len(rows)
        if size >= _ROWS_A_BATCH or row == len(bundle.items) - 1:
            queries = np.repeat([r for r, _, _ in waiting], [len(c) for _, _, c in waiting])
            theirs = np.concatenate([c for _, _, c in waiting])
            every = ranker.probability(clip, bert, queries, theirs)
            ends = np.cumsum([len(c) for _, _, c in waiting])
            for (query, own, rows), part in zip(waiting, np.split(every, ends), strict=False):
                yield _ranked(bundle, query, own, rows, part)
            waiting, size = [], 0


def _ranked(
    bundle: Bundle,
    row: int,
    near: np.ndarray,
    rows: np.ndarray,
    scores: np.ndarray | None,
) -> Ranked:
    cosines = {
        name: unit(vectors[rows]) @ unit(vectors[row])
        for name, vectors in (("clip", bundle.clip_image), ("bert", bundle.bert_text))
    }
    close = np.flatnonzero(np.maximum(*(np.nan_to_num(c) for c in cosines.values())) > _NEARLY_ONE)
    exact = similarities(bundle.clip_image, bundle.bert_text, np.full(len(close), row), rows[close])
    best = {}
    for place, (name, values) in enumerate(cosines.items()):
        same = close[is_one(exact[:, 2 * place])]
        values[same] = np.nan
        best[name] = rows[highest(values)]
    if scores is not None:
        best["model"] = rows[highest(scores)]
    return Ranked(row, np.asarray(near)[:NEAREST], rows, best)


def highest(scores: np.ndarray, size: int = SHOWN) -> np.ndarray:
    """Return the places of the highest scores, best first, the former of equals; NaN never."""
    order = np.argsort(-scores, kind="stable")[:size]
    return order[~np.isnan(scores[order])]
