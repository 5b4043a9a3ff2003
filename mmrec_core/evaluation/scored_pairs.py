"""The held-out pairs under every ranker, and what each held-out query looks like in them.

Evaluation, the pair browser and the disagreement queue all read these two tables. They are made
from the pair features that the build stored, so a page needs no embedding for them.
"""

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from mmrec_core.bundle import layout
from mmrec_core.evaluation.metrics import per_query
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker.model import FUSED, RANKERS, Ranker, all_scores
from mmrec_core.ranker.pair_features import feature_matrix
from mmrec_core.serving.recommender import Recommender

PERSISTENCE = 0.8


def scored_pairs(recommender: Recommender) -> pd.DataFrame:
    """Score the held-out pairs of a bundle under every ranker that it has.

    Where the build cross-fitted, every query is held out once, and ``model`` is the ranker of the
    query's fold: one that was fitted, as all that its features come from, without that fold.

    Returns
    -------
    DataFrame
        One row a pair, by query: ``query``, ``candidate`` (rows, int32), ``relevance`` (0 or 1,
        int8), ``fold`` (int8: which ranker scored it, 0 is the bundle's own), ``listed`` (whether
        it is a candidate of its query, bool), and for each ranker

        - ``{ranker}_score``: raw score, float64; log-odds for ``model``, cosines for the others;
          NaN where it has nothing to compare
        - ``{ranker}_probability``: the calibrated chance of being relevant, float64; NaN without a
          score, and in a bundle without a trained ranker
        - ``{ranker}_rank``: place among the query's pairs from 1, int32; equal scores in the order
          of their rows, as in a recommendation; pairs without a score come last

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.scored_pairs import scored_pairs
    >>> from mmrec_core.serving.recommender import Recommender
    >>> scored = scored_pairs(Recommender(open_bundle("artifacts/demo")))
    >>> int(scored["query"].nunique()), int(scored["model_rank"].min())
    (526, 1)
    """
    bundle = recommender.bundle
    pairs = held_out_pairs(bundle.pairs, bundle.cross_fitted)
    return score_held_out(pairs, fold_rankers(recommender))


def fold_rankers(recommender: Recommender) -> dict[int, Ranker | None]:
    """Return the ranker that never met each fold; of the first, the bundle's own."""
    bundle = recommender.bundle
    further = {}
    if bundle.cross_fitted is not None:
        further = load_fold_rankers(bundle.content, bundle.cross_fitted)
    return {HELD_OUT: recommender.ranker, **further}


def load_fold_rankers(
    read: Callable[[str], bytes], cross_fitted: pd.DataFrame
) -> dict[int, Ranker]:
    """Load the rankers of further folds, whose files ``read`` gives (`Ranker.load`)."""
    return {
        int(fold): Ranker.load(read, *layout.fold_ranker(int(fold)))
        for fold in cross_fitted["fold"].unique()
    }


def held_out_pairs(pairs: pd.DataFrame, cross_fitted: pd.DataFrame | None) -> pd.DataFrame:
    """Return the pairs of held-out queries of all folds, by query, with their ``fold``.

    Parameters
    ----------
    pairs : DataFrame
        As ``bundle.pairs``.
    cross_fitted : DataFrame or None
        As ``bundle.cross_fitted``.
    """
    own = pairs[pairs["split"] == TEST].assign(fold=np.int8(HELD_OUT))
    if cross_fitted is None:
        return own.reset_index(drop=True)
    both = pd.concat([own, cross_fitted], join="inner", ignore_index=True)
    return both.sort_values("query", kind="stable", ignore_index=True)


def score_held_out(pairs: pd.DataFrame, rankers: Mapping[int, Ranker | None]) -> pd.DataFrame:
    """Score pairs by the ranker that never met their fold: the columns of `scored_pairs`.

    Parameters
    ----------
    pairs : DataFrame
        What `held_out_pairs` gives.
    rankers : mapping of int to Ranker or None
        By fold.
    """
    parts = [
        score_pairs(part, rankers[int(str(fold))]) for fold, part in pairs.groupby("fold")
    ] or [score_pairs(pairs, rankers.get(HELD_OUT))]
    kept = pairs[[name for name in ("fold", "listed") if name in pairs]]
    return pd.concat(parts).sort_index().join(kept)


def score_pairs(pairs: pd.DataFrame, ranker: Ranker | None) -> pd.DataFrame:
    """Return the columns of `scored_pairs` for any pairs with their features.

    Parameters
    ----------
    pairs : DataFrame
        ``query``, ``candidate``, ``relevance`` and the pair features, as ``bundle.pairs`` has them.
    ranker : Ranker or None
        Without one, the cosines alone score, and there are no probabilities.
    """
    scored = pairs[["query", "candidate", "relevance"]].copy()
    model = ranker.model if ranker else None
    queries, rows = pairs["query"].to_numpy(), pairs["candidate"].to_numpy()
    for name, scores in all_scores(model, feature_matrix(pairs)).items():
        scored[f"{name}_score"] = scores
        scored[f"{name}_probability"] = (
            ranker.calibration[name].probability(scores) if ranker else np.nan
        )
        scored[f"{name}_rank"] = ranks(queries, rows, scores)
    return scored


def rankers_of(scored: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of the rankers that a table of `scored_pairs` holds."""
    return tuple(name for name in RANKERS if f"{name}_score" in scored)


def per_query_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Say for each held-out query how well each ranker ranks it, and how much they differ.

    Parameters
    ----------
    scored : DataFrame
        What `scored_pairs` gives.

    Returns
    -------
    DataFrame
        One row a query, by ascending ``query`` (row of the image): ``pairs``, ``relevant``
        (counts); for each ranker ``{ranker}_ndcg`` (nDCG@5), ``{ranker}_rr`` (reciprocal rank) and
        ``{ranker}_ap`` (average precision), NaN for a query without a relevant pair;
        ``disagreement``, as `disagreement` computes it.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.evaluation.scored_pairs import per_query_table, scored_pairs
    >>> from mmrec_core.serving.recommender import Recommender
    >>> scored = scored_pairs(Recommender(open_bundle("artifacts/demo")))
    >>> table = per_query_table(scored)
    >>> len(table), bool(table["model_ndcg"].dropna().between(0, 1).all())
    (526, True)
    """
    queries, relevance = scored["query"].to_numpy(), scored["relevance"].to_numpy()
    names, pairs = np.unique(queries, return_counts=True)
    relevant = pd.Series(relevance).groupby(queries).sum().to_numpy()
    table = {"query": names, "pairs": pairs, "relevant": relevant}
    for ranker in rankers_of(scored):
        metrics = per_query(queries, relevance, scored[f"{ranker}_score"].to_numpy())
        table |= {
            f"{ranker}_ndcg": metrics.ndcg,
            f"{ranker}_rr": metrics.reciprocal_rank,
            f"{ranker}_ap": metrics.average_precision,
        }
    table["disagreement"] = disagreement(scored)
    return pd.DataFrame(table)


def disagreement(scored: pd.DataFrame) -> np.ndarray:
    """Return how differently the rankers order each query's pairs, by ascending query, float64.

    It is 1 − the mean rank-biased overlap of each two of ``model``, ``clip`` and ``bert``, cut at
    the number of pairs and scaled so that equal orders have 0. ``fused`` is left out, being made of
    two of them, and so is a ranker that has no score for any pair of the query; NaN where fewer
    than two are left.

    Notes
    -----
    Rank-biased overlap (Webber, Moffat and Zobel 2010, "A similarity measure for indefinite
    rankings", equation 4) rather than Kendall's or Spearman's correlation, which would weigh the
    last places like the first: with a persistence of 0.8 the first five places weigh the most,
    and they are what a person sees. Two orders of the same few pairs always overlap in the end, so
    short lists differ less.
    """
    names, inverse, pairs = np.unique(
        scored["query"].to_numpy(), return_inverse=True, return_counts=True
    )
    depths = np.arange(1, (pairs.max() if len(pairs) else 0) + 1)
    weights = PERSISTENCE ** (depths - 1.0)
    full = np.cumsum(weights)
    tail = np.concatenate([[0.0], np.cumsum(weights / depths)])  # what depths up to d add an item
    total, counted = np.zeros(len(names)), np.zeros(len(names))
    for first, second in combinations((r for r in rankers_of(scored) if r != FUSED), 2):
        deeper = scored[[f"{first}_rank", f"{second}_rank"]].to_numpy().max(axis=1)
        shares = tail[pairs[inverse]] - tail[deeper - 1]
        overlap = np.bincount(inverse, shares, minlength=len(names)) / full[pairs - 1]
        known = _has_score(scored, first, inverse) & _has_score(scored, second, inverse)
        total += np.where(known, overlap, 0)
        counted += known
    return 1 - np.divide(total, counted, out=np.full(len(names), np.nan), where=counted > 0)


def _has_score(scored: pd.DataFrame, ranker: str, inverse: np.ndarray) -> np.ndarray:
    return np.bincount(inverse, scored[f"{ranker}_score"].notna()) > 0


def ranks(queries: np.ndarray, rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the place of each pair in its query's list from 1, (n,) int32.

    Equal scores stand in the order of their rows, as in a recommendation; NaN comes last.
    """
    order = np.lexsort((rows, -np.where(np.isnan(scores), -np.inf, scores), queries))
    _, starts, sizes = np.unique(queries[order], return_index=True, return_counts=True)
    places = np.empty(len(order), np.int32)
    places[order] = np.arange(len(order)) - np.repeat(starts, sizes) + 1
    return places
