"""The tables of held-out pairs and queries agree with the recommender and with plain loops."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.metrics import per_query
from mmrec_core.evaluation.scored_pairs import (
    PERSISTENCE,
    disagreement,
    per_query_table,
)
from mmrec_core.serving.recommender import Query, Recommender


def test_pairs_are_scored_as_recommendations_are(recommender: Recommender, scored: pd.DataFrame):
    query = int(scored.loc[scored["fold"] == 0, "query"].iloc[0])
    mine = scored[scored["query"] == query].set_index("candidate")
    for ranker in recommender.rankers:
        found = recommender.recommend(
            Query(recommender.bundle.image(query)), k=10_000, ranker=ranker
        )
        shown = pd.DataFrame(
            [(r.index, r.score, r.probability) for r in found.results],
            columns=["candidate", "score", "probability"],
        ).set_index("candidate")
        judged = shown[shown.index.isin(mine.index)]
        assert mine[f"{ranker}_rank"].sort_values().index.tolist() == judged.index.tolist()
        ordered = mine.loc[judged.index]
        np.testing.assert_allclose(ordered[f"{ranker}_score"], judged["score"], atol=1e-6)
        np.testing.assert_allclose(ordered[f"{ranker}_probability"], judged["probability"])


def test_every_query_is_held_out_once(demo: Bundle, scored: pd.DataFrame):
    queries = demo.items.index[demo.items["is_query"]]
    assert set(scored["query"]) == set(queries)
    assert (scored.groupby("query")["fold"].nunique() == 1).all()
    assert (demo.items["fold"].to_numpy()[scored["query"]] == scored["fold"]).all()
    held_out = demo.pairs[demo.pairs["split"] == "test"]
    assert set(held_out["query"]) == set(scored.loc[scored["fold"] == 0, "query"])


def test_each_query_has_its_counts_and_metrics(scored: pd.DataFrame):
    table = per_query_table(scored).set_index("query")
    assert table["pairs"].sum() == len(scored)
    assert table["relevant"].sum() == scored["relevance"].sum()
    query = int(table.index[7])
    mine = scored[scored["query"] == query]
    alone = per_query(*(mine[c].to_numpy() for c in ("query", "relevance", "clip_score")))
    assert table.loc[query, "clip_ndcg"] == alone.ndcg[0]
    assert table.loc[query, "clip_ap"] == alone.average_precision[0]


def _overlap(first: list[int], second: list[int]) -> float:
    """Rank-biased overlap as the paper defines it, depth by depth."""
    weights = [PERSISTENCE**depth for depth in range(len(first))]
    agreed = [len(set(first[: d + 1]) & set(second[: d + 1])) / (d + 1) for d in range(len(first))]
    return float(np.dot(weights, agreed) / sum(weights))


def test_disagreement_is_rank_biased_overlap(scored: pd.DataFrame):
    found = disagreement(scored)
    for place, (_, mine) in list(enumerate(scored.groupby("query")))[:10]:
        orders = [
            mine.sort_values(f"{ranker}_rank")["candidate"].tolist()
            for ranker in ("model", "clip", "bert")
        ]
        overlaps = [_overlap(*pair) for pair in combinations(orders, 2)]
        assert found[place] == pytest.approx(1 - np.mean(overlaps))


def test_rankers_that_agree_do_not_disagree(scored: pd.DataFrame):
    same = scored.assign(model_rank=scored["clip_rank"], bert_rank=scored["clip_rank"])
    assert disagreement(same) == pytest.approx(0)


def test_a_ranker_without_an_opinion_does_not_disagree(scored: pd.DataFrame):
    query = int(scored["query"].iloc[0])
    silent = scored.assign(bert_score=scored["bert_score"].mask(scored["query"] == query))
    without = scored.drop(columns=["bert_score"])
    assert disagreement(silent)[0] == pytest.approx(disagreement(without)[0])
    assert np.isnan(disagreement(scored[["query", "clip_score", "clip_rank"]])).all()


def test_no_pairs_give_empty_tables(scored: pd.DataFrame):
    assert per_query_table(scored[:0]).empty
