"""Each figure of interleaved lists against a known answer, or a well-kept library."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from mmrec_core.preferences.drawing import Drawing, draw
from mmrec_core.preferences.interleaving import BOTH, FIRST, SECOND, Draft, drafted
from mmrec_core.preferences.interleaving_figures import (
    InterleavedFigures,
    both_ways,
    current_interleavings,
    interleaved_figures,
)
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.query_lists import QueryLists
from tests.core.preferences.test_drawing import SYSTEMS, made_lists

Clicks = Callable[[Draft], list[str]]


def of_team(team: str) -> Clicks:
    return lambda draft: [n for n, t in zip(draft.shown, draft.teams, strict=True) if t == team]


def nothing(draft: Draft) -> list[str]:
    return []


class Clicked:
    """Reviewers' clicks, as the table of the store."""

    def __init__(self, lists: QueryLists):
        self.lists, self.rows = lists, []

    def add(self, at: int, clicks: Clicks, reviewer: str = "Ann") -> None:
        draft = drafted(self.lists, at, reviewer, 0)
        shown, teams = (pd.io.json.ujson_dumps(list(x)) for x in (draft.shown, draft.teams))
        clicked = pd.io.json.ujson_dumps(clicks(draft))
        query = self.lists.names[at]
        self.rows.append((query, *SYSTEMS, clicked, reviewer, 5, shown, teams))

    @property
    def table(self) -> pd.DataFrame:
        names = ["query", "first_system", "second_system", "clicked", "reviewer", "k", "shown"]
        table = pd.DataFrame(self.rows, columns=[*names, "teams"])
        return table.assign(first_digest="", second_digest="")

    def current(self) -> pd.DataFrame:
        return current_interleavings(self.table, self.lists)


def measured(*clicks: tuple[Clicks, int], n: int = 300) -> InterleavedFigures:
    """Figures of the first queries in the order of their drawing, so many clicked in a way."""
    drawing = draw(made_lists(n), 0)
    given, at = Clicked(drawing.lists), iter(drawing.order.tolist())
    for way, times in clicks:
        for _time in range(times):
            given.add(next(at), way)
    return interleaved_figures(given.current(), drawing, seed=0)


def test_delta_is_the_share_of_wins_with_half_the_ties_less_one_half():
    """Radlinski, Kurup and Joachims: (12 + 5 / 2) / 20 - 0.5 of the judged queries."""
    found = measured((of_team(FIRST), 12), (of_team(SECOND), 3), (nothing, 5))
    assert (found.judgements, found.queries, found.unclicked) == (20, 20, 5)
    assert found.unjudged == len(draw(made_lists(300), 0).order) - 20
    assert found.plain_delta["value"] == pytest.approx(14.5 / 20 - 0.5)
    test = found.sign_test
    assert (test.wins, test.losses, test.ties) == (12, 3, 5)
    assert test.p == pytest.approx(binomtest(12, 15).pvalue)
    assert found.delta["low"] < found.delta["value"] < found.delta["high"]


def test_delta_is_zero_where_only_what_is_nobody_s_is_clicked():
    found = measured((of_team(BOTH), 30))
    assert found.plain_delta["value"] == found.delta["value"] == 0
    assert (found.sign_test.ties, found.sign_test.p, found.more) == (30, None, None)


def test_delta_holds_for_all_queries_although_those_that_differ_come_first():
    """One system's pictures are clicked where the lists differ much, and nothing elsewhere."""
    plain, weighted = [], []
    for seed in range(200):
        drawing = draw(made_lists(200), seed)
        wins = drawing.sizes > 0.6
        given = Clicked(drawing.lists)
        for at in drawing.order[:50].tolist():
            given.add(at, of_team(FIRST) if wins[at] else nothing)
        found = interleaved_figures(given.current(), drawing, seed=0)
        weighted.append(found.delta["value"])
        plain.append(found.plain_delta["value"])
    truth = wins.mean() / 2
    assert abs(np.mean(weighted) - truth) < 4 * np.std(weighted) / np.sqrt(200) + 0.005
    assert np.mean(plain) - truth > 0.05


def test_clicks_by_the_place_alone_favour_neither_system_and_show_as_a_bias():
    drawing = draw(made_lists(2000), 0)
    given = Clicked(drawing.lists)
    for at in drawing.order[:600].tolist():
        given.add(at, lambda draft: [draft.shown[0], draft.shown[2]])
    found = interleaved_figures(given.current(), drawing, seed=0)
    assert found.plain_delta["low"] < 0 < found.plain_delta["high"]
    assert [place["value"] for place in found.places] == [1, 0, 1, 0, 0]
    assert found.earlier_rate["low"] > 0.5


def test_clicks_by_the_picture_alone_show_no_bias():
    drawing = draw(made_lists(2000), 0)
    given, generator = Clicked(drawing.lists), np.random.default_rng(0)
    relevant = set(drawing.lists.images[generator.random(200) < 0.4])
    for at in drawing.order[:600].tolist():
        given.add(at, lambda draft: [name for name in draft.shown if name in relevant])
    found = interleaved_figures(given.current(), drawing, seed=0)
    assert found.earlier_rate["low"] < 0.5 < found.earlier_rate["high"]
    assert found.places[0]["value"] == pytest.approx(0.4, abs=0.08)


def test_what_could_not_be_drafted_of_the_lists_any_more_does_not_count():
    drawing = draw(made_lists(300), 0)
    given = Clicked(drawing.lists)
    for at in drawing.order[:3].tolist():
        given.add(at, of_team(FIRST))
    table = given.table
    assert current_interleavings(table, drawing.lists)["score"].tolist() == [1, 1, 1]
    longer, others = table.assign(k=10), table.assign(second_system="bert")
    gone = table.assign(query="gone.png")
    changed = table.assign(teams=table["teams"].str.replace("first", "second"))
    for strange in (longer, others, gone, changed):
        assert current_interleavings(strange, drawing.lists).empty
    turned = table.assign(
        first_system=SYSTEMS[1],
        second_system=SYSTEMS[0],
        teams=[
            text.replace("first", "?").replace("second", "first").replace("?", "second")
            for text in table["teams"]
        ],
    )
    assert current_interleavings(turned, drawing.lists)["score"].tolist() == [1, 1, 1]


def test_reviewers_agree_on_pictures_that_several_were_shown():
    drawing = draw(made_lists(300), 0)
    given = Clicked(drawing.lists)
    for at in drawing.order[:20].tolist():
        for reviewer in ("Ann", "Bob"):
            given.add(at, lambda draft: list(draft.shown[:2]), reviewer)
    found = interleaved_figures(given.current(), drawing, seed=0)
    assert (found.judgements, found.queries, found.reviewers) == (40, 20, 2)
    marks = {
        (row.at, name, row.reviewer): name in row.clicked
        for row in given.current().itertuples()
        for name in row.draft.shown
    }
    ann, bob = zip(
        *[
            (mark, marks[at, name, "Bob"])
            for (at, name, reviewer), mark in marks.items()
            if reviewer == "Ann" and (at, name, "Bob") in marks
        ],
        strict=True,
    )
    assert found.pictures.units == len(ann) > 20
    assert found.pictures.same == pytest.approx(np.mean(np.array(ann) == np.array(bob)))
    # With as many values alpha is near kappa, of which it differs by the smallness of the sample.
    assert found.pictures.alpha == pytest.approx(cohen_kappa_score(ann, bob), abs=0.01)


def test_how_far_preferences_and_clicks_agree_is_said_of_queries_judged_both_ways():
    preferred = pd.DataFrame({"at": [1, 1, 2, 3, 4, 9], "score": [1.0, 1.0, 0.0, 0.5, 1.0, 1.0]})
    clicked = pd.DataFrame({"at": [1, 2, 3, 4, 7], "score": [1.0, 0.0, 1.0, 1.0, 0.0]})
    found = both_ways(preferred, clicked)
    assert (found.units, found.same) == (4, 0.75)
    # Krippendorff: 1 - (n - 1) o / e, of 8 values 5 wins, 2 losses and 1 tie, 2 in disagreement
    assert found.alpha == pytest.approx(1 - 7 * 2 / (64 - 25 - 4 - 1))
    assert both_ways(preferred, clicked[4:]).units == 0


def test_without_clicks_there_are_no_figures(tmp_path: Path):
    drawing: Drawing = draw(made_lists(300), 0)
    none = Interleavings(tmp_path / "none.verdicts.sqlite").all()
    found = interleaved_figures(current_interleavings(none, drawing.lists), drawing, seed=0)
    assert (found.judgements, found.delta["value"], found.more) == (0, None, None)
    assert {place["value"] for place in found.places} == {None}
    assert (found.pictures.units, found.earlier_rate["value"]) == (0, None)
