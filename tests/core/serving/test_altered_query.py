"""Lists without a word of the caption, of a region of the picture, and of all but it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mmrec_core.collection.vectors import unit
from mmrec_core.errors import QueryError
from mmrec_core.inputs.images import decode
from mmrec_core.serving.altered_query import with_part, without_words
from mmrec_core.serving.answers import Query
from mmrec_core.serving.list_change import ListChange, rank_biased_overlap
from mmrec_core.serving.query_picture import Region, with_region
from mmrec_core.serving.recommender import Recommender

PICTURE = "animals/birds/magpie.png"
CAPTION = "A black and white bird."
UPPER = Region(0.0, 0.0, 1.0, 0.6)


def rows(change: ListChange) -> list[int]:
    return [move.row for move in change.shown]


@pytest.mark.parametrize("ranker", ["model", "clip", "bert"])
def test_without_a_word_the_list_is_that_of_the_shorter_caption(
    recommender: Recommender, ranker: str
) -> None:
    answers = without_words(recommender, Query(PICTURE, CAPTION), ranker, k=6, collapse=0.98)
    assert answers is not None
    assert [CAPTION[slice(*word.span)] for word in answers.words] == CAPTION.split()
    assert answers.anew.amount == 0
    before = recommender.recommend(Query(PICTURE, CAPTION), k=6, ranker=ranker, collapse=0.98)
    assert rows(answers.anew) == [result.index for result in before.results]
    for word in answers.words[1:4]:
        after = recommender.recommend(Query(PICTURE, word.text), k=6, ranker=ranker, collapse=0.98)
        assert word.change is not None
        assert rows(word.change) == [result.index for result in after.results]
        for move, result in zip(word.change.shown, after.results, strict=True):
            assert move.after is not None
            assert move.after.score == pytest.approx(result.score, abs=1e-4)
            assert move.after.probability == pytest.approx(result.probability, abs=1e-5)
            assert (move.before and move.before.rank) == before.rank_of(move.row)


def test_what_goes_and_comes_is_what_only_one_of_the_lists_shows(recommender: Recommender) -> None:
    query = Query(text="A red bird on a branch")
    answers = without_words(recommender, query, "fused", k=8)
    assert answers is not None
    first = {result.index for result in recommender.recommend(query, k=8, ranker="fused").results}
    for word in answers.words:
        assert word.change is not None
        later = set(rows(word.change))
        assert {move.row for move in word.change.going} == first - later
        assert {move.row for move in word.change.coming} == later - first
        assert (word.change.amount == 0) == (
            [m.before and m.before.rank for m in word.change.shown] == list(range(1, 9))
        )


def test_a_picture_without_its_only_word_has_no_caption(recommender: Recommender) -> None:
    upload = decode(recommender.bundle.thumbnail_path(recommender.bundle.index_of(PICTURE)))
    answers = without_words(recommender, Query(upload, "Bird"), "clip", k=5)
    assert answers is not None
    (word,) = answers.words
    bare = recommender.recommend(Query(upload), k=5, ranker="clip")
    assert word.text is None
    assert word.change is not None
    assert rows(word.change) == [result.index for result in bare.results]
    of_captions = without_words(recommender, Query(PICTURE, "Bird"), "bert")
    assert of_captions is not None
    assert of_captions.words[0].change is None


def test_queries_without_words_to_leave_out_have_no_answer(recommender: Recommender) -> None:
    upload = decode(recommender.bundle.thumbnail_path(0))
    assert without_words(recommender, Query(upload), "clip") is None
    assert without_words(recommender, Query(text="cake"), "clip") is None
    long = without_words(recommender, Query(text="bird " * 70), "clip", k=2)
    assert long is not None
    assert len(long.words) == 64


@pytest.mark.parametrize("use", ["only", "without"])
def test_a_region_is_a_query_that_never_finds_its_own_picture(
    recommender: Recommender, use: str
) -> None:
    row = recommender.bundle.index_of(PICTURE)
    whole = decode(recommender.bundle.thumbnail_path(row))
    part = with_part(recommender, Query(PICTURE), UPPER, use, "clip", k=6)
    vector = recommender.encoder.image_vector(with_region(whole, UPPER, use))
    stored = recommender.collection.vectors.rows(np.array([row]))
    there = replace(stored, clip_image=vector[None])
    placed = recommender.collection.place(there, row)
    candidates = recommender.collection.candidates(placed, recommender.settings)
    cosines = recommender.collection.unit.clip_image[candidates] @ unit(vector)
    assert rows(part.change) == candidates[np.argsort(-cosines)[:6]].tolist()
    assert row not in {move.row for move in (*part.change.moves, *part.anew.moves)}
    own = recommender.bundle.text(row)
    brought = with_part(recommender, Query(whole, own), UPPER, use, "clip", k=6)
    assert row in {move.row for move in brought.change.moves}
    assert brought.anew.amount == 0


def test_a_region_is_cut_out_or_painted_in_the_mean_colour(recommender: Recommender) -> None:
    whole = decode(recommender.bundle.thumbnail_path(recommender.bundle.index_of(PICTURE)))
    box = UPPER.box(whole.size)
    assert with_region(whole, UPPER, "only").tobytes() == whole.crop(box).tobytes()
    painted = np.asarray(with_region(whole, UPPER, "without"))
    assert len(np.unique(painted[: box[3]].reshape(-1, 3), axis=0)) == 1
    assert (painted[box[3] :] == np.asarray(whole)[box[3] :]).all()


@pytest.mark.parametrize(
    "region",
    [
        Region(0.1, 0.1, 0.2, 0.2),
        Region(0.5, 0.0, 0.505, 1.0),
        Region(0.4, 0.4, 0.4, 0.9),
        Region(0.6, 0.1, 0.2, 0.9),
        Region(-0.1, 0.0, 0.5, 0.5),
        Region(0.0, 0.0, float("nan"), 0.5),
    ],
)
def test_a_region_that_is_tiny_or_outside_is_refused(
    recommender: Recommender, region: Region
) -> None:
    with pytest.raises(QueryError, match="region"):
        with_part(recommender, Query(PICTURE), region, "only", "clip")


def test_a_text_has_no_regions(recommender: Recommender) -> None:
    with pytest.raises(QueryError, match="no regions"):
        with_part(recommender, Query(text="A bird."), UPPER, "only", "clip")


def test_overlap_falls_the_higher_up_two_lists_differ() -> None:
    same = list(range(10))
    swapped = [[*same[:at], same[at + 1], same[at], *same[at + 2 :]] for at in range(9)]
    likeness = [rank_biased_overlap(same, other) for other in swapped]
    assert all(low < high < 1 for low, high in pairwise(likeness))
    assert rank_biased_overlap(same, same[:4]) == pytest.approx(1)
    assert rank_biased_overlap([], [1]) == 0
    assert rank_biased_overlap([], []) == 1
