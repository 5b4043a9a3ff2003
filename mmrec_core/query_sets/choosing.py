"""Which queries a set has: those of a name or file, drawn at random, or worse in another bundle."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmrec_core.differences.compare import Differences
from mmrec_core.errors import InputError
from mmrec_core.query_sets.files import read_queries
from mmrec_core.query_sets.store import QuerySet, QuerySets

BY_OUTCOME = (
    "these queries were chosen by how they came out: the difference says nothing of others."
)
"""What to know of a difference on a set whose ``by_outcome`` holds."""


def named(text: str, *stores: QuerySets) -> QuerySet:
    """Return the set of that name in the first store that has it, or else what a file lists.

    Raises
    ------
    InputError
        If there is neither, or the file cannot be read.
    VerdictError
        If the sets cannot be read.
    """
    kept = {each.name: each for sets in reversed(stores) for each in sets.all()}
    if text in kept:
        return kept[text]
    path = Path(text)
    if _is_file(path):
        return QuerySet(path.name, read_queries(path), origin=f"from {path.name}", reviewer="")
    there = ", ".join(map(repr, kept)) or "none yet (mmrec queries add)"
    raise InputError(f"{text[:100]!r} is neither a query set nor a file. Query sets: {there}.")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a file's name
        return False


def drawn(images: Sequence[str], n: int, seed: int) -> tuple[str, ...]:
    """Draw n queries at random, each with the same chance, in the order of ``images``.

    Raises
    ------
    InputError
        If there are fewer, or n is not from 1.

    Examples
    --------
    >>> drawn(["a.png", "b.png", "c.png"], 2, seed=0)
    ('b.png', 'c.png')
    """
    if not 1 <= n <= len(images):
        raise InputError(f"{n:,} of {len(images):,} queries cannot be drawn: draw fewer.")
    places = np.random.default_rng(seed).choice(len(images), n, replace=False)
    return tuple(images[place] for place in np.sort(places))


def got_worse(compared: Differences) -> tuple[str, ...]:
    """Return the queries that B ranks worse than A by ``compared.metric``, the worst first."""
    worse = compared.queries[compared.queries["difference"] < 0]
    return tuple(worse.sort_values("difference", kind="stable")["image"])
