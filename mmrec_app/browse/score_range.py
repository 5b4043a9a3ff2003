"""The score of the search as one more number to narrow by; it belongs to Browse and its search."""

from functools import partial

from mmrec_app.browse import order
from mmrec_app.browse.view import BrowseView
from mmrec_app.i18n import _
from mmrec_app.shared import filters
from mmrec_app.shared.histograms import Number
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection.numbers import parsed_ranges, written_ranges
from mmrec_core.serving.search import Term

_NAME = "score"


def number(bundle: Bundle, view: BrowseView, search: tuple[Term, ...]) -> Number | None:
    """Return the score of each image under the search, and the range that is on; None without.

    Raises
    ------
    EncoderError
        If the encoder of the search's words cannot be loaded.
    """
    if not search:
        return None
    scores = order.scores(bundle.digest, search, bundle).astype(float)
    return Number(_NAME, _title(), scores, _span(view), take)


def chip(view: BrowseView) -> None:
    """Draw the range that is on as a button that takes it off."""
    span = _span(view)
    if span is None:
        return
    low, high = map(formats.digits, span)
    filters.take_off(f"{_title()}: {low} … {high}", "browse.score", partial(take, None))


def take(span: tuple[float, float] | None) -> None:
    """Narrow the score, or no longer. Call it from a widget's callback."""
    text = written_ranges({_NAME: span}).partition(":")[2] if span else ""
    address.change(BrowseView, score=text, page=1)


def clear() -> None:
    """Take all filters off, this too. Call it from a widget's callback."""
    filters.clear(BrowseView)
    take(None)


def _span(view: BrowseView) -> tuple[float, float] | None:
    return parsed_ranges(f"{_NAME}:{view.score}").get(_NAME)


def _title() -> str:
    return _("Score of the search")
