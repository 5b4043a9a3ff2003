"""Preferences are kept at once, one for each reviewer, query and comparison."""

from pathlib import Path

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.preferences.store import Preferences, ShownList
from mmrec_core.verdicts.decisions import TWINS, Decisions
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.store import VerdictStore
from tests.core.verdicts.damage import spoil
from tests.core.verdicts.earlier_file import take_back

MODEL, CLIP = ShownList("model", ("a.png", "b.png"), "d1"), ShownList("clip", ("b.png",), "d1")


@pytest.fixture
def preferences(place: Place) -> Preferences:
    return Preferences(place)


def kept(preferences: Preferences) -> list[list]:
    return preferences.all()[["query", "left_system", "choice", "reviewer"]].to_numpy().tolist()


def test_a_newer_preference_replaces_the_older_one_whichever_side_a_system_stood_on(preferences):
    assert preferences.all().empty
    preferences.prefer("q", MODEL, CLIP, "left", k=2, reviewer="Ann")
    preferences.prefer("q", CLIP, MODEL, "both bad", k=2, reviewer="Ann")
    preferences.prefer("q", MODEL, CLIP, "right", k=2, reviewer="Боб")
    assert kept(preferences) == [["q", "clip", "both bad", "Ann"], ["q", "model", "right", "Боб"]]
    row = preferences.all().iloc[0]
    assert row[["left_shown", "right_shown", "k"]].tolist() == [
        '["b.png"]',
        '["a.png", "b.png"]',
        2,
    ]
    preferences.withdraw("q", MODEL, CLIP, k=2, reviewer="Ann")
    assert kept(preferences) == [["q", "model", "right", "Боб"]]


def test_other_lengths_systems_and_builds_are_other_comparisons(preferences):
    preferences.prefer("q", MODEL, CLIP, "left", k=2, reviewer="Ann")
    preferences.prefer("q", MODEL, CLIP, "left", k=10, reviewer="Ann")
    preferences.prefer("q", MODEL, ShownList("bert", (), "d1"), "left", k=2, reviewer="Ann")
    preferences.prefer("q", MODEL, ShownList("clip", (), "d2"), "left", k=2, reviewer="Ann")
    preferences.prefer("q", MODEL, ShownList("model", (), "d2"), "right", k=2, reviewer="Ann")
    assert len(preferences.all()) == 5


def test_who_reviewed_under_two_names_has_one_preference(preferences):
    for reviewer in ("anonymous-1", "Ann"):
        preferences.prefer("q", MODEL, CLIP, "left", k=2, reviewer=reviewer)
    preferences.prefer("r", MODEL, CLIP, "right", k=2, reviewer="anonymous-1")
    VerdictStore(preferences.path).hand_over("anonymous-1", "Ann")
    assert sorted(kept(preferences)) == [
        ["q", "model", "left", "Ann"],
        ["r", "model", "right", "Ann"],
    ]


def test_a_file_from_before_there_were_preferences_is_read_and_gets_them(tmp_path: Path):
    path = tmp_path / "demo.verdicts.sqlite"
    preferences = Preferences(path)
    VerdictStore(path).grade("q", "c", 3, reviewer="Ann")
    Decisions(path).decide(TWINS, "a", "b", False, reviewer="Ann")
    take_back(path, 3)
    assert preferences.all().empty
    preferences.prefer("q", MODEL, CLIP, "both good", k=2, reviewer="Ann")
    assert kept(preferences) == [["q", "model", "both good", "Ann"]]
    assert VerdictStore(path).verdicts()["grade"].tolist() == [3]
    assert len(Decisions(path).all(TWINS)) == 1


@pytest.mark.parametrize("damage", ["k = 'abc'", "k = 2.5", "left_shown = x'ff'"])
def test_a_damaged_preference_hides_no_other(tmp_path: Path, damage: str):
    preferences = Preferences(tmp_path / "demo.verdicts.sqlite")
    for query in ("q", "r"):
        preferences.prefer(query, MODEL, CLIP, "left", k=2, reviewer="Ann")
    spoil(preferences.path, f"UPDATE preferences SET {damage} WHERE query = 'q'")
    assert kept(preferences) == [["r", "model", "left", "Ann"]]
    assert preferences.all()["k"].dtype == "int64"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"choice": "neither"}, "expected one of left, right, both good, both bad"),
        ({"right": MODEL}, "on both sides"),
        ({"left": ShownList("model", ("\udc80",))}, "valid Unicode text"),
        ({"query": ""}, "image's name"),
        ({"reviewer": " "}, "is empty"),
        ({"k": 0}, "whole number from 1"),
    ],
)
def test_what_is_no_preference_is_refused_in_a_line(preferences, change, says):
    given = {"query": "q", "left": MODEL, "right": CLIP, "choice": "left", "k": 2, "reviewer": "A"}
    with pytest.raises(VerdictError, match=says):
        preferences.prefer(**given | change)
    assert preferences.all().empty
