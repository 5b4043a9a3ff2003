"""Our statistics are those of ir-measures (that is, trec_eval) and scikit-learn.

Where conventions differ, ours are these:

- Among equal scores the irrelevant come first. trec_eval orders them by descending name, so the
  documents here are named to that effect; scikit-learn takes the mean over orders (nDCG) or counts
  them as one step (average precision), so it is asked about distinct scores alone. Its AUC counts
  ties half, as ours does.
- A query without a relevant item has no figure and stays out of means; trec_eval gives it 0.
- The calibration error lets queries weigh the same; scikit-learn's curve lets pairs, which is the
  same where every query has one.
"""

from typing import NamedTuple

import ir_measures
import numpy as np
import pandas as pd
import pytest
from ir_measures import AP, RR, R, nDCG
from scipy.stats import bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from mmrec_core.evaluation.bootstrap import draws, query_mean
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.metrics import auc, auc_estimate, calibration_error, per_query
from mmrec_core.evaluation.retrieval import end_to_end

QUERIES = 60


class Lists(NamedTuple):
    queries: np.ndarray
    relevance: np.ndarray
    scores: np.ndarray

    def of(self, query: int) -> tuple[np.ndarray, np.ndarray]:
        mine = self.queries == query
        return self.relevance[mine], self.scores[mine]


def lists(decimals: int) -> Lists:
    """Lists of 1 to 30 candidates, some without a relevant one, in no order."""
    generator = np.random.default_rng(3)
    queries = np.repeat(np.arange(QUERIES), generator.integers(1, 31, QUERIES))
    relevance = (generator.random(len(queries)) < 0.3).astype(int)
    relevance[queries % 10 == 0] = 0
    scores = np.round(generator.normal(size=len(queries)) + relevance, decimals)
    shuffled = generator.permutation(len(queries))
    return Lists(queries[shuffled], relevance[shuffled], scores[shuffled])


DISTINCT, TIED = lists(decimals=6), lists(decimals=0)


def trec_eval(asked: Lists, k: int, missed: int = 0) -> pd.DataFrame:
    """Return trec_eval's figures, one a query, ``missed`` relevant ones of which are not listed."""
    queries = [str(query) for query in asked.queries]
    irrelevant_first = enumerate(1 - asked.relevance)
    documents = [f"{first}-{number:05}" for number, first in irrelevant_first]
    qrels = pd.DataFrame({"query_id": queries, "doc_id": documents, "relevance": asked.relevance})
    run = pd.DataFrame({"query_id": queries, "doc_id": documents, "score": asked.scores})
    never = [(str(query), f"missed-{n}", 1) for query in range(QUERIES) for n in range(missed)]
    qrels = pd.concat([qrels, pd.DataFrame(never, columns=qrels.columns)])
    measures = [nDCG @ k, RR, AP, R @ k]
    found = ir_measures.iter_calc(measures, qrels, run)
    table = pd.DataFrame([(int(one.query_id), str(one.measure), one.value) for one in found])
    return table.pivot(index=0, columns=1, values=2)[[str(measure) for measure in measures]]


@pytest.mark.parametrize("asked", [DISTINCT, TIED], ids=["distinct", "ties"])
@pytest.mark.parametrize("k", [1, 5, 10])
def test_each_query_has_trec_eval_s_figures(asked, k):
    theirs = trec_eval(asked, k).to_numpy()
    ours = np.column_stack(per_query(*asked, k))
    some = np.array([asked.of(query)[0].any() for query in range(QUERIES)])
    assert 0 < some.sum() < QUERIES
    assert ours[some] == pytest.approx(theirs[some])
    assert np.isnan(ours[~some]).all()
    assert (theirs[~some] == 0).all()


def test_means_are_over_queries_with_a_relevant_item():
    scored = pd.DataFrame(dict(zip(("query", "relevance", "clip_score"), TIED, strict=True)))
    found = measure(scored, seed=0)["rankers"]["clip"]
    some = scored[scored["relevance"] > 0]["query"].unique()
    expected = trec_eval(TIED, 5).loc[some].mean()
    values = [found[name]["value"] for name in ("ndcg@5", "mrr", "map", "recall@5")]
    assert values == pytest.approx(expected.tolist())


@pytest.mark.parametrize("missed", [1, 7])
@pytest.mark.parametrize("k", [5, 10])
def test_what_never_became_a_candidate_counts_as_trec_eval_counts_it(missed, k):
    scored = pd.DataFrame(dict(zip(("query", "relevance", "clip_score"), TIED, strict=True)))
    totals = scored.groupby("query")["relevance"].sum() + missed
    found = end_to_end(scored, totals.to_dict(), seed=0, k=k)
    expected = trec_eval(TIED, k, missed).mean()
    clip = found["rankers"]["clip"]
    assert found["queries"] == QUERIES
    assert clip[f"ndcg@{k}"]["value"] == pytest.approx(expected[f"nDCG@{k}"])
    assert clip[f"recall@{k}"]["value"] == pytest.approx(expected[f"R@{k}"])
    parts = (clip[f"ndcg@{k}"], clip["ranking_loss"], found["retrieval_loss"])
    assert sum(part["value"] for part in parts) == pytest.approx(1)


def test_the_interval_of_a_mean_is_scipys_bootstrap():
    values = per_query(*DISTINCT).ndcg
    found = query_mean(values, seed=0)
    known = values[~np.isnan(values)]
    theirs = bootstrap((known,), np.mean, n_resamples=20_000, method="percentile", rng=0)
    ends = (found["low"], found["high"])
    assert ends == pytest.approx(tuple(theirs.confidence_interval), abs=0.01)


def test_ndcg_and_average_precision_of_distinct_scores_are_scikit_learns():
    found = per_query(*DISTINCT)
    for query in range(QUERIES):
        relevance, scores = DISTINCT.of(query)
        if relevance.any():
            expected = average_precision_score(relevance, scores)
            assert found.average_precision[query] == pytest.approx(expected)
            if len(relevance) > 1:  # scikit-learn has no nDCG of one item
                expected = ndcg_score(relevance[None], scores[None], k=5)
                assert found.ndcg[query] == pytest.approx(expected)


@pytest.mark.parametrize("asked", [DISTINCT, TIED], ids=["distinct", "ties"])
def test_auc_is_scikit_learns(asked):
    expected = roc_auc_score(asked.relevance, asked.scores)
    assert auc(asked.relevance, asked.scores) == pytest.approx(expected)
    assert auc_estimate(*asked, draws(QUERIES, seed=0))["value"] == pytest.approx(expected)


@pytest.mark.parametrize("bins", [1, 10])
def test_the_calibration_error_of_single_pairs_is_scikit_learns(bins):
    generator = np.random.default_rng(0)
    probability = generator.random(1000)
    outcome = (generator.random(1000) < probability**2).astype(int)
    share, mean = calibration_curve(outcome, probability, n_bins=bins, strategy="quantile")
    found = calibration_error(np.arange(1000), outcome, probability, bins)
    assert found == pytest.approx(np.abs(share - mean).mean())
