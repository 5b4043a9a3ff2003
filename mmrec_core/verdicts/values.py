"""What a verdict may hold: grades, and texts that people and databases can read."""

import json
import operator

from mmrec_core.errors import VerdictError

GRADES = (1, 2, 3, 4)
"""Not relevant, slightly relevant, relevant, very relevant; the gain is the grade less 1."""

RELEVANT = 2.5
"""The mean grade from which on a pair counts as relevant."""

NAME_LENGTH, REVIEWER_LENGTH, TAG_LENGTH, NOTE_LENGTH = 4096, 80, 60, 2000
VIEW_LENGTH, SET_LENGTH, PARAMETERS_LENGTH = 80, 80, 8000

_JOINERS = "\u200c\u200d"  # not printable, but Persian words and emoji of several parts need them


def checked_pair(query: str, candidate: str, reviewer: str) -> tuple[str, str, str]:
    """Return query, candidate and reviewer; VerdictError if they make no verdict."""
    query, candidate = checked_name(query), checked_name(candidate)
    if query == candidate:
        raise VerdictError(f"{query!r} is both query and candidate: a pair needs two images.")
    return query, candidate, checked_reviewer(reviewer)


def checked_tag_and_reviewer(tag: str, reviewer: str) -> tuple[str, str]:
    """Return both on one line; VerdictError if they are no text, empty, or too long."""
    return _line(tag, "tag", TAG_LENGTH), checked_reviewer(reviewer)


def checked_reviewer(reviewer: str) -> str:
    """Return a reviewer's name on one line; VerdictError if it is no text, empty, or too long."""
    return _line(reviewer, "reviewer's name", REVIEWER_LENGTH)


def checked_view(name: str) -> str:
    """Return a view's name on one line; VerdictError if it is no text, empty, or too long."""
    return _line(name, "view's name", VIEW_LENGTH)


def checked_set(name: str) -> str:
    """Return a query set's name on one line; VerdictError if it is no text, empty, or too long."""
    return _line(name, "query set's name", SET_LENGTH)


def checked_name(image: str) -> str:
    """Return an image's name as it is; VerdictError if it is no text, empty, or too long."""
    if not is_unicode(image):
        raise VerdictError(f"an image's name is {image!r}; expected valid Unicode text.")
    if not image or len(image) > NAME_LENGTH:
        raise VerdictError(f"an image's name has {len(image):,} characters; expected 1 to 4,096.")
    return image


def names_in(written: str) -> tuple[str, ...]:
    """Return the names that a JSON list holds; VerdictError if it is no list of names."""
    try:
        names = json.loads(written)
    except (TypeError, ValueError, RecursionError):
        names = None
    if not isinstance(names, list):
        raise VerdictError("a list of images is no list; expected one as JSON.")
    return tuple(map(checked_name, names))


def is_unicode(text: object) -> bool:
    """Say whether this is a text without lone surrogates, which no file or address can hold."""
    return isinstance(text, str) and not any("\ud800" <= c <= "\udfff" for c in text)


def checked_rank(rank: int) -> int:
    """Return a rank as an int; VerdictError unless it is a whole number from 1."""
    try:
        place = operator.index(rank)  # NumPy's numbers too
    except TypeError:
        place = 0
    if not 1 <= place < 2**63:
        raise VerdictError(f"a rank is {rank!r}; expected a whole number from 1.")
    return place


def checked_digest(digest: str | None) -> str | None:
    """Return a bundle's digest; VerdictError if it is no text."""
    return None if digest is None else checked_text(digest, "bundle's digest", NAME_LENGTH)


def _line(text: str, what: str, longest: int) -> str:
    """Return ``text`` on one line, without what cannot be printed."""
    line = " ".join(checked_text(text, what, longest).split())
    if not line:
        raise VerdictError(f"a {what} is empty: write at least one character.")
    return line


def checked_text(text: str, what: str, longest: int) -> str:
    """Return what can be printed of a text, and joiners; VerdictError if it's none, or too long."""
    if not isinstance(text, str):
        raise VerdictError(f"a {what} is {text!r}; expected a text.")
    kept = (c for c in text if c.isprintable() or c in f"\n\t{_JOINERS}")
    shown = "".join(kept).strip(f" \n\t{_JOINERS}")
    if len(shown) > longest:
        raise VerdictError(f"a {what} has {len(shown):,} characters; expected at most {longest:,}.")
    return shown
