"""One list made of two systems' lists by a team draft, and which system its clicks favour.

Radlinski, Kurup and Joachims 2008, "How does clickthrough data reflect retrieval quality?": as two
captains pick their teams, a coin says in each round which system picks first, and each picks its
best picture that is not in the list yet. Whose team has more clicks wins the query. Teams stand on
either place of a round equally often, so whoever clicks by the place alone favours neither.

Two things differ from the paper. The places at the top on which both lists agree are in neither
team: a click there says nothing of the difference. And the draft ends before a round in which one
of two short lists might have nothing left to pick, so that neither team gets more places. Clicks
all weigh the same; Chapelle, Joachims, Radlinski and Yue 2012, "Large-scale validation and analysis
of interleaved search evaluation", learn weights from many more clicks than reviewers give.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from mmrec_core.preferences.judged import LOSS, TIE, WIN
from mmrec_core.preferences.query_lists import QueryLists, permanent_random

FIRST, SECOND, BOTH = TEAMS = ("first", "second", "both")
"""The team of a picture: the first system's, the second's, or none, where both lists agree."""


@dataclass(frozen=True)
class Draft:
    """An interleaved list.

    Attributes
    ----------
    shown : tuple of str
        Names of the pictures, best first.
    teams : tuple of str
        The team of each, one of `TEAMS`.
    """

    shown: tuple[str, ...]
    teams: tuple[str, ...]

    def turned(self) -> "Draft":
        """Return the same list with the systems' names exchanged."""
        other = {FIRST: SECOND, SECOND: FIRST, BOTH: BOTH}
        return Draft(self.shown, tuple(other[team] for team in self.teams))


def team_draft(
    first: Sequence[str], second: Sequence[str], k: int, first_begins: Iterable[bool]
) -> Draft:
    """Interleave two lists.

    Parameters
    ----------
    first, second : sequence of str
        Each system's pictures, best first, each once.
    k : int
        The longest that the list may be.
    first_begins : iterable of bool
        For each round, whether the first system picks first; as many as rounds can be needed.

    Examples
    --------
    The example of the paper's table 1, after the coin fell three times for the first system:

    >>> draft = team_draft("abcdgh", "beafgh", 6, [True, True, True])
    >>> "".join(draft.shown), [team[0] for team in draft.teams]
    ('abcedf', ['f', 's', 'f', 's', 'f', 's'])
    """
    shown = list(agreed(first, second))[:k]
    teams = [BOTH] * len(shown)
    for begins in first_begins:
        picks = _round(first, second, shown, begins, k - len(shown))
        if not picks:
            break
        shown += [name for name, _team in picks]
        teams += [team for _name, team in picks]
    return Draft(tuple(shown), tuple(teams))


def agreed(first: Sequence[str], second: Sequence[str]) -> Sequence[str]:
    """Return the top of both lists as far as they agree.

    Examples
    --------
    >>> agreed("abcd", "abdc")
    'ab'
    """
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return first[: sum(1 for _pair in same)]


def drafted(lists: QueryLists, at: int, reviewer: str, seed: int) -> Draft:
    """Return the list that a reviewer is shown for a query: as coins fall, always the same."""
    ordered, k = sorted(lists.systems), lists.first.shape[1]
    key = f"{seed} interleaved {' '.join(ordered)} {reviewer} {lists.names[at]}"
    heads = permanent_random(key, np.arange(k)) < 0.5
    begins = heads if ordered[0] == lists.systems[0] else ~heads
    first, second = (lists.shown(at, system) for system in lists.systems)
    return team_draft(first, second, k, begins.tolist())


def is_draft_of(draft: Draft, first: Sequence[str], second: Sequence[str], k: int) -> bool:
    """Say whether some fall of the coins makes this list of two lists."""
    start = len(agreed(first, second))
    return draft == team_draft(first, second, k, [team == FIRST for team in draft.teams[start::2]])


def credit(draft: Draft, clicked: Collection[str]) -> float:
    """Return the score of the first system: 1 if its team has more clicks, 0.5 if as many, or 0.

    Examples
    --------
    >>> credit(Draft(("a", "b", "c"), ("both", "first", "second")), {"a", "b"})
    1.0
    """
    hits = [team for name, team in zip(draft.shown, draft.teams, strict=True) if name in clicked]
    difference = hits.count(FIRST) - hits.count(SECOND)
    return WIN if difference > 0 else LOSS if difference < 0 else TIE


def exchangeable(
    draft: Draft, first: Sequence[str], second: Sequence[str]
) -> list[tuple[int, int]]:
    """Return the places of the rounds in which the other fall of the coin exchanges both pictures.

    On these, whoever clicks by the picture alone clicks the earlier place as often as the later.
    In other rounds both systems wanted the same picture, which stands first either way.

    Returns
    -------
    list of (int, int)
        Places from 0: the earlier, and the later.

    Examples
    --------
    >>> exchangeable(team_draft("abcd", "aecb", 4, [True, True]), "abcd", "aecb")
    [(1, 2)]
    """
    start = len(agreed(first, second))
    rounds = [(at, at + 1) for at in range(start, len(draft.shown) - 1, 2)]
    return [
        places
        for places in rounds
        if _best(first, draft.shown[: places[0]]) != _best(second, draft.shown[: places[0]])
    ]


def _round(
    first: Sequence[str], second: Sequence[str], shown: Sequence[str], begins: bool, room: int
) -> list[tuple[str, str]]:
    """Return what is picked in a round, with its team: two pictures, or one where there is room."""
    left = [len(set(names).difference(shown)) for names in (first, second)]
    # Two that want the same picture need another one each, whoever gets it.
    needed = min(room, 1 if _best(first, shown) != _best(second, shown) else 2)
    if not needed or min(left) < needed:
        return []
    order = [(first, FIRST), (second, SECOND)][:: 1 if begins else -1]
    picks: list[tuple[str, str]] = []
    for names, team in order[:room]:
        name = _best(names, [*shown, *(name for name, _team in picks)])
        picks.append((str(name), team))
    return picks


def _best(names: Sequence[str], shown: Sequence[str]) -> str | None:
    return next((name for name in names if name not in shown), None)
