"""The map component: what the browser gets, and what it sends back."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import streamlit as st

from mmrec_app import i18n
from mmrec_app.i18n import _
from mmrec_app.map import places
from mmrec_app.map.colours import SCALES, Colouring
from mmrec_app.map.view import CLUSTER, LABEL, MapView
from mmrec_app.served import layers, map_levels, thumbnails
from mmrec_app.served.scripts import component
from mmrec_app.shared import captions, filters
from mmrec_core.bundle import Bundle
from mmrec_core.collection import map_grid as grid
from mmrec_core.serving.recommender import Recommendation

KEY = "map.canvas"

_map = component("map")


def canvas(
    bundle: Bundle,
    view: MapView,
    colouring: Colouring,
    answer: Recommendation | None,
    *,
    on_picked: Callable[[int], None],
    on_lassoed: Callable[[list[list[float]]], None],
    on_isolated: Callable[[list[str]], None],
    on_brushed: Callable[[list[int]], None],
) -> None:
    """Draw the map.

    Parameters
    ----------
    bundle : Bundle
    view : MapView
    colouring : Colouring
        What `mmrec_app.map.colours.colouring` gave for this view.
    answer : Recommendation, optional
        The query, drawn as a star, and its results, ringed.
    on_picked : callable
        Called with the row of the image that was clicked, -1 to take the mark away.
    on_lassoed : callable
        Called with the corners of a selection in map units, none to take it away.
    on_isolated : callable
        Called with the names of the categories that were picked in the legend.
    on_brushed : callable
        Called with both ends of the part of the scale that was picked in it, none for all of it.
    """
    frame = map_levels.frame(bundle)
    shown = None
    if view.active or colouring.sparse:
        rows = filters.matching(bundle, view)
        if colouring.sparse:
            rows = colouring.coloured(rows, [], None)
        shown = layers.publish(layers.of_bytes(grid.as_bits(rows, map_levels.levels(bundle).rows)))
    labels = colouring.names if view.colour == LABEL else None
    chosen = None if view.image is None else _place(bundle, bundle.index_of(view.image))
    isolated, names = colouring.codes_of(view.isolated), colouring.names or ()

    def on_event(event: str, then: Callable[[Any], None]) -> Callable[[], None]:
        def run() -> None:
            value = st.session_state[KEY].get(event)
            if value is not None:
                then(value)

        return run

    _map(
        key=KEY,
        data={
            "points": map_levels.address(bundle, "points"),
            "rows": map_levels.address(bundle, "rows"),
            "codes": None if colouring.names is None else layers.publish(colouring.layer),
            "values": layers.publish(colouring.layer) if colouring.names is None else None,
            "legend": layers.publish(colouring.legend),
            "places": layers.publish(places.names(bundle, labels)),
            "shown": shown,
            "frame": [frame.left, frame.low, frame.size],
            "texts": layers.publish(colouring.texts) if colouring.texts else None,
            "palette": list(colouring.palette),
            "ordered": colouring.sparse,
            "named": view.colour in (CLUSTER, LABEL),
            "scales": SCALES,
            "isolate": isolated,
            "between": list(view.between) if view.between else None,
            "lasso": [list(corner) for corner in view.polygon] or None,
            "chosen": chosen,
            "stars": _stars(answer),
            "rings": _rings(bundle, answer),
            "focus": _focus(view, answer),
            "thumbnail": thumbnails.thumbnail_url(bundle, 0).replace("/0.webp", "/{row}.webp"),
            "details": f"api/images/{{row}}?bundle={quote(bundle.path.name)}",
            "captions": captions.column(bundle).removeprefix("text").removeprefix("_"),
            "language": i18n.language(),
            "words": _words(),
        },
        on_picked_change=on_event("picked", lambda row: on_picked(int(row))),
        on_lassoed_change=on_event("lassoed", on_lassoed),
        on_brushed_change=on_event("brushed", on_brushed),
        on_isolated_change=on_event(
            "isolated", lambda codes: on_isolated([names[int(code)] for code in codes])
        ),
    )


def _stars(answer: Recommendation | None) -> list[dict[str, Any]]:
    if answer is None:
        return []
    return [{"x": answer.query.x, "y": answer.query.y, "row": answer.query.index}]


def _rings(bundle: Bundle, answer: Recommendation | None) -> list[dict[str, Any]]:
    if answer is None:
        return []
    return [{**_place(bundle, result.index), "text": str(result.rank)} for result in answer.results]


def _place(bundle: Bundle, row: int) -> dict[str, Any]:
    x, y = map(float, bundle.map[row])
    return {"x": x, "y": y, "row": row}


def _focus(view: MapView, answer: Recommendation | None) -> str | None:
    """Name what the map moves to when it is asked for anew."""
    if answer is None:
        return view.image
    return f"{view.image} {answer.query.x} {answer.query.y}"


def _words() -> dict[str, str]:
    return {
        "map": _(
            "Map of all images. Arrow keys move it, plus and minus zoom, 0 shows all, Enter "
            "marks the image in the middle, Escape clears the selection."
        ),
        "pan": _("Move the map"),
        "lasso": _("Draw around images to select them (or Shift and drag)"),
        "box": _("Draw a box to select images"),
        "zoom_in": _("Zoom in (+)"),
        "zoom_out": _("Zoom out (−)"),
        "fit": _("Show the whole map (0)"),
        "names": _("Names on the map"),
        "pictures": _("Pictures on the map, where there is room"),
        "clear": _("Clear the selection (Escape)"),
        "selected": _("Selected: {n} of {total}"),
        "shown": _("In colour: {n} of {total}; the rest are grey"),
        "all": _("Images: {total}, all shown"),
        "show_all": _("Show all"),
        "search_legend": _("Find in the legend"),
        "scale_from": _("Lower end of the values in colour"),
        "scale_to": _("Upper end of the values in colour"),
        "sharing": _("In view: {total}; {n} of them share a pixel with others"),
        "highest": _("(the highest value is on top)"),
        "at_a_place": _("Images at a place"),
        "no_caption": captions.no_caption(),
        "unreachable": _("The map's data cannot be loaded. Reload the page."),
    }
