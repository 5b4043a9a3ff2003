"""Two lists compared: what goes and comes, as small pictures that lead on, and the whole list."""

import html

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import Recommendation
from mmrec_core.serving.list_change import ListChange, Move, Standing


class Moves:
    """Draws results of changed lists; captions and names are escaped, all else is our own.

    Parameters
    ----------
    bundle : Bundle
    view : RecommendView
    answer : Recommendation
        The list that the page shows: its images lead to their reasons, others to why they are not
        in it.
    """

    def __init__(self, bundle: Bundle, view: RecommendView, answer: Recommendation):
        self._bundle = bundle
        self._view = view
        self._answer = answer
        self._caption = captions.reader(bundle)

    def row(self, name: str, change: ListChange) -> str:
        """Return a row of the table: what was changed, by how much, what goes and what comes."""
        going = [(move, move.before) for move in change.going]
        coming = [(move, move.after) for move in change.coming]
        said = (_("Goes"), _("Comes"))
        parts = "".join(
            f"<dt>{html.escape(title)}</dt><dd>{self._pictures(moves)}</dd>"
            for title, moves in zip(said, (going, coming), strict=True)
            if moves
        )
        pictures = f"<dl>{parts}</dl>" if parts else f"<p>{html.escape(self._kept(change))}</p>"
        return (
            f"<li><div class='what'><b>{html.escape(name)}</b>{_bar(change.amount)}</div>"
            f"{pictures}</li>"
        )

    def whole(self, change: ListChange) -> str:
        """Return the whole list after the change, and below it what went."""
        entries = "".join(self._entry(move, change.k) for move in (*change.shown, *change.going))
        return f"<ol class='moved'>{entries}</ol>"

    def _kept(self, change: ListChange) -> str:
        moved = sum(_rank(move.before) != _rank(move.after) for move in change.shown)
        if not moved:
            return _("The same list.")
        return ngettext(
            "The same results; {n} changes its place.",
            "The same results; {n} change their places.",
            moved,
        ).format(n=moved)

    def _pictures(self, moves: list[tuple[Move, Standing | None]]) -> str:
        return "".join(
            self._link(move.row, "" if there is None else str(there.rank)) for move, there in moves
        )

    def _link(self, row: int, sign: str) -> str:
        image = self._bundle.image(row)
        shown = self._answer.rank_of(row) is not None
        address = (
            self._view.link_to_result(self._answer.ranker, image)
            if shown
            else self._view.link_to_missing(image)
        )
        name = html.escape(self._caption(row) or image)
        return (
            f"<a href='{html.escape(address)}' title='{name}'>"
            f"<img src='{thumbnail_url(self._bundle, row)}' alt='{name}' loading='lazy'>"
            f"<small>{sign}</small></a>"
        )

    def _entry(self, move: Move, k: int) -> str:
        before, after = move.before, move.after
        gone = after is None or after.rank > k
        place = "–" if after is None else str(after.rank)
        if before is None:
            was = _("was no candidate")
        elif after is not None and before.rank == after.rank:
            was = _("as before")
        else:
            was = _("was {rank}").format(rank=before.rank)
        values = [_value(standing) for standing in (before, after)]
        value = values[1] if values[0] == values[1] else " → ".join(values)
        caption = self._caption(move.row) or captions.no_caption()
        return (
            f"<li{' class=gone' if gone else ''}><b>{place}</b>{self._link(move.row, '')}"
            f"<span>{html.escape(caption)}</span>"
            f"<em>{html.escape(was)}</em><i>{value}</i></li>"
        )


def _rank(standing: Standing | None) -> int | None:
    return None if standing is None else standing.rank


def _value(standing: Standing | None) -> str:
    if standing is None:
        return "–"
    if standing.probability is None:
        return formats.digits(standing.score)
    return formats.percent(standing.probability)


def _bar(amount: float) -> str:
    return (
        f"<span class='amount'><i style='width:{amount * 100:.0f}%'></i></span>"
        f"<span>{formats.percent(amount)}</span>"
    )
