"""Why an image is not shown: what is said of it holds when the settings give way."""

import numpy as np
import pytest

from mmrec_core.serving.absence import why_not
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender

PICTURE = "animals/birds/magpie.png"
QUERIES = (Query(PICTURE), Query(PICTURE, "A birthday cake."), Query(text="A red flower."))


@pytest.mark.parametrize("ranker", ["model", "clip", "bert", "fused"])
def test_a_low_candidate_has_its_rank_and_lacks_what_the_scores_differ_by(recommender, ranker):
    scored = recommender.score(Query(PICTURE))
    answer = recommender.answer(scored, k=10, ranker=ranker)
    for place in np.flatnonzero(answer.ranks > 10)[::7]:
        row = int(scored.candidates[place])
        absence = why_not(recommender, scored, answer, row)
        assert absence.loss == "ranked low"
        assert absence.rank == absence.by_score == answer.ranks[place]
        assert absence.last.rank == 10
        assert absence.result.score == pytest.approx(scored.scores[ranker][place])
        assert absence.lacks == (scored.scores[ranker][place] < absence.last.score)
    shown = answer.results[3]
    assert why_not(recommender, scored, answer, shown.index).loss == "shown"


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("method", ["exact", "clusters"])
def test_an_image_that_is_no_candidate_would_be_one_if_as_many_were_taken(demo, query, method):
    recommender = Recommender(demo)
    recommender.settings = recommender.settings.model_copy(update={"method": method})
    scored = recommender.score(query)
    answer = recommender.answer(scored, ranker="clip")
    missed = np.setdiff1d(np.arange(len(demo.items)), [*scored.candidates, scored.placed.row])
    for row in missed[:: len(missed) // 6]:
        absence = why_not(recommender, scored, answer, int(row))
        assert absence.loss == "not found"
        way = absence.retrieval
        assert way.taken < way.place <= way.of
        taken = {"nearest_clusters" if way.method == "clusters" else "exact_size": way.place}
        wider = Recommender(demo)
        wider.settings = recommender.settings.model_copy(update=taken)
        among = wider.score(query)
        assert row in among.candidates
        cosines = among.scores["clip"][np.isin(among.candidates, scored.candidates)]
        own = among.scores["clip"][np.searchsorted(among.candidates, row)]
        assert absence.rank == 1 + (cosines > own).sum()
        assert absence.result.score == pytest.approx(own)


def test_a_near_duplicate_is_named_by_the_image_that_stands_for_it(recommender, demo):
    scored = recommender.score(Query(PICTURE))
    merging = {"collapse": 0.6, "diversity": 0.0}
    answer = recommender.answer(scored, k=50, **merging)
    merged = [(r.image, d) for r in answer.results for d in r.duplicates]
    assert merged
    for leader, name in merged:
        absence = why_not(recommender, scored, answer, demo.index_of(name), **merging)
        assert absence.loss == "merged"
        assert demo.image(absence.other) == leader
    for name in answer.query.duplicates:
        absence = why_not(recommender, scored, answer, demo.index_of(name), **merging)
        assert absence.loss == "own picture"


def test_what_diversity_moved_down_is_told_from_what_scores_low(recommender):
    scored = recommender.score(Query(PICTURE))
    by_score = recommender.answer(scored, k=10)
    spread = recommender.answer(scored, k=10, diversity=0.7)
    shown = {result.index for result in spread.results}
    moved = [result for result in by_score.results if result.index not in shown]
    assert moved
    for result in moved:
        absence = why_not(recommender, scored, spread, result.index, diversity=0.7)
        assert (absence.loss, absence.by_score) == ("spread", result.rank)
        assert absence.other in shown
        assert absence.rank > 10


def test_the_query_and_what_a_ranker_cannot_compare(recommender, demo, monkeypatch):
    scored = recommender.score(Query(PICTURE))
    answer = recommender.answer(scored, ranker="bert")
    assert why_not(recommender, scored, answer, scored.placed.row).loss == "query"
    scored.scores["bert"][5] = np.nan
    answer = recommender.answer(scored, ranker="bert")
    absence = why_not(recommender, scored, answer, int(scored.candidates[5]))
    assert absence.loss == "not ranked"
    assert not absence.lacks
