"""How well a bundle recommends, on queries that nothing in it was fitted on."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.vectors import Vectors
from mmrec_core.evaluation.bootstrap import Estimate, draws, mean, query_mean
from mmrec_core.evaluation.metrics import (
    CUTOFF,
    auc_estimate,
    calibration_error,
    mean_estimates,
    per_query,
)
from mmrec_core.evaluation.scored_pairs import rankers_of, score_pairs
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import FUSED, MODEL, Ranker
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.recommender import Recommender

GALLERY = 100

_NO_PAIRS = (
    "This bundle has no held-out pairs with a known relevance, so neither the rankers nor the "
    "recall of candidates can be measured: build it from captions with labels, or with judged "
    "pairs (mmrec build --pairs)."
)


def evaluate_bundle(recommender: Recommender, k: int = CUTOFF) -> dict[str, Any]:
    """Measure a bundle anew: pair features and scores of its held-out pairs are computed here.

    The recall of candidates and the text-to-image search, which need no ranker, are those that the
    build measured.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.evaluate import evaluate_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> metrics = evaluate_bundle(Recommender(open_bundle("artifacts/demo")))
    >>> metrics["queries"], list(metrics["rankers"])
    (105, ['model', 'clip', 'bert', 'fused'])
    >>> metrics["rankers"]["model"]["auc"]["value"] > 0.9
    True
    """
    bundle = recommender.bundle
    pairs = with_features(recommender.collection, recommender.settings, bundle.pairs)
    metrics = evaluate_rankers(pairs, recommender.ranker, bundle.manifest.seed, k)
    kept = ("candidates", "text_to_image", "model_without_query_text", "trees", "split")
    return metrics | {key: bundle.metrics[key] for key in kept if key in bundle.metrics}


def with_features(
    collection: Collection, settings: CandidateSettings, pairs: pd.DataFrame, text: bool = True
) -> pd.DataFrame:
    """Compute the pair features of the held-out pairs.

    Parameters
    ----------
    collection : Collection
        All images.
    settings : CandidateSettings
        How candidates are chosen: ranks are counted among them.
    pairs : DataFrame
        ``query``, ``candidate`` (rows), ``relevance``, ``split``; only the held-out ones are used.
    text : bool
        False takes the queries as if they had no caption.

    Returns
    -------
    DataFrame
        These four columns and one a feature.
    """
    pairs = pairs.loc[pairs["split"] == TEST, ["query", "candidate", "relevance", "split"]]
    parts = []
    for query, group in pairs.groupby("query", sort=True):
        placed = collection.place_row(int(str(query)), text=text)
        listed = collection.candidates(placed, settings)
        values = pair_features(collection, placed, group["candidate"].to_numpy(), listed)
        parts.append(pd.DataFrame(values, columns=list(NAMES), index=group.index))
    return pairs.join(pd.concat(parts) if parts else pd.DataFrame(columns=list(NAMES)))


def evaluate_rankers(
    pairs: pd.DataFrame, ranker: Ranker | None, seed: int, k: int = CUTOFF
) -> dict[str, Any]:
    """Score the held-out pairs among ``pairs``, which have features, and `measure` the rankers."""
    return measure(score_pairs(pairs[pairs["split"] == TEST], ranker), seed, k)


def measure(scored: pd.DataFrame, seed: int, k: int = CUTOFF) -> dict[str, Any]:
    """Measure every ranker on scored held-out pairs.

    Parameters
    ----------
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    seed : int
        Seed of the bootstrap.
    k : int
        Places that nDCG and recall look at, beside 5.

    Returns
    -------
    dict
        ``queries``, ``pairs``, ``relevant`` (counts); ``rankers``: ``auc``, ``ndcg@5``, ``mrr``,
        ``map``, ``recall@5``, ``ndcg@k`` and ``recall@k`` of each with 95 % intervals, and for
        ``model`` the calibration error and the paired difference in nDCG to each of the others
        (``ndcg@5_above``, ``ndcg@k_above``).
    """
    queries, relevance = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    metrics: dict[str, Any] = {
        "queries": int(scored["query"].nunique()),
        "pairs": len(scored),
        "relevant": int(relevance.sum()),
        "queries_with_relevant": int(scored.loc[relevance > 0, "query"].nunique()),
        "rankers": {},
    }
    if not len(scored):
        return metrics
    drawn = draws(metrics["queries"], seed)
    cutoffs = tuple(dict.fromkeys((CUTOFF, k)))
    ndcg: dict[int, dict[str, np.ndarray]] = {cutoff: {} for cutoff in cutoffs}
    for name in rankers_of(scored):
        scores = scored[f"{name}_score"].to_numpy()
        metrics["rankers"][name] = {"auc": auc_estimate(queries, relevance, scores, drawn)}
        for cutoff in cutoffs:
            each = per_query(queries, relevance, scores, cutoff)
            metrics["rankers"][name] |= mean_estimates(each, cutoff, drawn)
            ndcg[cutoff][name] = each.ndcg
    if model := metrics["rankers"].get(MODEL):
        probability = scored[f"{MODEL}_probability"].to_numpy()
        model["calibration_error"] = calibration_error(queries, relevance, probability)
        for cutoff, values in ndcg.items():
            model[f"ndcg@{cutoff}_above"] = {
                name: mean(values[MODEL] - other, drawn)
                for name, other in values.items()
                if name != MODEL
            }
    return metrics


def without_query_text(
    collection: Collection,
    settings: CandidateSettings,
    pairs: pd.DataFrame,
    ranker: Ranker,
    seed: int,
) -> dict[str, Any]:
    """Measure ``model`` on the held-out queries as if they had no caption.

    Parameters are those of `with_features` and `evaluate_rankers`.
    """
    textless = with_features(collection, settings, pairs, text=False)
    metrics = evaluate_rankers(textless, ranker, seed)["rankers"][MODEL]
    return {name: metrics[name] for name in ("auc", "ndcg@5", "mrr", "calibration_error")}


def evaluate_candidates(
    collection: Collection,
    relevant: dict[int, np.ndarray],
    settings: CandidateSettings,
    seed: int,
) -> dict[str, Any]:
    """Measure what share of each query's relevant images its candidates hold.

    Parameters
    ----------
    collection : Collection
        All images.
    relevant : dict
        The rows relevant to each held-out query, in the whole collection or as judged.
    settings : CandidateSettings
        Clusters whose images are candidates, and the size of the exact list.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    dict
        ``clusters`` and ``exact``: ``recall`` (mean over queries, with ``low`` and ``high``) and
        ``mean_size``.
    """
    if not relevant:
        return {}
    placed = {query: collection.place_row(query) for query in relevant}
    by_clusters = {
        query: collection.cluster_candidates(place, settings.nearest_clusters)
        for query, place in placed.items()
    }
    exact = {
        query: collection.exact_candidates(place, settings.exact_size)
        for query, place in placed.items()
    }

    def measured(lists: dict[int, np.ndarray]) -> dict[str, float | None]:
        recalls = [float(np.isin(rows, lists[query]).mean()) for query, rows in relevant.items()]
        estimate = query_mean(np.array(recalls), seed)
        return {
            "recall": estimate["value"],
            "low": estimate["low"],
            "high": estimate["high"],
            "mean_size": float(np.mean([len(rows) for rows in lists.values()])),
        }

    return {"clusters": measured(by_clusters), "exact": measured(exact)}


def text_to_image(unit: Vectors, rows: np.ndarray, seed: int) -> dict[str, Any] | None:
    """Measure how often a caption finds its own picture among 100 pictures.

    Parameters
    ----------
    unit : Vectors
        Vectors of length 1 of the collection.
    rows : ndarray (n,)
        Held-out images. Each caption looks for its picture among ``gallery`` of them: itself and
        others drawn at random; recall is the exact expectation over all such draws.

    Returns
    -------
    dict or None
        ``recall@1``, ``recall@5`` with 95 % intervals, ``gallery``, ``queries``; None where fewer
        than two of the images have a caption.
    """
    rows = rows[~np.isnan(unit.clip_text[rows, 0])]
    if len(rows) < 2:
        return None
    cosines = unit.clip_text[rows] @ unit.clip_image[rows].T
    better = (cosines >= np.diag(cosines)[:, None]).sum(axis=1) - 1  # a tie is no find
    gallery = min(GALLERY, len(rows))
    recalls: dict[str, Any] = {"gallery": gallery, "queries": len(rows)}
    for k in (1, 5):
        chance = hypergeom.cdf(k - 1, len(rows) - 1, better, gallery - 1)
        recalls[f"recall@{k}"] = query_mean(chance, seed)
    return recalls


def summary(metrics: dict[str, Any]) -> str:
    """Return what `evaluate_bundle` gives as a table for the terminal."""
    lines = _ranker_lines(metrics) if metrics["rankers"] else [_NO_PAIRS]
    for name, row in metrics.get("candidates", {}).items():
        if row["recall"] is not None:
            size = f"{row['mean_size']:.0f} images"
            lines.append(f"candidates by {name}: recall {row['recall']:.3f} with {size}")
    if search := metrics.get("text_to_image"):
        for column, found in {"text": search, **search.get("further", {})}.items():
            lines.append(
                f"picture found by {column} among {found['gallery']}: recall@5 "
                f"{_cell(found['recall@5'])}"
            )
    return "\n".join(lines)


def _ranker_lines(metrics: dict[str, Any]) -> list[str]:
    rankers = metrics["rankers"]
    lines = [f"{metrics['queries']} held-out queries, {metrics['pairs']} pairs. {metrics['split']}"]
    first = next(iter(rankers.values()))
    shown = [name for name in first if isinstance(first[name], dict) and "value" in first[name]]
    for start in range(0, len(shown), 3):
        names = shown[start : start + 3]
        lines += ["", f"{'':8}" + "".join(f"{_title(name):24}" for name in names)]
        for ranker, row in rankers.items():
            lines.append(f"{ranker:8}" + "".join(f"{_cell(row[name]):24}" for name in names))
    lines.append("")
    for other, difference in rankers.get(MODEL, {}).get("ndcg@5_above", {}).items():
        note = "  (the baseline)" if other == FUSED else ""
        lines.append(f"nDCG@5, model minus {other}: {_cell(difference)}{note}")
    return [*lines, ""]


def _cell(estimate: Estimate) -> str:
    if estimate["value"] is None:
        return "not defined"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _title(metric: str) -> str:
    return metric.upper() if metric in ("auc", "mrr", "map") else metric.replace("ndcg", "nDCG")
