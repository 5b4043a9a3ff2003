"""Decisions on work lists: kept by name, counted by majority, and a source of verdicts."""

from mmrec_core.verdicts.decisions import LABEL, TWINS, Decisions, settled
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.store import VerdictStore


def test_accepted_near_duplicates_give_verdicts_that_go_with_the_decision(place: Place) -> None:
    decisions, store = Decisions(place), VerdictStore(place)
    store.grade("b.png", "a.png", 2, reviewer="Ann", note="mine")
    decisions.decide(TWINS, "b.png", "a.png", True, reviewer="Ann")
    given = store.verdicts().set_index(["query", "candidate"])["grade"]
    assert given.to_dict() == {("b.png", "a.png"): 2, ("a.png", "b.png"): 4}
    decisions.decide(TWINS, "a.png", "b.png", False, reviewer="Ann")
    assert decisions.all(TWINS)["accepted"].tolist() == [False]
    assert store.verdicts()["note"].tolist() == ["mine"]
    decisions.decide(TWINS, "a.png", "b.png", None, reviewer="Ann")
    assert decisions.all(TWINS).empty


def test_a_verdict_that_was_changed_since_stays(place: Place) -> None:
    decisions, store = Decisions(place), VerdictStore(place)
    decisions.decide(TWINS, "a.png", "b.png", True, reviewer="Ann")
    store.grade("a.png", "b.png", 2, reviewer="Ann")  # the note stays
    decisions.decide(TWINS, "a.png", "b.png", None, reviewer="Ann")
    assert store.verdicts()[["query", "grade"]].to_numpy().tolist() == [["a.png", 2]]


def test_the_majority_decides_and_the_newest_at_a_tie(place: Place) -> None:
    decisions = Decisions(place)
    for reviewer, accepted in (("Ann", True), ("Боб", False)):
        decisions.decide(LABEL, "a.png", "dog", accepted, reviewer=reviewer)
    assert settled(decisions.all(LABEL))["accepted"].tolist() == [False]
    decisions.decide(LABEL, "a.png", "dog", True, reviewer="Eve")
    table = settled(decisions.all(LABEL))
    assert table.to_numpy().tolist() == [["a.png", "dog", True, 3]]
    assert decisions.all(TWINS).empty


def test_decisions_are_handed_over_with_a_name(place: Place) -> None:
    Decisions(place).decide(LABEL, "a.png", "dog", True, reviewer="anonymous-1")
    VerdictStore(place).hand_over("anonymous-1", "Ann")
    assert Decisions(place).all(LABEL)["reviewer"].tolist() == ["Ann"]
