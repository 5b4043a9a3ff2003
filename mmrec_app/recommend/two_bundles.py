"""One query in two bundles: this one's list, A, beside another's, B, and what moved."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend import lists, moved_result
from mmrec_app.recommend.two_answers import A, B, Both
from mmrec_app.recommend.view import RecommendView
from mmrec_app.shared import announcement, captions
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, sentences, vocabulary
from mmrec_core.differences.two_lists import TwoPlaces


@fragment
def answer(view: RecommendView, there: Both) -> None:
    """Draw both lists, and beside them where the chosen result stands in each."""
    address.pending_turn()
    now = address.read(RecommendView)
    asked = (view.image, view.upload, view.text, view.other, view.other_by)
    if (now.image, now.upload, now.text, now.other, now.other_by) != asked:
        st.rerun()
    view = replace(view, result=now.result)
    chosen = moved_result.chosen(there.lists, view.result)
    announcement.say(*(lists.counted(side.answer) for side in (there.a, there.b)))
    shown, beside = st.columns([2.75, 1.15], gap="large")
    with shown:
        _lead(there)
        lists.draw(
            [_column(view, there, key) for key in (A, B)],
            joined=True,
            selected=None if chosen is None else (_list_of(there, chosen), chosen.image),
            on_picked=lambda _list, image: address.change(RecommendView, result=image, by=None),
        )
        st.caption(_legend(there))
    with beside, st.container(key=lists.REASONS):
        _ranker_of_b(there)
        if chosen is not None:
            moved_result.moved_result(view, there.a, there.b, chosen)


def footer(there: Both) -> None:
    """Draw what the query took in each."""
    for letter, side in ((A, there.a), (B, there.b)):
        st.caption(f":material/timer: {letter}: {sentences.timings(side.answer.timings_ms)}")


def table(there: Both) -> pd.DataFrame:
    """Return the images of both lists as a table to take away: those of A, then B's others."""
    info = there.a.scored.info
    listed = dict.fromkeys((*there.lists.of_a, *there.lists.of_b))
    return pd.DataFrame(
        {
            "query": info.image,
            "query_text": info.text,
            "image": one.image,
            "a": there.a.name,
            "b": there.b.name,
            "ranker_a": there.a.answer.ranker,
            "ranker_b": there.b.answer.ranker,
            "rank_a": one.rank_a,
            "rank_b": one.rank_b,
            "rise": one.rise,
            "relevant": one.relevant,
        }
        for one in listed
    )


def _ranker_of_b(there: Both) -> None:
    key = "recommend.other_by"
    st.session_state[key] = there.b.answer.ranker
    st.selectbox(
        _("Ranker of B"),
        list(there.b.scored.scores),
        key=key,
        format_func=vocabulary.ranker_name,
        on_change=lambda: address.change(RecommendView, other_by=st.session_state[key]),
        help=_("It follows the ranker of A as long as B has it, unless another is chosen here."),
    )


def _lead(there: Both) -> None:
    compared, images = there.lists, there.images
    head = _("A: {a}, this bundle. B: {b}.").format(a=there.a.name, b=there.b.name)
    n = len(compared.of_a)
    said = [
        ngettext(
            "Of the first {n} result, {shared} is in both; {a} only in A, {b} only in B.",
            "Of the first {n} results, {shared} are in both; {a} only in A, {b} only in B.",
            n,
        ).format(n=n, shared=compared.shared, a=len(compared.only_a), b=len(compared.only_b))
    ]
    relevant = [sum(bool(one.relevant) for one in side) for side in (compared.of_a, compared.of_b)]
    if any(one.relevant is not None for one in (*compared.of_a, *compared.of_b)):
        said.append(
            _("Known to be relevant: {a} in A, {b} in B.").format(a=relevant[0], b=relevant[1])
        )
    a, b = (side.answer.ranker for side in (there.a, there.b))
    if a != b and a not in there.b.scored.scores:
        said.append(
            _("{ranker} has no list for this query in B.").format(ranker=vocabulary.ranker_name(a))
        )
    if images.only_a or images.only_b:
        said.append(
            _("Images that only one has: {a} of A, {b} of B.").format(
                a=formats.whole(images.only_a), b=formats.whole(images.only_b)
            )
        )
    if images.redrawn:
        said.append(
            _("Another picture under the same name: {n}.").format(n=formats.whole(images.redrawn))
        )
    st.markdown(f"**{formats.escaped(head)}** {formats.escaped(' '.join(said))}")


def _column(view: RecommendView, there: Both, key: str) -> dict[str, Any]:
    side, listed = (there.a, there.lists.of_a) if key == A else (there.b, there.lists.of_b)
    title = f"{key} · {vocabulary.ranker_name(side.answer.ranker)}"
    cards = [
        lists.card(side.bundle, side.answer, result)
        | _beside(view, there, key, places)
        | _caption_of_a(there, key, places)
        for result, places in zip(side.answer.results, listed, strict=False)
    ]
    return lists.column(side.answer, key, title, cards)


def _beside(view: RecommendView, there: Both, key: str, places: TwoPlaces) -> dict[str, Any]:
    """Return what a card says of the other list, and where it leads."""
    other, rank = (B, places.rank_b) if key == A else (A, places.rank_a)
    near = rank is not None and rank <= there.lists.k
    said = f"{other}: {', '.join(_said(places, other))}"
    chip = {
        "name": other,
        "rank": "–" if rank is None else f"{rank} {move(places.rise)}".rstrip(),
        "near": near,
        "tip": said,
        "said": said,
    }
    relevance = None if places.relevant is None else int(places.relevant)
    return {
        "href": address.link("recommend", replace(view, result=places.image, by=None)),
        "query_href": view.link_to(places.image)
        if places.row_a is not None
        else address.href("recommend", bundle=there.b.name, image=places.image),
        "known": lists.known(there.a.bundle, relevance),
        "only": None
        if near
        else _("only in {bundle}’s {k}").format(bundle=key, k=formats.whole(there.lists.k)),
        "elsewhere": [chip],
    }


def _caption_of_a(there: Both, key: str, places: TwoPlaces) -> dict[str, Any]:
    """Return A's caption, greyed, for a card of B whose image has none there."""
    if key == A or places.row_a is None or places.row_b is None:
        return {}
    if captions.caption(there.b.bundle, places.row_b):
        return {}
    caption = captions.caption(there.a.bundle, places.row_a)
    return {"caption": caption} if caption else {}


def _said(places: TwoPlaces, side: str) -> list[str]:
    said = [moved_result.standing(places, side)]
    if places.rise:
        text = _("{n} higher in B") if places.rise > 0 else _("{n} lower in B")
        said.append(text.format(n=formats.whole(abs(places.rise))))
    return said


def move(rise: int | None) -> str:
    """Return how far B moves an image, as a sign and a number; nothing where it doesn't."""
    if not rise:
        return ""
    return f"▲{rise}" if rise > 0 else f"▼{-rise}"


def _list_of(there: Both, chosen: TwoPlaces) -> str:
    return A if chosen in there.lists.of_a else B


def _legend(there: Both) -> str:
    parts = [
        _("Lines join the same picture."),
        _("Below each: its place in the other list, ▲ higher and ▼ lower in B than in A."),
    ]
    if any(side.answer.threshold is not None for side in (there.a, there.b)):
        parts.insert(
            0, _("Percentage and bar: how likely it is relevant; the tick is the threshold.")
        )
    return formats.escaped(" ".join(parts))
