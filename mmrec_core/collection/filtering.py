"""The filter that Browse, Map and Errors share: which images a view shows."""

from dataclasses import dataclass, fields

WITH, WITHOUT = "with", "without"
ALL_QUERIES, HELD_OUT = "all", "held-out"


@dataclass(frozen=True)
class Filter:
    """What an image must have to be shown; None and "" require nothing.

    Attributes
    ----------
    q : str
        Words, each of which is in one of its captions or its name.
    label, tag : str or None
        Its label; a tag that a reviewer gave it.
    cluster : int or None
    text : str or None
        ``with`` or ``without`` a caption.
    queries : str or None
        ``all``: it is a query whose pairs have a relevance; ``held-out``: and nothing was fitted on
        it.
    verdict : int or None
        A grade that a reviewer gave it as a candidate.
    """

    q: str = ""
    label: str | None = None
    cluster: int | None = None
    text: str | None = None
    queries: str | None = None
    verdict: int | None = None
    tag: str | None = None

    @property
    def active(self) -> list[str]:
        """The names of the parts that require something."""
        return [f.name for f in fields(Filter) if getattr(self, f.name) not in (None, "")]

    @property
    def part(self) -> "Filter":
        """The filter alone, of a view that has more."""
        return Filter(**{f.name: getattr(self, f.name) for f in fields(Filter)})
