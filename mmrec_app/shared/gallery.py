"""The two picture components: a gallery to pick from, and one picture with its facts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, naming
from mmrec_core.bundle import Bundle
from mmrec_core.plots.palette import cluster_colour, cluster_glyph

_gallery = component("gallery")
_picture = component("picture")


@dataclass(frozen=True)
class Card:
    """One picture of a gallery.

    Attributes
    ----------
    index : int
        Its row in the bundle.
    badge, stack : str or None
        Short texts over the picture, left (its rank) and right (how many it stands for).
    value, note, mark : str or None
        A figure, what stands beside it, and a line under the caption.
    share : float or None
        0 to 1: the length of the bar under the picture.
    cluster : int or None
        Whose mark, in its colour, stands before the figure.
    """

    index: int
    badge: str | None = None
    stack: str | None = None
    value: str | None = None
    note: str | None = None
    mark: str | None = None
    share: float | None = None
    cluster: int | None = None


def gallery(
    bundle: Bundle,
    cards: Sequence[Card],
    *,
    label: str,
    key: str,
    link: Callable[[str], str],
    follow: str | None = None,
    on_followed: Callable[[str], None] | None = None,
    follow_sign: str = "↗",
    choose: str | None = None,
    chosen: Sequence[str] = (),
    on_chosen: Callable[[list[str]], None] | None = None,
    next_rows: Sequence[int] = (),
    width: str = "9.5rem",
    columns: int = 99,
) -> None:
    """Draw pictures in a grid, each a link; arrow keys move.

    Parameters
    ----------
    bundle : Bundle
        Where the pictures lie.
    cards : sequence of Card
        What to show, in order.
    label : str
        The grid's name for a screen reader.
    key : str
        The component's key.
    link : callable
        Takes an image's id and returns the address that its picture leads to.
    follow, follow_sign : str
        What the small button on a picture does, and its face; without ``follow`` there is none.
    on_followed : callable, optional
        Called with the image's id, before the page runs again.
    choose : str, optional
        What choosing several pictures is called: each gets a box to tick; X ticks the picture in
        focus, Shift and a click all up to there.
    chosen : sequence of str
        Ids of the images that are ticked.
    on_chosen : callable, optional
        Called with the ids of all ticked images, those not shown included.
    next_rows : sequence of int
        Rows whose pictures are fetched once these are there: those of the next page.
    width : str
        The least width of a picture, as CSS.
    columns : int
        The most pictures in a row.
    """

    def followed() -> None:
        image = st.session_state[key].get("followed")
        if image and on_followed:
            on_followed(image)

    def chose() -> None:
        if on_chosen:
            on_chosen(list(st.session_state[key].get("chosen") or []))

    _gallery(
        key=key,
        data={
            "label": label,
            "cards": _cards(bundle, cards, link),
            "preload": [thumbnail_url(bundle, row) for row in next_rows],
            "follow": follow,
            "follow_sign": follow_sign,
            "choose": choose,
            "chosen": list(chosen),
            "width": width,
            "columns": columns,
        },
        on_followed_change=followed,
        on_chosen_change=chose,
    )


def picture(
    source: str,
    *,
    caption: str | None,
    facts: Sequence[tuple[str, str, int | None]],
    key: str,
    kicker: str | None = None,
    small: bool = False,
) -> None:
    """Draw one picture with its caption and facts: name, value, cluster or ``None``."""
    _picture(
        key=key,
        data={
            "src": source,
            "alt": caption or _("a picture without a caption"),
            "caption": caption or captions.no_caption(),
            "uncaptioned": not caption,
            "kicker": kicker,
            "small": small,
            "facts": [
                {"name": name, "value": value, "cluster": _cluster(cluster)}
                for name, value, cluster in facts
            ],
        },
    )


def facts(bundle: Bundle, row: int) -> list[tuple[str, str, int | None]]:
    """Return what `picture` says of an image of the collection: cluster, category, file."""
    cluster, label = int(bundle.cluster_of[row]), bundle.label(row)
    category = [(_("Category"), naming.label_name(label), None)] if label else []
    return [
        (_("Cluster"), naming.cluster_name(bundle, cluster), cluster),
        *category,
        (_("File"), bundle.image(row), None),
    ]


def _cluster(cluster: int | None) -> dict[str, str] | None:
    if cluster is None:
        return None
    return {"colour": cluster_colour(cluster), "glyph": cluster_glyph(cluster)}


def _cards(
    bundle: Bundle, cards: Sequence[Card], link: Callable[[str], str]
) -> list[dict[str, Any]]:
    read, names, none = captions.reader(bundle), bundle.columns["image"], captions.no_caption()
    nameless = _("a picture without a caption, {name}")
    contents = []
    for card in cards:
        name, caption = str(names[card.index]), read(card.index)
        spoken = caption or nameless.format(name=name)
        content = {
            "id": name,
            "href": link(name),
            "src": thumbnail_url(bundle, card.index),
            "alt": spoken,
            "tip": f"{caption or none}\n{name}",
            "caption": caption or none,
            "uncaptioned": caption is None,
            "badge": card.badge,
            "stack": card.stack,
            "value": card.value,
            "note": card.note,
            "mark": card.mark,
            "share": card.share,
            "cluster": _cluster(card.cluster),
        }
        contents.append(content)
    return contents
