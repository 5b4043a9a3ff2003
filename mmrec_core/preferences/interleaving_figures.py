"""What the clicks in interleaved lists say of two systems."""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.preferences.agreement import PreferenceAgreement, preference_agreement
from mmrec_core.preferences.drawing import Drawing
from mmrec_core.preferences.figures import SignTest, judgements_to_settle, sign_test
from mmrec_core.preferences.interleaving import (
    FIRST,
    SECOND,
    Draft,
    credit,
    exchangeable,
    is_draft_of,
)
from mmrec_core.preferences.judged import TIE, between
from mmrec_core.preferences.query_lists import QueryLists
from mmrec_core.preferences.rates import rates, share
from mmrec_core.preferences.systems import ranker_of

_OUTCOME = {1.0: "first", 0.5: "tie", 0.0: "second"}


@dataclass(frozen=True)
class InterleavedFigures:
    """What is known of two systems from clicks in lists that were made of both.

    Attributes
    ----------
    judgements, reviewers, queries : int
        Lists that were clicked through, by how many, and of how many queries.
    all_queries, identical : int
        Queries that can be compared, and those among them to which both systems give the same
        list: ties that nobody has to judge.
    unclicked : int
        Lists in which nothing was found relevant: ties.
    delta : Estimate
        Radlinski, Kurup and Joachims' Δ of the first system, from -0.5 to 0.5: the share of all
        queries that it wins, ties halved, less one half. Judged queries weigh by the inverse of
        the probability of their drawing (`mmrec_core.preferences.drawing`).
    plain_delta : Estimate
        The same of the judged queries alone, each with the same weight.
    sign_test : SignTest
    in_order : float
        See `mmrec_core.preferences.drawing.Drawing.in_order`.
    unjudged, more : int
        See `mmrec_core.preferences.figures.PairFigures`.
    places : tuple of Estimate
        The share of the pictures at each place, from the first on, that was clicked.
    earlier_rate : Estimate
        Of two pictures that a coin put in their order and of which one was clicked, how often it
        was the earlier one; 0.5 without a position bias.
    pictures : PreferenceAgreement
        How far reviewers agree on which pictures are relevant; its units are pictures of a query.
    """

    judgements: int
    reviewers: int
    queries: int
    all_queries: int
    identical: int
    unclicked: int
    delta: Estimate
    plain_delta: Estimate
    sign_test: SignTest
    in_order: float
    unjudged: int
    more: int | None
    places: tuple[Estimate, ...]
    earlier_rate: Estimate
    pictures: PreferenceAgreement


def current_interleavings(interleavings: pd.DataFrame, lists: QueryLists) -> pd.DataFrame:
    """Return the clicks that bear on two systems as they are now.

    Clicks outlive a rebuild. They count as long as both systems' lists may be drafted into the one
    that was shown, with the same teams.

    Parameters
    ----------
    interleavings : DataFrame
        What `mmrec_core.preferences.interleaving_store.Interleavings.all` gives.
    lists : QueryLists

    Returns
    -------
    DataFrame
        The newest of each query and reviewer: ``at``, the place of the query in ``lists``,
        ``reviewer``, ``draft`` (`Draft`), ``clicked`` (set of str), ``score`` of the first system
        (1 win, 0.5 tie, 0 loss), ``outcome`` (``first``, ``second`` or ``tie``).
    """
    place = {name: at for at, name in enumerate(lists.names)}
    rows = []
    for row in between(interleavings, lists, (FIRST, SECOND)).to_dict("records"):
        at = place.get(row["query"])
        draft = None if at is None else _present_draft(row, lists, at)
        if draft is not None:
            clicked = set(json.loads(row["clicked"]))
            score = credit(draft, clicked)
            rows.append((at, row["reviewer"], draft, clicked, score, _OUTCOME[score]))
    columns = ["at", "reviewer", "draft", "clicked", "score", "outcome"]
    table = pd.DataFrame(rows, columns=columns).astype({"at": "int64", "score": float})
    return table.drop_duplicates(["at", "reviewer"], keep="last")


def _present_draft(row: dict[Hashable, Any], lists: QueryLists, at: int) -> Draft | None:
    """Return the draft with the teams of ``lists``, None where no coins make it of them."""
    first, second = (lists.shown(at, system) for system in lists.systems)
    draft = Draft(tuple(json.loads(row["shown"])), tuple(json.loads(row["teams"])))
    for rankers, one in (
        ((row["first_system"], row["second_system"]), draft),
        ((row["second_system"], row["first_system"]), draft.turned()),
    ):
        ours = tuple(map(ranker_of, lists.systems)) == rankers
        if ours and is_draft_of(one, first, second, lists.first.shape[1]):
            return one
    return None


def interleaved_figures(given: pd.DataFrame, drawing: Drawing, seed: int) -> InterleavedFigures:
    """Return the figures of two systems, for the first.

    Parameters
    ----------
    given : DataFrame
        What `current_interleavings` gives.
    drawing : Drawing
    seed : int
        For the bootstrap.
    """
    given = given[drawing.sizes[given["at"]] > 0]
    by_query = given.groupby("at")["score"].mean()
    test = sign_test(by_query.to_numpy())
    among_all, plain = rates(by_query, drawing, seed)
    unjudged = len(drawing.order) - len(by_query)
    return InterleavedFigures(
        judgements=len(given),
        reviewers=given["reviewer"].nunique(),
        queries=len(by_query),
        all_queries=len(drawing.sizes),
        identical=int((drawing.sizes == 0).sum()),
        unclicked=sum(not clicked for clicked in given["clicked"]),
        delta=_less_half(among_all),
        plain_delta=_less_half(plain),
        sign_test=test,
        in_order=drawing.in_order(by_query.index.to_numpy()),
        unjudged=unjudged,
        more=judgements_to_settle(test, unjudged),
        places=_places(given, drawing.lists.first.shape[1], seed),
        earlier_rate=_earlier_rate(given, drawing.lists, seed),
        pictures=preference_agreement(_pictures(given)),
    )


def both_ways(preferred: pd.DataFrame, interleaved: pd.DataFrame) -> PreferenceAgreement:
    """Measure how far preferences and clicks agree, on the queries that were judged both ways.

    Parameters
    ----------
    preferred : DataFrame
        What `mmrec_core.preferences.judged.judgements` gives.
    interleaved : DataFrame
        What `current_interleavings` gives of the same lists.

    Returns
    -------
    PreferenceAgreement
        Of two "reviewers", the two ways; a query's outcome is that of the majority.
    """
    ways = []
    for way, given in (("preferred", preferred), ("interleaved", interleaved)):
        sign = np.sign(given.groupby("at")["score"].mean() - TIE)
        ways.append(pd.DataFrame({"at": sign.index, "reviewer": way, "outcome": sign.to_numpy()}))
    return preference_agreement(pd.concat(ways))


def _less_half(rate: Estimate) -> Estimate:
    value, low, high = (
        None if of is None else of - TIE for of in (rate["value"], rate["low"], rate["high"])
    )
    return Estimate(value=value, low=low, high=high)


def _places(given: pd.DataFrame, k: int, seed: int) -> tuple[Estimate, ...]:
    shown, clicked = np.zeros((len(given), k)), np.zeros((len(given), k))
    for row, (draft, chosen) in enumerate(zip(given["draft"], given["clicked"], strict=True)):
        shown[row, : len(draft.shown)] = 1
        clicked[row, : len(draft.shown)] = [name in chosen for name in draft.shown]
    at = given["at"].to_numpy()
    return tuple(share(clicked[:, place], shown[:, place], at, seed) for place in range(k))


def _earlier_rate(given: pd.DataFrame, lists: QueryLists, seed: int) -> Estimate:
    earlier, one = np.zeros(len(given)), np.zeros(len(given))
    columns = zip(given["at"], given["draft"], given["clicked"], strict=True)
    for row, (at, draft, clicked) in enumerate(columns):
        both = [lists.shown(at, system) for system in lists.systems]
        for places in exchangeable(draft, both[0], both[1]):
            first, second = (draft.shown[place] in clicked for place in places)
            one[row] += first != second
            earlier[row] += first and not second
    return share(earlier, one, given["at"].to_numpy(), seed)


def _pictures(given: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (f"{at} {name}", reviewer, "relevant" if name in clicked else "not")
        for at, reviewer, draft, clicked in given[
            ["at", "reviewer", "draft", "clicked"]
        ].itertuples(index=False)
        for name in draft.shown
    ]
    return pd.DataFrame(rows, columns=["at", "reviewer", "outcome"])
