"""The query sets of a bundle as pages use them: the one that a link names, and what it leaves."""

import numpy as np
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.shared import filters, held_out, notices, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation.slices import FEW
from mmrec_core.query_sets.members import Members, members
from mmrec_core.query_sets.store import QuerySet, QuerySets


def kept(bundle: Bundle) -> dict[str, QuerySet]:
    """Return all sets of the bundle by name."""
    store = reviews.store(bundle)
    return _kept(reviews.version_of(store), QuerySets(store.path))


def found(bundle: Bundle, name: str) -> Members | None:
    """Return what the bundle has of a set, None where no set is named.

    Raises
    ------
    LinkError
        If there is no set of that name here.
    """
    check(bundle, name)
    if not name:
        return None
    return _found(reviews.version_of(reviews.store(bundle)), bundle.digest, name, bundle)


def check(bundle: Bundle, name: str) -> None:
    """Raise LinkError if a set is named, and there is none of that name here."""
    if name and name not in (sets := kept(bundle)):
        raise address.LinkError(
            _("There is no query set “{name}” here. There are: {names}.").format(
                name=name, names=", ".join(sets) or "–"
            )
        )


def known(bundle: Bundle, name: str) -> list[str]:
    """Return the names of a set's queries that are images of the bundle, in the set's order."""
    return [image for image in kept(bundle)[name].images if image in bundle]


def rows(bundle: Bundle, name: str) -> np.ndarray | None:
    """Return the rows of a set's held-out queries, ascending; None where no set is named."""
    chosen = found(bundle, name)
    return None if chosen is None else chosen.rows


def sentence(chosen: Members) -> str:
    """Say of how many queries of the set figures are, and what is left out."""
    said = _("Query set “{name}”: {measured} of {queries}.").format(
        name=chosen.name,
        measured=formats.whole(len(chosen.rows)),
        queries=formats.count(chosen.size, "query", "queries"),
    )
    if chosen.unknown:
        said += " " + ngettext(
            "{n} is no image of this bundle.", "{n} are no images of this bundle.", chosen.unknown
        ).format(n=formats.whole(chosen.unknown))
    if chosen.not_held_out:
        said += " " + ngettext(
            "{n} is no held-out query with a known relevance.",
            "{n} are no held-out queries with a known relevance.",
            chosen.not_held_out,
        ).format(n=formats.whole(chosen.not_held_out))
    if 0 < len(chosen.rows) < FEW:
        said += " " + _("So few queries say little: intervals are too narrow.")
    return said


def nothing_left(chosen: Members) -> None:
    """Say that a set has no query that the page could show."""
    notices.empty(_("No query of this set is held out here"), sentence(chosen))


def chip(name: str, view: type, **changes: object) -> None:
    """Draw the set as a button that takes it off; ``changes`` are made with it."""
    filters.take_off(
        _("query set: {name}").format(name=name),
        f"{view.__name__}.set",
        lambda: address.change(view, set="", **changes),
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _found(version: str, digest: str, name: str, _bundle: Bundle) -> Members:
    queries = held_out.queries(_bundle)["query"].to_numpy()
    return members(name, kept(_bundle)[name].images, _bundle.items, queries)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept(version: str, _sets: QuerySets) -> dict[str, QuerySet]:
    return {each.name: each for each in _sets.all()}
