"""How well a bundle recommends, on queries that nothing in it was fitted on."""

from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.evaluation.bootstrap import Estimate, draws, mean, query_mean
from mmrec_core.evaluation.metrics import (
    CUTOFF,
    auc_estimate,
    calibration_estimate,
    mean_estimates,
    per_query,
)
from mmrec_core.evaluation.query_figures import candidate_recall
from mmrec_core.evaluation.scored_pairs import (
    fold_rankers,
    held_out_pairs,
    rankers_of,
    score_held_out,
    score_pairs,
)
from mmrec_core.inputs.judgements import TEST
from mmrec_core.ranker.model import MODEL, Ranker
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.serving.recommender import Recommender

_NO_PAIRS = (
    "This bundle has no held-out pairs with a known relevance, so neither the rankers nor the "
    "recall of candidates can be measured: build it from captions with labels, or with judged "
    "pairs (mmrec build --pairs)."
)


def evaluate_bundle(
    recommender: Recommender, k: int = CUTOFF, queries: np.ndarray | None = None
) -> dict[str, Any]:
    """Measure a bundle anew, on every query that is held out in some fold.

    The features of the bundle's own fold are computed here; those of further folds, whose
    collections no bundle keeps, are as the build stored them. The figures of candidates and of the
    text-to-image search, which need no ranker, are those that the build measured; where only some
    rows, ``queries``, are measured, they are left out, and ``candidate_recall`` is the mean share
    of these queries' relevant images that are candidates.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.evaluate import evaluate_bundle
    >>> from mmrec_core.serving.recommender import Recommender
    >>> metrics = evaluate_bundle(Recommender(open_bundle("artifacts/demo")))
    >>> metrics["queries"], list(metrics["rankers"])
    (526, ['model', 'clip', 'bert', 'fused'])
    >>> metrics["rankers"]["model"]["auc"]["value"] > 0.9
    True
    """
    bundle = recommender.bundle
    pairs, further, seed = bundle.pairs, bundle.cross_fitted, bundle.manifest.seed
    if queries is not None:
        pairs = pairs[pairs["query"].isin(queries)]
        further = None if further is None else further[further["query"].isin(queries)]
    own = with_features(recommender.collection, recommender.settings, pairs)
    scored = score_held_out(held_out_pairs(own, further), fold_rankers(recommender))
    metrics = measure(scored, seed, k)
    if queries is not None:
        recall = candidate_recall(scored, recommender.relevance)
        return metrics | {
            "candidate_recall": query_mean(recall, seed),
            "split": bundle.metrics["split"],
        }
    kept = (
        "candidates",
        "candidate_curve",
        "end_to_end",
        "text_to_image",
        "model_without_query_text",
        "trees",
        "split",
    )
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
        ``map``, ``recall@5``, ``calibration_error``, ``ndcg@k`` and ``recall@k`` of each with 95 %
        intervals, and for ``model`` the paired differences to each of the others
        (``ndcg@5_above``, ``mrr_above``, ``recall@5_above`` …); ``best_single``, as `best_single`
        gives it.
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
    by_query: dict[str, dict[str, np.ndarray]] = {}
    for name in rankers_of(scored):
        scores = scored[f"{name}_score"].to_numpy()
        row = {"auc": auc_estimate(queries, relevance, scores, drawn)}
        for cutoff in cutoffs:
            each = per_query(queries, relevance, scores, cutoff)
            row |= mean_estimates(each, cutoff, drawn)
            for metric, values in (
                (f"ndcg@{cutoff}", each.ndcg),
                ("mrr", each.reciprocal_rank),
                (f"recall@{cutoff}", each.recall),
            ):
                by_query.setdefault(metric, {})[name] = values
        if scored.get(f"{name}_probability", pd.Series(dtype=float)).notna().any():
            probability = scored[f"{name}_probability"].to_numpy()
            row["calibration_error"] = calibration_estimate(queries, relevance, probability, drawn)
        metrics["rankers"][name] = row
    metrics["best_single"] = best_single(metrics["rankers"])
    if model := metrics["rankers"].get(MODEL):
        for metric, of_rankers in by_query.items():
            model[f"{metric}_above"] = {
                name: mean(of_rankers[MODEL] - other, drawn)
                for name, other in of_rankers.items()
                if name != MODEL
            }
    return metrics


def best_single(rankers: dict[str, Any]) -> str | None:
    """Return which ranker but ``model`` has the highest nDCG@5: what the model must beat.

    It is the best on the very queries that are reported, so the comparison favours it.
    """
    values = {
        name: row[f"ndcg@{CUTOFF}"]["value"]
        for name, row in rankers.items()
        if name != MODEL and row[f"ndcg@{CUTOFF}"]["value"] is not None
    }
    return max(values, key=lambda name: values[name]) if values else None


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


def summary(metrics: dict[str, Any]) -> str:
    """Return what `evaluate_bundle` gives as a table for the terminal."""
    lines = _ranker_lines(metrics) if metrics["rankers"] else [_NO_PAIRS]
    if "candidate_recall" in metrics:
        lines.append(f"recall of candidates: {_cell(metrics['candidate_recall'])}")
    for name, row in metrics.get("candidates", {}).items():
        if row["recall"] is not None:
            size = f"{row['mean_size']:.0f} images"
            lines.append(f"candidates by {name}: recall {row['recall']:.3f} with {size}")
    if ends := metrics.get("end_to_end"):
        columns = ("ndcg@5", "recall@5", "ranking_loss")
        titles = "".join(f"{_title(name):24}" for name in columns)
        lines += [
            "",
            f"Over the whole collection, {ends['queries']} queries; retrieval loses "
            f"{_cell(ends['retrieval_loss'])}",
            f"{'':8}{titles}",
        ]
        for ranker, row in ends["rankers"].items():
            lines.append(f"{ranker:8}" + "".join(f"{_cell(row[name]):24}" for name in columns))
        if best := metrics.get("best_single"):
            lines.append(f"The best single ranker among the candidates is {best}.")
        lines.append("")
    if search := metrics.get("text_to_image"):
        folds = search.get("folds", 1)
        where = f"of its fold, over {folds} folds" if folds > 1 else "held out with it"
        lines.append(f"A caption finds its picture among {search['gallery']} {where}:")
        for column, found in {"text": search, **search.get("further", {})}.items():
            recall = _cell(found["recall@5"])
            lines.append(f"{column}: recall@5 {recall}, {found['queries']} captions")
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
    model, best = rankers.get(MODEL, {}), metrics.get("best_single")
    for other, difference in model.get(f"ndcg@{CUTOFF}_above", {}).items():
        note = "  (the best single ranker)" if other == best else ""
        lines.append(f"nDCG@5, model minus {other}: {_cell(difference)}{note}")
    for metric in ("mrr", f"recall@{CUTOFF}"):
        if best in model.get(f"{metric}_above", {}):
            difference = _cell(model[f"{metric}_above"][best])
            lines.append(f"{_title(metric)}, model minus {best}: {difference}")
    return [*lines, ""]


def _cell(estimate: Estimate) -> str:
    if estimate["value"] is None:
        return "not defined"
    return f"{estimate['value']:.3f} [{estimate['low']:.3f}, {estimate['high']:.3f}]"


def _title(metric: str) -> str:
    spelt = metric.replace("ndcg", "nDCG").replace("_", " ")
    return metric.upper() if metric in ("auc", "mrr", "map") else spelt
