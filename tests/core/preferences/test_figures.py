"""Each figure of preferences against a known answer, or a well-kept library."""

from dataclasses import replace

import choix
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, binomtest

from mmrec_core.preferences.agreement import preference_agreement
from mmrec_core.preferences.drawing import draw
from mmrec_core.preferences.figures import (
    MOST_JUDGEMENTS,
    decisions_needed,
    judgements_to_settle,
    left_rate,
    pair_figures,
    sign_test,
)
from mmrec_core.preferences.judged import current, judgements, wins
from mmrec_core.preferences.rates import share, wilson, win_rate
from mmrec_core.preferences.strengths import largest_comparable, log_strengths, strengths
from tests.core.preferences.test_drawing import SYSTEMS, made_lists


def stored(*rows: tuple[int, str, str, str], systems: tuple[str, str] = SYSTEMS) -> pd.DataFrame:
    """Preferences of made lists: place of the query, what stood on the left, choice, reviewer."""
    lists = replace(made_lists(300), systems=systems)
    records = []
    for at, left, choice, reviewer in rows:
        right = systems[1 - systems.index(left)]
        shown = {system: list(lists.shown(at, system)) for system in systems}
        records.append(
            {
                "query": lists.names[at],
                "left_system": left,
                "right_system": right,
                "choice": choice,
                "reviewer": reviewer,
                "k": 5,
                "left_digest": "",
                "right_digest": "",
                "left_shown": pd.io.json.ujson_dumps(shown[left]).replace('","', '", "'),
                "right_shown": pd.io.json.ujson_dumps(shown[right]).replace('","', '", "'),
            }
        )
    return pd.DataFrame(records)


def test_a_choice_of_a_side_is_one_of_a_system():
    given = stored(
        (1, "model", "left", "Ann"), (1, "clip", "left", "Bob"), (2, "clip", "right", "Ann"),
        (2, "model", "both good", "Bob"),
    )  # fmt: skip
    said = judgements(current(given, made_lists(300)), "model")
    assert said[["at", "score", "outcome"]].to_numpy().tolist() == [
        [1, 1.0, "first"], [1, 0.0, "second"], [2, 1.0, "first"], [2, 0.5, "both good"],
    ]  # fmt: skip


def test_what_was_said_of_other_lists_counts_no_more():
    given = stored((1, "model", "left", "Ann"), (2, "model", "left", "Ann"))
    given.loc[0, "left_shown"] = '["gone.png"]'
    longer, others = given[1:].assign(k=10), given[1:].assign(right_system="bert")
    given = pd.concat([given, longer, others], ignore_index=True)
    assert current(given, made_lists(300))["at"].tolist() == [2]


def test_the_estimate_holds_for_all_queries_although_those_that_differ_come_first():
    """Where one system wins whenever lists differ much, the plain rate is too high."""
    plain, weighted, truth = [], [], []
    for seed in range(300):
        drawing = draw(made_lists(200), seed)
        sizes = drawing.sizes
        outcome = np.where(sizes == 0, 0.5, (sizes > 0.6).astype(float))
        truth.append(outcome.mean())
        first = drawing.order[:50]
        weights = 1 / drawing.inclusion(first)
        weighted.append(win_rate(outcome[first], weights, 0, (sizes == 0).mean())["value"])
        plain.append(outcome[first].mean())
    error = np.std(weighted) / np.sqrt(len(weighted))
    assert abs(np.mean(weighted) - truth[0]) < 4 * error + 0.005
    assert np.mean(plain) - truth[0] > 0.1


def test_a_win_rate_halves_ties_and_its_interval_draws_queries():
    scores = np.array([1] * 60 + [0.5] * 20 + [0] * 20)
    found = win_rate(scores, np.ones(100), seed=0)
    assert found["value"] == pytest.approx(0.7)
    deviation = scores.std() / 10
    assert found["low"] == pytest.approx(0.7 - 1.96 * deviation, abs=0.015)
    assert found["high"] == pytest.approx(0.7 + 1.96 * deviation, abs=0.015)
    assert win_rate(np.array([]), np.array([]), 0)["value"] is None
    half = win_rate(scores, np.ones(100), seed=0, identical=0.5)
    assert half["value"] == pytest.approx(0.6)


def test_where_all_say_the_same_the_interval_is_wilson_s():
    expected = binomtest(8, 8).proportion_ci(method="wilson")
    assert wilson(1, 8) == pytest.approx((expected.low, expected.high))
    found = win_rate(np.ones(8), np.ones(8), seed=0)
    assert (found["low"], found["high"]) == pytest.approx((expected.low, 1))


def test_the_sign_test_leaves_ties_out():
    """Nine of ten: 22 of 1,024 outcomes are as far from even, 0.0215 two-sided."""
    test = sign_test(np.array([1] * 9 + [0] + [0.5] * 7))
    assert (test.wins, test.losses, test.ties) == (9, 1, 7)
    assert test.p == pytest.approx(22 / 1024)
    assert test.settled
    assert sign_test(np.array([0.5, 0.5])).p is None


def test_how_many_more_judgements_settle_it():
    """194 at a rate of 60 %, 47 at 70 %: the tables of sample sizes for one proportion."""
    assert decisions_needed(0.6) == pytest.approx(193.9, abs=0.1)
    assert decisions_needed(0.7) == pytest.approx(46.6, abs=0.1)
    assert decisions_needed(0.3) == pytest.approx(decisions_needed(0.7))
    exact = binom.sf(binom.ppf(0.975, 194, 0.5), 194, 0.6)
    assert exact == pytest.approx(0.8, abs=0.05)
    enough = 2 * MOST_JUDGEMENTS
    assert judgements_to_settle(sign_test(np.array([1] * 12 + [0] * 8)), enough) == 194 - 20
    with_ties = judgements_to_settle(sign_test(np.array([1] * 12 + [0] * 8 + [0.5] * 20)), enough)
    assert with_ties == 388 - 40
    assert judgements_to_settle(sign_test(np.array([1] * 20)), 0) == 0
    assert judgements_to_settle(sign_test(np.array([1] * 10 + [0] * 10)), enough) is None
    assert judgements_to_settle(sign_test(np.array([1] * 101 + [0] * 99)), enough) is None


def test_no_more_judgements_are_asked_for_than_queries_are_left():
    test = sign_test(np.array([1] * 12 + [0] * 8))
    assert judgements_to_settle(test, 174) == 174
    assert judgements_to_settle(test, 173) is None


def test_position_bias_counts_the_left_list_whosever_it_was():
    said = pd.DataFrame(
        {"at": range(40), "choice": ["left"] * 24 + ["right"] * 6 + ["both bad"] * 10}
    )
    found = left_rate(said, seed=0)
    assert found["value"] == pytest.approx(0.8)
    assert found["low"] > 0.5
    everywhere = left_rate(said[:24], seed=0)
    assert (everywhere["value"], everywhere["high"]) == (1, 1)
    assert everywhere["low"] < 0.95


def test_intervals_of_shares_draw_queries_and_not_judgements():
    """Four reviewers who say the same of each query tell as much as one: sqrt(p (1 - p) / n)."""
    said = pd.DataFrame(
        {"at": np.repeat(range(200), 4), "choice": ["left"] * 480 + ["right"] * 320}
    )
    found = left_rate(said, seed=0)
    error = np.sqrt(0.6 * 0.4 / 200)
    assert found["value"] == pytest.approx(0.6)
    assert found["low"] == pytest.approx(0.6 - 1.96 * error, abs=0.01)
    assert found["high"] == pytest.approx(0.6 + 1.96 * error, abs=0.01)
    parts, of = np.array([3.0, 0.0, 1.0]), np.array([4.0, 0.0, 4.0])
    assert share(parts, of, np.array([7, 8, 9]), 0)["value"] == 0.5


@pytest.mark.parametrize(("wins", "of"), [(0, 5), (3, 10), (50, 100), (199, 200)])
def test_wilson_s_interval_is_scipy_s(wins, of):
    expected = binomtest(wins, of).proportion_ci(method="wilson")
    assert wilson(wins / of, of) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("wins", "losses"), [(0, 6), (12, 5), (60, 40)])
def test_the_sign_test_is_scipy_s(wins, losses):
    scores = np.array([1.0] * wins + [0.5] * 3 + [0.0] * losses)
    assert sign_test(scores).p == pytest.approx(binomtest(wins, wins + losses).pvalue)


def agreed(*reviewers: str) -> pd.DataFrame:
    rows = [
        (at, f"reviewer {i}", outcome)
        for i, outcomes in enumerate(reviewers)
        for at, outcome in enumerate(outcomes)
        if outcome != "."
    ]
    return pd.DataFrame(rows, columns=["at", "reviewer", "outcome"])


def test_agreement_is_krippendorff_s():
    """His examples B (two observers, two categories) and C (four, with gaps), 2011."""
    found = preference_agreement(agreed("0100000010", "1110010000"))
    assert (found.units, found.reviewers, found.same) == (10, 2, 0.6)
    assert found.alpha == pytest.approx(0.095, abs=0.001)
    found = preference_agreement(
        agreed("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    )
    assert found.alpha == pytest.approx(0.743, abs=0.001)


def test_agreement_is_not_defined_alone_or_where_nothing_differs():
    assert preference_agreement(agreed("12", "..")).units == 0
    found = preference_agreement(agreed("11", "11"))
    assert (found.units, found.same, found.alpha) == (2, 1, None)


def test_strengths_of_agresti_s_baseball_teams():
    """Categorical Data Analysis, 2002, table 10.11: American League 1987, from Baltimore on."""
    won = np.array(
        [
            [0, 7, 9, 7, 7, 9, 11],
            [6, 0, 7, 5, 11, 9, 9],
            [4, 6, 0, 7, 7, 8, 12],
            [6, 8, 6, 0, 6, 7, 10],
            [6, 2, 6, 7, 0, 7, 12],
            [4, 4, 5, 6, 6, 0, 6],
            [2, 4, 1, 3, 1, 7, 0],
        ],
        dtype=float,
    )
    fitted = log_strengths(won)
    published = [1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0]
    assert (fitted - fitted[-1]).round(2).tolist() == published


def test_strengths_are_choix_s():
    generator = np.random.default_rng(3)
    data = [tuple(generator.choice(4, 2, replace=False).tolist()) for _ in range(120)]
    won = np.zeros((4, 4))
    for winner, loser in data:
        won[winner, loser] += 1
    expected = choix.ilsr_pairwise(4, data)
    both = log_strengths(np.stack([won, won.T]))
    assert both[0] == pytest.approx(expected - expected.mean(), abs=1e-5)
    assert both[1] == pytest.approx(expected.mean() - expected, abs=1e-5)


def test_strengths_need_three_systems_that_can_be_compared():
    given = pd.concat(
        [
            stored((at, pair[0], choice, "Ann"), systems=pair)
            for pair in (("model", "clip"), ("clip", "bert"), ("model", "bert"))
            for at, choice in enumerate(("left", "left", "right", "left", "both bad"))
        ]
    )
    found = strengths(given, ("bert", "clip", "model", "fused"), seed=0)
    assert found is not None
    assert found.systems == ("model", "clip", "bert")
    assert found.queries == 5
    top = found.of["model"]
    assert top["low"] <= top["value"] <= top["high"]
    assert strengths(given[:5], ("model", "clip"), seed=0) is None


def test_who_lost_all_has_no_strength_and_takes_none_from_the_others():
    rows = (("left", "left", "right"), ("model", "clip"), ("clip", "bert"), ("model", "bert"))
    given = [
        stored(*((at, pair[0], choice, "Ann") for at, choice in enumerate(rows[0])), systems=pair)
        for pair in rows[1:]
    ]
    lost = stored(*((at, "fused", "right", "Ann") for at in range(4)), systems=("fused", "model"))
    systems = ("bert", "clip", "model", "fused")
    alone = strengths(pd.concat(given), systems, seed=0)
    found = strengths(pd.concat([*given, lost]), systems, seed=0)
    assert (found.systems, found.left_out) == (alone.systems, ("fused",))
    assert found.queries == alone.queries == 3
    assert found.of == alone.of
    assert largest_comparable(np.array([[0.0, 2, 1], [0, 0, 1], [0, 1, 0]])) == [1, 2]


def test_intervals_of_strengths_are_those_of_the_likelihood():
    """The standard error by the inverse of Fisher's information, which a bootstrap comes near."""
    generator, true = np.random.default_rng(0), dict(model=0.8, clip=0.0, bert=-0.8)
    rows = []
    for at in range(600):
        left, right = generator.choice(list(true), 2, replace=False)
        chance = 1 / (1 + np.exp(true[right] - true[left]))
        choice = "left" if generator.random() < chance else "right"
        rows.append((f"q{at}", left, right, choice, "Ann"))
    names = ["query", "left_system", "right_system", "choice", "reviewer"]
    given = pd.DataFrame(rows, columns=names)
    found = strengths(given, list(true), seed=0)
    _queries, won = wins(given, list(true))
    met = won.sum(axis=0) + won.sum(axis=0).T
    fitted = np.array([found.of[name]["value"] for name in true])
    chance = 1 / (1 + np.exp(fitted[None] - fitted[:, None]))
    information = -met * chance * (1 - chance)
    np.fill_diagonal(information, -information.sum(axis=1))
    errors = np.sqrt(np.diag(np.linalg.pinv(information)))
    for name, error in zip(true, errors, strict=True):
        one = found.of[name]
        assert one["low"] < true[name] < one["high"]
        assert one["high"] - one["low"] == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_several_reviewers_of_a_query_weigh_as_one():
    given = stored(
        (1, "model", "left", "Ann"), (1, "model", "left", "Bob"), (1, "clip", "left", "Cem"),
        (2, "clip", "both good", "Ann"),
    )  # fmt: skip
    queries, won = wins(given, SYSTEMS)
    assert len(queries) == 2
    assert won[:, 0, 1] == pytest.approx([2 / 3, 1 / 2])
    assert won[:, 1, 0] == pytest.approx([1 / 3, 1 / 2])


def test_all_figures_of_one_comparison():
    drawing = draw(made_lists(300), seed=0)
    rows = [
        (int(at), "model" if i % 2 else "clip", "right" if i % 2 else "left", "Ann")
        for i, at in enumerate(drawing.order[:30])
    ]
    rows += [(int(drawing.order[0]), "model", "both bad", "Bob")]
    given = current(stored(*rows), drawing.lists)
    found = pair_figures(judgements(given, "model"), drawing, seed=0)
    assert (found.judgements, found.reviewers, found.queries) == (31, 2, 30)
    assert found.identical == int(drawing.lists.identical.sum())
    assert found.sign_test.losses == 30
    assert found.more == 0
    assert found.both_bad == 1
    assert found.unjudged == len(drawing.order) - 30
    assert found.in_order == 1
    assert found.plain_rate["value"] == pytest.approx(0.25 / 30)
    assert found.win_rate["value"] > found.plain_rate["value"]
    empty = pair_figures(judgements(given[:0], "model"), drawing, seed=0)
    assert (empty.queries, empty.win_rate["value"], empty.more) == (0, None, None)
