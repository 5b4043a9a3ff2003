"""Team drafts against the paper's example, and against every fall of the coins."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from mmrec_core.preferences.interleaving import (
    BOTH,
    FIRST,
    SECOND,
    Draft,
    credit,
    drafted,
    exchangeable,
    is_draft_of,
    team_draft,
)
from tests.core.preferences.test_drawing import made_lists

A, B = "abcdgh", "beafgh"
LISTS = [("abcdgh", "beafgh"), ("abcde", "abdce"), ("abc", "xyz"), ("ab", "bac"), ("abc", "bxyz")]


def falls(first: str, second: str, k: int) -> list[Draft]:
    """The draft of every fall of the coins, all equally likely."""
    return [team_draft(first, second, k, coins) for coins in product([True, False], repeat=k)]


@pytest.mark.parametrize(
    ("coins", "expected", "teams"),
    [
        ("AAA", "abcedf", "ABABAB"),
        ("BAA", "bacedf", "BAABAB"),
        ("ABA", "abecdf", "ABBAAB"),
        ("BBA", "baecdf", "BABAAB"),
        ("AAB", "abcefd", "ABABBA"),
    ],
)
def test_the_example_of_radlinski_kurup_and_joachims(coins, expected, teams):
    """Table 1 of the paper: A is abcdgh, B is beafgh; who won each round's coin."""
    draft = team_draft(A, B, 6, [coin == "A" for coin in coins])
    assert "".join(draft.shown) == expected
    assert draft.teams == tuple(FIRST if team == "A" else SECOND for team in teams)


def test_credit_goes_to_the_team_with_more_clicks():
    draft = team_draft(A, B, 6, [True, True, True])
    assert credit(draft, {"b", "e", "a"}) == 0
    assert credit(draft, {"a", "c", "b"}) == 1
    assert credit(draft, {"a", "b"}) == 0.5
    assert credit(draft, set()) == 0.5
    assert credit(draft.turned(), {"a", "c", "b"}) == 0


@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_whoever_clicks_by_the_place_alone_favours_neither(lists, k):
    """Over all falls of the coins the mean score is one half, for every set of clicked places."""
    drafts = falls(*lists, k)
    for places in product([True, False], repeat=k):
        scores = [
            credit(
                draft, {name for name, clicks in zip(draft.shown, places, strict=False) if clicks}
            )
            for draft in drafts
        ]
        assert np.mean(scores) == 0.5


def test_whoever_clicks_what_one_system_alone_has_favours_it():
    drafts = falls("abcd", "efgh", 4)
    for clicked in ("a", "b", "abcd"):
        assert {credit(draft, set(clicked)) for draft in drafts} == {1}
        assert {credit(draft.turned(), set(clicked)) for draft in drafts} == {0}


def test_lists_that_are_the_same_give_no_credit():
    draft = team_draft("abcde", "abcde", 5, [True] * 5)
    assert draft == Draft(tuple("abcde"), (BOTH,) * 5)
    for clicked in product("abcde", repeat=2):
        assert credit(draft, set(clicked)) == 0.5
    nearly = falls("abcde", "abced", 5)
    assert {draft.teams[:3] for draft in nearly} == {(BOTH,) * 3}
    assert {credit(draft, set("abc")) for draft in nearly} == {0.5}


@pytest.mark.parametrize("lists", LISTS)
def test_each_team_picks_from_its_own_list_and_nothing_comes_twice(lists):
    for draft in falls(*lists, 5):
        assert len(set(draft.shown)) == len(draft.shown)
        for name, team in zip(draft.shown, draft.teams, strict=True):
            assert name in {FIRST: lists[0], SECOND: lists[1], BOTH: lists[0]}[team]
        assert is_draft_of(draft, *lists, 5)
        assert is_draft_of(draft.turned(), *lists[::-1], 5)


def test_what_no_coin_makes_of_the_lists_is_no_draft_of_them():
    draft = team_draft(A, B, 5, [True, False, True])
    assert not is_draft_of(draft, "adbcgh", B, 5)
    assert not is_draft_of(draft, A, B, 4)
    assert not is_draft_of(Draft(draft.shown, (FIRST,) * 5), A, B, 5)


def test_whoever_clicks_by_the_picture_alone_clicks_the_earlier_as_often():
    """Where both wanted the same picture it stands first for either coin, and does not count."""
    for relevant in product([True, False], repeat=8):
        clicked = {name for name, clicks in zip("abcdefgh", relevant, strict=True) if clicks}
        earlier = later = 0
        for draft in falls(A, B, 5):
            for places in exchangeable(draft, A, B):
                first, second = (draft.shown[place] in clicked for place in places)
                earlier += first and not second
                later += second and not first
        assert earlier == later
    same = team_draft("xab", "xcd", 3, [True])
    assert exchangeable(same, "xab", "xcd") == [(1, 2)]
    assert exchangeable(team_draft("axb", "xac", 3, [True]), "axb", "xac") == [(0, 1)]


def test_the_coins_of_a_reviewer_fall_the_same_again_and_whichever_system_is_first():
    lists = made_lists(200)
    turned = replace(lists, systems=lists.systems[::-1], first=lists.second, second=lists.first)
    begins = []
    for at in np.flatnonzero(~lists.identical):
        draft = drafted(lists, at, "Ann", 0)
        assert draft == drafted(lists, at, "Ann", 0)
        assert draft == drafted(turned, at, "Ann", 0).turned()
        assert is_draft_of(draft, *(lists.shown(at, system) for system in lists.systems), 5)
        begins += [team for team in draft.teams if team != BOTH][:1]
    assert 0.4 < np.mean([team == FIRST for team in begins]) < 0.6
    others = [drafted(lists, at, "Bob", 0) for at in range(50)]
    assert others != [drafted(lists, at, "Ann", 0) for at in range(50)]
