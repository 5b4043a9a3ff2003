"""One result of two bundles: where it stands in each, and what each adds up to its score."""

import html

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend.two_answers import Side
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, gallery, naming
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.differences.two_lists import TwoLists, TwoPlaces
from mmrec_core.ranker.model import MODEL
from mmrec_core.serving.answers import Result


def chosen(compared: TwoLists, image: str | None) -> TwoPlaces | None:
    """Return the image that the view names, or else the first; None where both lists are empty."""
    listed = (*compared.of_a, *compared.of_b)
    named = (one for one in listed if one.image == image)
    return next(named, listed[0] if listed else None)


def standing(places: TwoPlaces, side: str) -> str:
    """Say where an image stands in A or in B."""
    row, rank = (places.row_a, places.rank_a) if side == "A" else (places.row_b, places.rank_b)
    if row is None:
        return _("no image of this name")
    if rank is None:
        return _("no candidate")
    return _("place {rank}").format(rank=formats.whole(rank))


def moved_result(view: RecommendView, a: Side, b: Side, places: TwoPlaces) -> None:
    """Draw an image's places, its probabilities and scores in both, and what they add up from."""
    shown, row = (a, places.row_a) if places.row_a is not None else (b, places.row_b)
    assert row is not None
    bundle = shown.bundle
    st.header(_("Where it stands"), anchor=False)
    results = [_result(a, places.row_a), _result(b, places.row_b)]
    facts: list[tuple[str, str, int | None]] = [
        (side, _said(places, side, result), None)
        for side, result in zip("AB", results, strict=True)
    ]
    if label := bundle.label(row):
        facts.append((_("Category"), naming.label_name(label), None))
    facts.append((_("File"), places.image, None))
    gallery.picture(
        thumbnail_url(bundle, row),
        caption=captions.caption(bundle, row),
        facts=facts,
        key="recommend.moved",
        small=True,
    )
    st.html(_table(a, b, *results))
    st.caption(_note(a, b))
    with st.container(horizontal=True):
        for letter, side, result in zip("AB", (a, b), results, strict=True):
            if result is not None:
                st.link_button(
                    _("Why in {bundle}?").format(bundle=letter),
                    _alone(view, side, places.image),
                    icon=":material/help:",
                    type="tertiary",
                    help=_("Its reasons in {name}").format(name=side.name),
                )


def _result(side: Side, row: int | None) -> Result | None:
    if row is None:
        return None
    return recommender_of(side.bundle).result_of(side.scored, side.answer, row)


def _said(places: TwoPlaces, side: str, result: Result | None) -> str:
    said = standing(places, side)
    if result is None or result.probability is None:
        return said
    likely = _("{percent} likely").format(percent=formats.percent(result.probability))
    return f"{said}, {likely}"


def _alone(view: RecommendView, side: Side, image: str) -> str:
    """Return a link to the reasons in one bundle."""
    shown = RecommendView(
        image=view.image,
        upload=view.upload,
        text=view.text,
        ranker=side.answer.ranker,
        k=view.k,
        collapse=view.collapse,
        diversity=view.diversity,
        result=image,
        by=side.answer.ranker,
    )
    return address.href("recommend", **address.to_params(shown) | {"bundle": side.name})


def _table(a: Side, b: Side, of_a: Result | None, of_b: Result | None) -> str:
    """Return what each score adds up from; all in it is a number or a text of our own."""
    parts = [{} if result is None else result.contributions.groups for result in (of_a, of_b)]
    comparable = a.answer.ranker == b.answer.ranker and of_a is not None and of_b is not None

    def size(role: str) -> float:
        return max(abs(part.get(role, 0.0)) for part in parts)

    def row(name: str, values: list[float | None]) -> str:
        cells = [formats.digits(value) for value in values]
        first, second = values
        if comparable and first is not None and second is not None:
            cells.append(formats.digits(second - first, signed=True))
        return "".join(f"<td>{cell}</td>" for cell in (html.escape(name), *cells))

    roles = sorted({role for part in parts for role in part if size(role) > 1e-9}, key=size)
    rows = [
        row(vocabulary.role_name(role), [part.get(role) for part in parts])
        for role in reversed(roles)
    ]
    if MODEL in (a.answer.ranker, b.answer.ranker):
        bases = [None if result is None else result.contributions.base for result in (of_a, of_b)]
        rows.append(row(_("average pair"), bases))
    scores = [None if result is None else result.score for result in (of_a, of_b)]
    rows.append(row(_("Score"), scores))
    head = "".join(
        f"<th>{html.escape(cell)}</th>"
        for cell in (_("Adds to the score"), "A", "B", *(["B − A"] if comparable else []))
    )
    body = "".join(f"<tr>{cells}</tr>" for cells in rows)
    return f"<table class='features'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _note(a: Side, b: Side) -> str:
    units = list(dict.fromkeys(vocabulary.unit(side.answer.ranker) for side in (a, b)))
    said = _("Unit: {unit}.").format(unit=", ".join(units))
    if MODEL in (a.answer.ranker, b.answer.ranker):
        said = f"{said} " + _("Rankers trained apart: compare places, not scores.")
    return formats.escaped(said)
