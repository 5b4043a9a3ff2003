"""Recipes on the same held-out queries: the reference, the reference less a fault, the default.

All rankers score the bundle's held-out pairs, so that their figures compare. These are of one fold,
also where the build cross-fitted: a bundle keeps the vectors of that fold's encoders alone, and the
reference learns from vectors. No ranker is trained on a pair of a held-out query; the reference's
k-means does see the held-out images, which is one of its faults. Faults of clustering change the
candidates alone: their rows share the ranker of the reference, and differ in recall.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import stage_seconds
from mmrec_core.collection.vectors import Vectors
from mmrec_core.encoders import load_text_encoder
from mmrec_core.errors import EncoderError, InputError
from mmrec_core.evaluation.bootstrap import draws, estimate, masses, mean
from mmrec_core.evaluation.metrics import auc, aucs, calibration_error, per_query
from mmrec_core.evaluation.scored_pairs import score_pairs
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import FUSED, MODEL
from mmrec_core.reference.clustering import number_of_clusters, reference_clusters
from mmrec_core.reference.comparison_record import (
    ALL,
    COSINES,
    DEFAULT,
    REFERENCE,
    RecipeComparison,
    RecipeRow,
)
from mmrec_core.reference.faults import FAULTS, Faults
from mmrec_core.reference.ranker import TREES, train_reference
from mmrec_core.serving.recommender import Recommender

OF_CLUSTERING = ("kmeans_on_all", "double_kmeans", "raw_concatenation")
MOST_CAPTIONS = 20_000


@dataclass(frozen=True, eq=False)
class _Run:
    """What one recipe gave for the held-out pairs and queries."""

    name: str
    scores: np.ndarray
    probability: np.ndarray | None
    recalls: np.ndarray
    sizes: np.ndarray
    seconds: float | None
    trees: int | None
    claimed: tuple[float | None, int] = (None, 0)


def compare_recipes(
    bundle: Bundle,
    *,
    trees: int = TREES,
    encode: bool = True,
    say: Callable[[str], None] = lambda line: None,
) -> RecipeComparison:
    """Compare the recipes on a bundle's held-out queries.

    Parameters
    ----------
    bundle : Bundle
        With a trained ranker and held-out pairs.
    trees : int
        Most trees of the reference's ranker; it has 2,000.
    encode : bool
        Whether captions may be encoded anew, by the bundle's text encoder, to tell the first
        token from the mean of tokens.
    say : callable
        Takes a line a recipe.

    Raises
    ------
    InputError
        If the bundle has no ranker or no held-out pairs of both kinds.
    """
    recommender = Recommender(bundle)
    held_out = bundle.pairs[bundle.pairs["split"] == TEST]
    if not bundle.has_ranker or held_out["relevance"].nunique() < 2:
        raise InputError(
            f"{bundle.path} has no ranker, or no held-out pairs of both kinds, to compare on: "
            "build it with judged pairs or labels."
        )
    runs = list(_runs(recommender, held_out, trees, encode, say))
    notes = [line for line in runs if isinstance(line, str)]
    return _measured(bundle, held_out, [run for run in runs if isinstance(run, _Run)], trees, notes)


def _runs(
    recommender: Recommender,
    held_out: pd.DataFrame,
    trees: int,
    encode: bool,
    say: Callable[[str], None],
) -> Iterator["_Run | str"]:
    bundle = recommender.bundle
    seed = bundle.manifest.seed
    pooled, reason = _pooled(bundle, encode, say)
    if reason:
        yield reason
    clip = np.asarray(bundle.clip_image)
    queries, candidates = (held_out[side].to_numpy() for side in ("query", "candidate"))
    relevant = recommender.relevance.relevant_to(np.unique(queries))
    test_images = (bundle.items["split"] == TEST).to_numpy()

    def trained(faults: Faults) -> tuple[np.ndarray, float, int, tuple[float | None, int]]:
        start = perf_counter()
        bert = pooled["cls" if faults.cls_pooling else "mean"]
        fitted = train_reference(clip, bert, bundle.pairs, faults, seed, trees)
        probability = fitted.ranker.probability(clip, bert, queries, candidates)
        seconds = perf_counter() - start
        count = fitted.ranker.model.tree_count_
        return (
            probability,
            seconds,
            count,
            (fitted.claimed, fitted.claimed_on),
        )

    def run(name: str, faults: Faults, ranked: tuple) -> _Run:
        bert = pooled["cls" if faults.cls_pooling else "mean"]
        vectors = Vectors(clip, np.asarray(bundle.clip_text), bert)
        number = number_of_clusters(len(clip))
        clusters = reference_clusters(vectors, test_images, number, faults, seed)
        recalls, sizes = _recall(relevant, clusters.candidates)
        probability, seconds, count, claimed = ranked
        return _Run(name, probability, probability, recalls, sizes, seconds, count, claimed)

    say(REFERENCE)
    published = trained(Faults())
    yield run(REFERENCE, Faults(), published)
    for fault in FAULTS:
        if fault == "cls_pooling" and reason:
            continue
        faults = Faults().without(fault)
        say(f"without {fault}")
        yield run(
            f"without {fault}", faults, published if fault in OF_CLUSTERING else trained(faults)
        )
    say(ALL)
    clean = Faults().without(*FAULTS)
    yield run(ALL, clean, trained(clean))
    say(DEFAULT)
    yield from _own(recommender, held_out, relevant)


def _own(
    recommender: Recommender, held_out: pd.DataFrame, relevant: dict[int, np.ndarray]
) -> Iterator[_Run]:
    """Score the held-out pairs by the bundle's own ranker, and by the mean of the two cosines."""
    start = perf_counter()
    scored = score_pairs(held_out, recommender.ranker)
    seconds = (
        perf_counter() - start + stage_seconds(recommender.bundle.path).get("ranker", float("nan"))
    )
    collection, settings = recommender.collection, recommender.settings
    recalls, sizes = _recall(
        relevant, lambda row: collection.candidates(collection.place_row(row), settings)
    )
    assert recommender.ranker is not None
    count = recommender.ranker.model.tree_count_
    for name, ranker in ((DEFAULT, MODEL), (COSINES, FUSED)):
        scores, probability = (
            scored[f"{ranker}_{kind}"].to_numpy() for kind in ("score", "probability")
        )
        own = ranker == MODEL
        yield _Run(name, scores, probability, recalls, sizes,
                   seconds if own else None, count if own else None)  # fmt: skip


def _pooled(
    bundle: Bundle, encode: bool, say: Callable[[str], None]
) -> tuple[dict[str, np.ndarray], str]:
    """Return the caption vectors by pooling, and why there is but one, if so."""
    spec = bundle.manifest.encoders.text
    own = np.asarray(bundle.bert_text)
    other = "mean" if spec.pooling == "cls" else "cls"
    texts = bundle.items["text"]
    known = np.flatnonzero(texts.notna())
    reason = ""
    if not encode or not len(known) or len(known) > MOST_CAPTIONS:
        reason = f"the {len(known)} captions were not encoded again"
    else:
        try:
            say(f"captions, {other} pooling")
            encoder = load_text_encoder(spec.name, pooling=other)
            if encoder.spec.dimension != own.shape[1]:
                raise EncoderError(f"vectors of {encoder.spec.dimension} dimensions")
            vectors = np.full_like(own, np.nan)
            vectors[known] = encoder.encode_texts([str(text) for text in texts.iloc[known]])
            return {spec.pooling: own, other: vectors}, ""
        except EncoderError as error:
            reason = f"the text encoder is not available ({error})"
    return {"cls": own, "mean": own}, (
        f"All rows use the bundle's caption vectors ({spec.pooling} pooling), and cls_pooling is "
        f"not compared: {reason}."
    )


def _recall(
    relevant: dict[int, np.ndarray], candidates: Callable[[int], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    lists = {query: candidates(query) for query in relevant}
    recalls = [np.isin(rows, lists[query]).mean() for query, rows in relevant.items()]
    return np.array(recalls), np.array([len(rows) for rows in lists.values()])


def _measured(
    bundle: Bundle, held_out: pd.DataFrame, runs: list[_Run], trees: int, notes: list[str]
) -> RecipeComparison:
    queries, relevance = held_out["query"].to_numpy(), held_out["relevance"].to_numpy()
    names, places = np.unique(queries, return_inverse=True)
    drawn = draws(len(names), bundle.manifest.seed)
    own = next(run for run in runs if run.name == DEFAULT)

    def figures(run: _Run) -> dict[str, tuple[float, np.ndarray]]:
        scores = np.where(np.isnan(run.scores), -np.inf, run.scores)
        by_query = per_query(queries, relevance, scores)
        return {
            "auc": (auc(relevance, scores), aucs(*masses(places, relevance, scores, drawn))),
            "ndcg@5": _resampled(by_query.ndcg, drawn),
            "mrr": _resampled(by_query.reciprocal_rank, drawn),
        }

    by_default = figures(own)
    rows = []
    for run in runs:
        by_run = figures(run)
        above = {
            name: estimate(by_default[name][0] - value, by_default[name][1] - resampled)
            for name, (value, resampled) in by_run.items()
        }
        known = None if run.probability is None else ~np.isnan(run.probability)
        rows.append(
            RecipeRow(
                name=run.name,
                metrics={name: estimate(*values) for name, values in by_run.items()},
                default_above={} if run is own else above,
                calibration_error=None
                if run.probability is None
                else calibration_error(queries[known], relevance[known], run.probability[known]),
                recall=mean(run.recalls, draws(len(run.recalls), bundle.manifest.seed)),
                candidates=float(run.sizes.mean()),
                seconds=None if run.seconds is None or np.isnan(run.seconds) else run.seconds,
                trees=run.trees,
                claimed_auc=run.claimed[0],
                claimed_on=run.claimed[1],
            )
        )
    return RecipeComparison(
        bundle=bundle.name,
        digest=bundle.digest,
        seed=bundle.manifest.seed,
        queries=len(names),
        pairs=len(held_out),
        relevant=int(relevance.sum()),
        most_trees=trees,
        rows=rows,
        notes=notes,
    )


def _resampled(values: np.ndarray, drawn: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of one value a query, and of each resample."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        resampled = (drawn @ np.where(known, values, 0)) / (drawn @ known)
    return float(values[known].mean()) if known.any() else float("nan"), resampled
