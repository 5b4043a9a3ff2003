"""Why not: an image that is not among the results, chosen by a search, and what lost it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.recommend import answers, contributions
from mmrec_app.recommend.view import COLLAPSE_ABOVE, LONGEST_SEARCH, RecommendView
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, filters, gallery
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import Filter
from mmrec_core.serving.absence import Absence, Retrieval
from mmrec_core.serving.answers import Recommendation
from mmrec_core.serving.comparison import Comparison

_MOST = 12


def search(bundle: Bundle, view: RecommendView) -> None:
    """Draw the popover that finds an image by its caption or name, to ask why it is not shown."""
    with st.popover(
        _("Why not…?"),
        icon=":material/search_insights:",
        key=f"recommend.why_not {view.missing}",  # another one, closed, once an image is chosen
    ):
        st.session_state["recommend.seek"] = view.seek
        st.text_input(
            _("Which image do you miss?"),
            key="recommend.seek",
            max_chars=LONGEST_SEARCH,
            placeholder=_("Words in the caption or the file name"),
            icon=":material/search:",
            on_change=lambda: address.change(
                RecommendView, seek=st.session_state["recommend.seek"].strip()
            ),
        )
        if not view.seek:
            return
        rows = filters.matching(bundle, Filter(q=view.seek))
        if not len(rows):
            st.caption(_("No caption and no file name has all these words."))
            return
        shown = [gallery.Card(int(row)) for row in rows[:_MOST]]
        head = ngettext("{n} image", "{n} images", len(rows)).format(n=formats.whole(len(rows)))
        if len(rows) > _MOST:
            head = _("{head}, the first {n} shown").format(head=head, n=_MOST)
        st.caption(head)
        gallery.gallery(
            bundle,
            shown,
            label=_("Images to ask about"),
            key="recommend.sought",
            link=view.link_to_missing,
            width="5.5rem",
            columns=4,
        )


def why_not(bundle: Bundle, view: RecommendView, comparison: Comparison) -> None:
    """Draw why the image that the view asks about is not among the results."""
    if view.missing is None:
        return
    row = bundle.index_of(view.missing)
    by_ranker = {
        ranker: answers.absent(bundle, view, comparison, ranker, row)
        for ranker in comparison.answers
    }
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.header(_("Why is this image not shown?"), anchor=False, width="content")
            st.link_button(
                _("Close"),
                address.link("recommend", replace(view, missing=None)),
                icon=":material/close:",
                type="tertiary",
            )
        picture, said, lacks = st.columns([1, 1.3, 1.2], gap="large")
        with picture:
            gallery.picture(
                thumbnail_url(bundle, row),
                caption=captions.caption(bundle, row),
                facts=gallery.facts(bundle, row),
                key="recommend.missing",
                small=True,
            )
        with said:
            _said(bundle, view, comparison, by_ranker)
        with lacks:
            _lacks(view, comparison, by_ranker)


def _said(
    bundle: Bundle, view: RecommendView, comparison: Comparison, by_ranker: dict[str, Absence]
) -> None:
    first = next(iter(by_ranker.values()))
    if first.loss == "query":
        st.text(_("It is the query itself."))
        return
    if first.loss == "not found":
        st.markdown(f"**{_('It is not among the candidates, so no ranker saw it.')}**")
        if first.retrieval is not None:
            st.text(_how_far(first.retrieval))
    names = captions.reader(bundle)

    def name(other: int | None) -> str:
        return "" if other is None else names(other) or bundle.image(other)

    for ranker, absence in by_ranker.items():
        sentence = _sentence(absence, comparison.answers[ranker], view, name)
        head = formats.escaped(vocabulary.ranker_name(ranker))
        st.markdown(f"**{head}**&ensp;{formats.escaped(sentence)}")


def _sentence(
    absence: Absence, answer: Recommendation, view: RecommendView, name: Callable[[int | None], str]
) -> str:
    rank, loss = absence.rank, absence.loss
    if loss == "own picture":
        return _("It is left out, since its picture is the query's own.")
    if rank is None:
        return _("It has no rank: there is nothing to compare, or its picture is the query's own.")
    if loss == "shown":
        return _("It is shown, as number {rank}.").format(rank=rank)
    if loss == "merged":
        return _(
            "It is merged into number {rank}, “{other}”: their pictures have a cosine of at least "
            "{cosine}."
        ).format(rank=rank, other=name(absence.other), cosine=COLLAPSE_ABOVE)
    if loss == "spread":
        return _(
            "By its score it is number {place}; diversity moved it to number {rank}, since it is "
            "like “{other}”."
        ).format(place=absence.by_score, rank=rank, other=name(absence.other))
    if loss == "not found":
        if rank <= view.k:
            return _("As a candidate it would be number {rank}, and shown.").format(rank=rank)
        return _("As a candidate it would be number {rank}.").format(rank=rank)
    return _(
        "It is number {rank} of {all}. Its score is {score}, that of the last one shown {last}."
    ).format(
        rank=rank,
        all=formats.whole(len(answer.candidates)),
        score=formats.digits(absence.result.score if absence.result else None),
        last=formats.digits(absence.last.score if absence.last else None),
    )


def _how_far(retrieval: Retrieval) -> str:
    said = {
        "exact": _(
            "The {taken} images nearest by standardised cosines are candidates; it is number "
            "{place} of {of}."
        ),
        "clusters": _(
            "The images of the {taken} nearest clusters are candidates; its cluster is number "
            "{place} of {of}."
        ),
        "text": _(
            "The {taken} pictures and the {taken} captions nearest to the text are candidates; it "
            "is number {place} of {of} at best."
        ),
    }
    place, taken, of = map(formats.whole, (retrieval.place, retrieval.taken, retrieval.of))
    return said[retrieval.method].format(place=place, taken=taken, of=of)


def _lacks(view: RecommendView, comparison: Comparison, by_ranker: dict[str, Absence]) -> None:
    """Draw what its score lacks against the last one shown, under the chosen ranker if it lacks."""
    for ranker in dict.fromkeys((view.by or "", *by_ranker)):
        absence = by_ranker.get(ranker)
        if absence is None or not absence.lacks or absence.loss in ("merged", "spread", "shown"):
            continue
        if absence.result is None or absence.last is None:
            continue
        st.caption(
            _("What it lacks against the last one shown, by {ranker}:").format(
                ranker=vocabulary.ranker_name(ranker)
            )
        )
        contributions.lead(
            comparison.answers[ranker], absence.last, absence.result, "recommend.lacks"
        )
        return
