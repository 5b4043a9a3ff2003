"""Two bundles of the same images: their lists by name, on the queries that both hold out."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import open_bundle
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.preferences.drawing import draw
from mmrec_core.preferences.interleaving import drafted
from mmrec_core.preferences.interleaving_figures import current_interleavings
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.judged import current, judgements
from mmrec_core.preferences.lists_of_both import ListsOfBoth, lists_of_both
from mmrec_core.preferences.query_lists import MOST_SCORED, QueryLists, system_lists
from mmrec_core.preferences.store import Preferences, ShownList
from mmrec_core.preferences.strengths import strengths
from mmrec_core.preferences.systems import bundle_of, ranker_of, system_of
from mmrec_core.serving.recommender import Recommender
from tests.altered_bundles import with_captions_dealt_out, without_pairs

OWN, OTHER = "bert", "bert@dealt"


@pytest.fixture(scope="module")
def recommenders(demo_bundle: Path, tmp_path_factory) -> tuple[Recommender, Recommender]:
    dealt = with_captions_dealt_out(demo_bundle, tmp_path_factory.mktemp("two") / "dealt")
    return Recommender(open_bundle(demo_bundle)), Recommender(open_bundle(dealt))


@pytest.fixture(scope="module")
def both(recommenders) -> ListsOfBoth:
    a, b = recommenders
    return lists_of_both(a, scored_pairs(a), b, scored_pairs(b), "dealt")


def test_each_bundle_s_rankers_are_systems_of_their_own(both):
    rankers = [name for name in both.lists.of if not bundle_of(name)]
    assert {system_of(name, "dealt") for name in rankers} == set(both.lists.of) - set(rankers)
    assert (ranker_of(OTHER), bundle_of(OTHER), bundle_of(OWN)) == ("bert", "dealt", "")


def test_lists_are_each_bundle_s_own_by_name(both, recommenders):
    """One image is called otherwise in B: it is a query of A alone, and a picture of B alone."""
    a, b = recommenders
    lists = both.lists.between((OWN, OTHER), 5)
    assert (both.images.only_a, both.images.only_b) == (1, 1)
    assert (both.queries_only_a, both.queries_only_b) == (1, 1)
    assert "renamed.png" not in lists.names
    own = system_lists(a, scored_pairs(a)).between(("bert", "clip"), 5)
    there = system_lists(b, scored_pairs(b)).between(("bert", "clip"), 5)
    place_a, place_b = ({n: i for i, n in enumerate(each.names)} for each in (own, there))
    for at, name in enumerate(lists.names):
        assert lists.shown(at, OWN) == own.shown(place_a[name], "bert")
        assert lists.shown(at, OTHER) == there.shown(place_b[name], "bert")
    b_rows = both.row_in_b[lists.second[lists.second >= 0]]
    images = b.bundle.items["image"].to_numpy()
    assert images[b_rows].tolist() == lists.images[lists.second[lists.second >= 0]].tolist()
    assert lists.images[-1] == images[both.row_in_b[-1]] == "renamed.png"


def test_where_one_did_not_keep_its_lists_at_most_so_many_are_drawn(recommenders, tmp_path):
    a, b = recommenders
    bare = Recommender(open_bundle(without_pairs(b.bundle.path, tmp_path / "bare")))
    found = lists_of_both(a, scored_pairs(a), bare, scored_pairs(bare), "bare")
    assert 0 < len(found.lists.queries) <= MOST_SCORED
    held_out = set(np.unique(scored_pairs(a)["query"]))
    assert set(found.lists.queries.tolist()) <= held_out
    assert "model" in found.lists.of
    assert "model@bare" not in found.lists.of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "demo.verdicts.sqlite"


def prefer(path: Path, lists: QueryLists, at: int, winner: str, digests=("a", "b")) -> None:
    """Keep that a system's list was preferred, which stood on the right."""
    loser = next(system for system in lists.systems if system != winner)
    of = dict(zip(lists.systems, digests, strict=True))
    left, right = (
        ShownList(ranker_of(system), lists.shown(at, system), of[system])
        for system in (loser, winner)
    )
    Preferences(path).prefer(str(lists.names[at]), left, right, "right", k=5, reviewer="Ann")


def test_preferences_tell_the_same_ranker_of_two_bundles_apart(both, path):
    drawing = draw(both.lists.between((OWN, OTHER), 5), seed=0)
    lists, (first, second, *_rest) = drawing.lists, drawing.order.tolist()
    prefer(path, lists, first, OWN)
    prefer(path, lists, second, OTHER, digests=("an earlier build", "b"))
    given = current(Preferences(path).all(), lists)
    assert given["right_system"].tolist() == [OWN, OTHER]
    assert judgements(given, OWN)["score"].tolist() == [1, 0]
    turned = both.lists.between((OTHER, OWN), 5)
    assert judgements(current(Preferences(path).all(), turned), OTHER)["score"].tolist() == [0, 1]
    within = both.lists.between(("bert", "clip"), 5)
    assert current(Preferences(path).all(), within).empty


def test_what_was_said_within_one_bundle_is_not_said_of_two(both, path):
    within = both.lists.between(("bert", "clip"), 5)
    at = int(draw(within, seed=0).order[0])
    prefer(path, within, at, "bert", digests=("a", "a"))
    assert len(current(Preferences(path).all(), within)) == 1
    across = both.lists.between(("bert", "clip@dealt"), 5)
    assert current(Preferences(path).all(), across).empty


def test_a_preference_is_taken_back_by_what_was_shown(both, path):
    lists = both.lists.between((OWN, OTHER), 5)
    at = int(draw(lists, seed=0).order[0])
    prefer(path, lists, at, OWN)
    sides = [ShownList("bert", lists.shown(at, system)) for system in lists.systems]
    preferences = Preferences(path)
    preferences.withdraw(str(lists.names[at]), *sides, k=5, reviewer="Ann")
    assert len(preferences.all()) == 1, "within one bundle nothing was said"
    sides = [
        ShownList("bert", lists.shown(at, system), digest)
        for system, digest in zip(lists.systems, ("later", "b"), strict=True)
    ]
    preferences.withdraw(str(lists.names[at]), *sides, k=5, reviewer="Ann")
    assert preferences.all().empty


def test_interleaved_lists_of_the_same_ranker_keep_their_teams(both, path):
    drawing = draw(both.lists.between((OWN, OTHER), 5), seed=0)
    lists, at = drawing.lists, int(drawing.order[0])
    draft = drafted(lists, at, "Ann", 0)
    clicked = [n for n, team in zip(draft.shown, draft.teams, strict=True) if team == "first"]
    kept = Interleavings(path)
    query = str(lists.names[at])
    same = ("bert", "bert")
    kept.click(query, same, draft, clicked, k=5, reviewer="Ann", digests=("a", "b"))
    given = current_interleavings(kept.all(), lists)
    assert given["score"].tolist() == [1]
    turned = current_interleavings(kept.all(), both.lists.between((OTHER, OWN), 5))
    assert turned["score"].tolist() == [0]
    assert turned["draft"].tolist() == [draft.turned()]
    kept.click(query, same, draft.turned(), clicked, k=5, reviewer="Ann", digests=("b", "a"))
    assert len(kept.all()) == 1
    assert current_interleavings(kept.all(), lists)["score"].tolist() == [1]
    assert json.loads(kept.all()["teams"].iloc[0]) == list(draft.turned().teams)
    kept.withdraw(query, same, draft, k=5, reviewer="Ann")
    assert len(kept.all()) == 1, "within one bundle there is none"
    kept.withdraw(query, same, draft, k=5, reviewer="Ann", digests=("a", "b"))
    assert kept.all().empty


def test_strengths_put_the_systems_of_two_bundles_on_one_scale(both, path):
    systems = ("clip", "bert", "bert@dealt")
    given = []
    for first, second in (systems[:2], systems[1:], systems[::2]):
        drawing = draw(both.lists.between((first, second), 5), seed=0)
        digests = ("a", "b" if bundle_of(second) else "a")
        for n, at in enumerate(drawing.order[:5].tolist()):
            prefer(path, drawing.lists, at, first if n < 4 else second, digests=digests)
        given.append(current(Preferences(path).all(), drawing.lists))
    assert [len(part) for part in given] == [5, 5, 5]
    found = strengths(pd.concat(given), systems, seed=0)
    assert found is not None
    assert found.systems == systems
