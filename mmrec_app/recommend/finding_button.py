"""The button that saves an answer as one page to send on."""

from contextlib import suppress
from urllib.parse import urlencode

import streamlit as st

from mmrec_app.i18n import _, language
from mmrec_app.recommend import reasons, regions, story_step
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served import rights
from mmrec_app.served.scripts import component
from mmrec_app.shared import captions, reviewer
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import sentences, vocabulary
from mmrec_core.attribution import LIKENESSES, ScoreParts
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import ROLES
from mmrec_core.serving.answers import Result
from mmrec_core.serving.comparison import Comparison
from mmrec_core.serving.finding import LONGEST_NOTE, file_name, finding_card
from mmrec_core.serving.finding_words import FindingWords

_component = component("finding")


def finding_button(bundle: Bundle, query: KeyedQuery, comparison: Comparison, key: str) -> None:
    """Draw a popover that saves all lists shown, with the visitor's note, as a page of its own.

    Parameters
    ----------
    bundle : Bundle
    query : KeyedQuery
    comparison : Comparison
        What to save: the answers to ``query``.
    key : str
        Prefix of the widgets' keys.
    """
    with st.popover(_("Save finding"), icon=":material/ios_share:", type="tertiary"):
        _form(bundle, query, comparison, key)


@fragment
def _form(bundle: Bundle, query: KeyedQuery, comparison: Comparison, key: str) -> None:
    pending = f"{key}.request"

    def keep() -> None:
        st.session_state[pending] = st.session_state[f"{key}.form"].get("request")

    request = st.session_state.pop(pending, None) or {}
    info = comparison.scored.info
    _component(
        key=f"{key}.form",
        data={
            "label": _("Note"),
            "placeholder": _("What is worth noting here?"),
            "save": _("Save as a page"),
            "hint": _(
                "One file with all lists shown, their scores and explanations, and the chosen "
                "result marked. It opens in any browser, offline."
            ),
            "max_length": LONGEST_NOTE,
            "subject": str((info.image, info.text)),
            "ticket": request.get("ticket"),
            "name": file_name(info),
            "html": _card(bundle, query, comparison, str(request["note"])) if request else None,
        },
        on_request_change=keep,
    )
    if rights.may_write():
        story_step.add_to_story(bundle, query, comparison)


def _card(bundle: Bundle, query: KeyedQuery, comparison: Comparison, note: str) -> str:
    """Write the card in the visitor's language, with the captions that they read."""
    answers, info = list(comparison.answers.values()), comparison.scored.info
    now = address.read(RecommendView)  # a fragment may have chosen since the page was drawn
    by = reasons.chosen(bundle, comparison, now)
    chosen = (by[0].ranker, by[1]) if by else None
    parts = _parts(bundle, query, comparison, chosen, now)
    rows = [result.index for answer in answers for result in answer.results]
    rows += [chosen[1].index] if chosen else []
    rows += [info.index] if info.index is not None else []
    shown = {row: text for row in rows if (text := captions.caption(bundle, row))}
    if info.index is not None and info.text != bundle.text(info.index):
        shown.pop(info.index, None)  # the query has the visitor's own words
    says = sentences.why_by_text if comparison.scored.by_text else sentences.why
    return finding_card(
        bundle,
        answers,
        chosen=chosen,
        parts=parts,
        cosine=now.parts if parts and now.parts in parts.alignments else "",
        picture=query.picture,
        why=lambda result: says(result.contributions),
        captions=shown,
        note=note,
        reviewer=reviewer.name() if reviewer.is_named() else "",
        link=_link(query),
        language=language(),
        words=_words(),
    )


def _parts(
    bundle: Bundle,
    query: KeyedQuery,
    comparison: Comparison,
    chosen: tuple[str, Result] | None,
    view: RecommendView,
) -> ScoreParts | None:
    """Take the chosen result apart if the visitor sees it so."""
    if not (chosen and view.parts):
        return None
    with suppress(EncoderError, BundleError):  # the page says why there are none
        return regions.explained(bundle, query, comparison.scored, *chosen)
    return None


def _link(query: KeyedQuery) -> str:
    """Return the address of what the visitor sees; an upload's would lack the upload."""
    here = st.context.url
    if query.picture is not None or not here:
        return ""
    params = urlencode(st.query_params.to_dict())
    return f"{here.partition('?')[0]}?{params}"


def _words() -> FindingWords:
    return FindingWords(
        finding=_("Finding"),
        query=_("Query"),
        results=_("Results"),
        cut=_("the first {shown} of {all}"),
        chosen=_("chosen"),
        no_caption=captions.no_caption(),
        no_picture=_("no picture"),
        a_text=_("a text without a picture"),
        an_upload=_("a picture from outside the collection"),
        score=_("score"),
        base=_("average pair"),
        probability=_("probability of relevance"),
        judged=(_("judged irrelevant"), _("judged relevant")),
        labelled=(_("another category"), _("same category")),
        end_of_relevance=_(
            "below {percent} from here on, the threshold chosen on validation queries"
        ),
        alike=_("near-duplicates merged: {n}"),
        adds_up=_("The bars add up to the score, in {unit}, on one scale for all results."),
        bundle=_("Bundle"),
        encoders=_("Encoders"),
        ranker=_("Ranker"),
        written=_("Saved"),
        reviewer=_("Reviewer"),
        link=_("Open in the app"),
        parts=_("Regions and words"),
        place=_("Number {rank}"),
        ninths=_(
            "upper left, top, upper right, left, centre, right, lower left, bottom, lower right"
        ).split(", "),
        compared=_("Captions are in the language in which they were compared."),
        legend=_("What a region adds, in {unit}"),
        undivided=_("not divided"),
        regions=_("regions"),
        beyond=_("margins around the picture"),
        picture_whole=_("picture as a whole"),
        words_of=_("words"),
        text_whole=_("text as a whole"),
        cosine=_("cosine"),
        learned=_("learned likeness"),
        likeness=_(
            "Regions are of the thumbnail. Its vector has a cosine of {cosine} with that of "
            "the picture itself; all regions share the difference."
        ),
        rankers={name: vocabulary.ranker_name(name) for name in RANKERS},
        roles={role: vocabulary.role_name(role) for role in ROLES},
        units={name: vocabulary.unit(name) for name in RANKERS},
        cosines={name: vocabulary.feature_meaning(name) for name in LIKENESSES},
        picture_methods={
            name: vocabulary.picture_method(name) for name in vocabulary.PICTURE_METHODS
        },
        text_methods={name: vocabulary.text_method(name) for name in vocabulary.TEXT_METHODS},
    )
