"""What the Browse page shows, as its link says it."""

from dataclasses import dataclass

from mmrec_core.collection.filtering import Filter


@dataclass(frozen=True)
class BrowseView(Filter):
    """The view's parameters.

    Attributes
    ----------
    terms : str
        A search by content (`mmrec_app.browse.terms`).
    score : str
        Between which ends the search's scores lie, ``0.2..0.5``; empty for all.
    sort : str
        One of the orders.
    page : int
        From 1.
    """

    terms: str = ""
    score: str = ""
    sort: str = ""
    page: int = 1

    def __post_init__(self) -> None:
        """Move the page into its range."""
        object.__setattr__(self, "page", max(1, self.page))
