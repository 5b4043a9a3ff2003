"""What the Browse page shows, as its link says it."""

from dataclasses import dataclass

from mmrec_core.collection.filtering import Filter


@dataclass(frozen=True)
class BrowseView(Filter):
    """``terms`` is a search by content (`mmrec_app.browse.terms`), ``sort`` one of the orders."""

    terms: str = ""
    sort: str = ""
    page: int = 1

    def __post_init__(self) -> None:
        """Move the page into its range."""
        object.__setattr__(self, "page", max(1, self.page))
