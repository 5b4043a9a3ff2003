"""Saved views: a page as somebody left it, under a name, kept beside the verdicts for all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database import now, reading, writing
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.values import (
    NAME_LENGTH,
    PARAMETERS_LENGTH,
    checked_digest,
    checked_reviewer,
    checked_text,
    checked_view,
    is_unicode,
)

_SINCE = 2  # version of the schema
MOST = 200
"""Views that one bundle can have."""


@dataclass(frozen=True)
class SavedView:
    """A page as somebody left it.

    Attributes
    ----------
    name : str
    page : str
        Name of the page.
    parameters : dict of str
        Of its address, without the bundle.
    reviewer : str
        Who saved it.
    digest : str, optional
        The bundle's when it was saved.
    """

    name: str
    page: str
    parameters: dict[str, str]
    reviewer: str
    digest: str | None = None


class SavedViews:
    """The saved views of one bundle, in the file of its verdicts.

    Every method raises VerdictError where the file cannot be read or written, and where a value is
    not what a view holds.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.verdicts.saved_views import SavedView, SavedViews
    >>> views = SavedViews(Path("views.verdicts.sqlite"))
    >>> views.save(SavedView("Frogs", "browse", {"q": "frog"}, reviewer="Ann"))
    >>> [view.parameters for view in views.all()]
    [{'q': 'frog'}]
    """

    def __init__(self, path: Place):
        self.path = path

    def save(self, view: SavedView) -> None:
        """Keep a view; it replaces one of the same name."""
        row = (
            checked_view(view.name),
            checked_text(view.page, "page's name", NAME_LENGTH),
            _written(view.parameters),
            checked_reviewer(view.reviewer),
            checked_digest(view.digest),
            now(),
        )
        with writing(self.path) as connection:
            connection.execute("DELETE FROM views WHERE name = ?", row[:1])
            connection.execute("INSERT INTO views VALUES (?, ?, ?, ?, ?, ?)", row)
            if connection.execute("SELECT count(*) FROM views").fetchone()[0] > MOST:
                raise VerdictError(f"there are {MOST} saved views: remove one first.")

    def remove(self, name: str) -> None:
        """Remove a view."""
        with writing(self.path) as connection:
            connection.execute("DELETE FROM views WHERE name = ?", (checked_view(name),))

    def all(self) -> list[SavedView]:
        """Return all views by name; one that is damaged is left out."""
        with reading(self.path, _SINCE) as connection:
            rows = (
                connection.execute(
                    "SELECT name, page, parameters, reviewer, digest FROM views"
                ).fetchall()
                if connection
                else []
            )
        views = []
        for name, page, parameters, reviewer, digest in rows:
            try:
                view = SavedView(
                    checked_view(name),
                    checked_text(page, "page's name", NAME_LENGTH),
                    _read(parameters),
                    checked_reviewer(reviewer),
                    checked_digest(digest),
                )
            except VerdictError:
                continue
            views.append(view)
        return sorted(views, key=lambda view: (view.name.casefold(), view.name))


def _read(written: str) -> dict[str, str]:
    try:
        parameters = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        parameters = None
    if not isinstance(parameters, dict):
        raise VerdictError("a view's parameters are no object; expected one as JSON.")
    if not all(map(is_unicode, (*parameters, *parameters.values()))):
        raise VerdictError("a view's parameter is no text.")
    return parameters


def _written(parameters: Mapping[str, str]) -> str:
    written = json.dumps(dict(parameters), ensure_ascii=False)
    if len(written) > PARAMETERS_LENGTH:
        raise VerdictError(
            f"the view's address has {len(written):,} characters; expected at most "
            f"{PARAMETERS_LENGTH:,}: choose less before you save it."
        )
    return written
