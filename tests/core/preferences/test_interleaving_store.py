"""Clicks in interleaved lists are kept at once, one for each reviewer, query and comparison."""

import json
from pathlib import Path

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.preferences.interleaving import Draft, team_draft
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.store import VerdictStore
from tests.core.verdicts.damage import spoil
from tests.core.verdicts.earlier_file import take_back

SYSTEMS = ("model", "clip")
DRAFT = team_draft(["a", "b", "c"], ["c", "d", "e"], 3, [True, False])


@pytest.fixture
def interleavings(place: Place) -> Interleavings:
    return Interleavings(place)


def kept(interleavings: Interleavings) -> list[list]:
    table = interleavings.all()[["query", "first_system", "clicked", "reviewer"]]
    return [[*row[:2], json.loads(row[2]), row[3]] for row in table.to_numpy().tolist()]


def test_a_newer_one_replaces_the_older_whichever_system_is_first(interleavings):
    assert interleavings.all().empty
    interleavings.click("q", SYSTEMS, DRAFT, ["a"], k=3, reviewer="Ann")
    turned = DRAFT.turned()
    interleavings.click("q", SYSTEMS[::-1], turned, ["d", "a"], k=3, reviewer="Ann")
    interleavings.click("q", SYSTEMS, DRAFT, [], k=3, reviewer="Боб")
    assert kept(interleavings) == [["q", "clip", ["a", "d"], "Ann"], ["q", "model", [], "Боб"]]
    row = interleavings.all().iloc[1]
    assert json.loads(row["shown"]) == list(DRAFT.shown) == ["a", "c", "d"]
    assert json.loads(row["teams"]) == ["first", "second", "second"]
    interleavings.withdraw("q", SYSTEMS, DRAFT, k=3, reviewer="Ann")
    assert kept(interleavings) == [["q", "model", [], "Боб"]]


def test_other_lengths_systems_and_bundles_are_other_comparisons(interleavings):
    for k in (3, 5):
        interleavings.click("q", SYSTEMS, DRAFT, [], k=k, reviewer="Ann")
    interleavings.click("q", ("model", "bert"), DRAFT, [], k=3, reviewer="Ann")
    same = ("model", "model")
    interleavings.click("q", same, DRAFT, [], k=3, reviewer="Ann", digests=("d1", "d2"))
    assert len(interleavings.all()) == 4


def test_who_reviewed_under_two_names_has_one(interleavings):
    for reviewer in ("anonymous-1", "Ann"):
        interleavings.click("q", SYSTEMS, DRAFT, ["a"], k=3, reviewer=reviewer)
    VerdictStore(interleavings.path).hand_over("anonymous-1", "Ann")
    assert kept(interleavings) == [["q", "model", ["a"], "Ann"]]


@pytest.mark.parametrize(
    "damage",
    [
        "k = 'abc'",
        "shown = 'x'",
        "shown = '5'",
        "shown = '[\"a\"]'",
        'teams = \'["a", "b", "c"]\'',
        "clicked = '[[1]]'",
    ],
)
def test_a_damaged_one_hides_no_other(interleavings, damage):
    for query in ("q", "r"):
        interleavings.click(query, SYSTEMS, DRAFT, ["a"], k=3, reviewer="Ann")
    spoil(interleavings.path, f"UPDATE interleavings SET {damage} WHERE query = 'q'")
    assert kept(interleavings) == [["r", "model", ["a"], "Ann"]]


def test_a_file_from_before_there_were_any_gets_them(tmp_path: Path):
    path = tmp_path / "demo.verdicts.sqlite"
    interleavings = Interleavings(path)
    VerdictStore(path).grade("q", "c", 3, reviewer="Ann")
    take_back(path, 4)
    assert interleavings.all().empty
    interleavings.click("q", SYSTEMS, DRAFT, ["a"], k=3, reviewer="Ann")
    assert len(kept(interleavings)) == len(VerdictStore(path).verdicts()) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clicked": ["z"]}, "not shown"),
        ({"draft": Draft(("a",), ("third",))}, "one of first, second, both"),
        ({"draft": Draft(("a", "c"), ("first",))}, "is in a team"),
        ({"systems": ("clip", "clip")}, "picks both teams"),
        ({"query": ""}, "image's name"),
        ({"reviewer": " "}, "is empty"),
        ({"k": 0}, "whole number from 1"),
    ],
)
def test_what_is_no_interleaving_is_refused_in_a_line(interleavings, change, says):
    given = {"query": "q", "systems": SYSTEMS, "draft": DRAFT, "clicked": [], "k": 3}
    with pytest.raises(VerdictError, match=says):
        interleavings.click(**given | {"reviewer": "A"} | change)
    assert interleavings.all().empty
