"""The button that saves an answer as one page to send on."""

from urllib.parse import urlencode

import streamlit as st
from PIL import Image

from mmrec_app.i18n import _, language
from mmrec_app.recommend import reasons
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.scripts import component
from mmrec_app.shared import captions, reviewer
from mmrec_app.state import address
from mmrec_app.words import sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import ROLES
from mmrec_core.serving.comparison import Comparison
from mmrec_core.serving.finding import LONGEST_NOTE, FindingWords, file_name, finding_card

_component = component("finding")


def finding_button(
    bundle: Bundle, comparison: Comparison, key: str, *, picture: Image.Image | None = None
) -> None:
    """Draw a popover that saves all lists shown, with the visitor's note, as a page of its own.

    Parameters
    ----------
    bundle : Bundle
    comparison : Comparison
        What to save.
    key : str
        Prefix of the widgets' keys.
    picture : Image, optional
        The query's picture, if it is none of the bundle.
    """
    with st.popover(_("Save finding"), icon=":material/ios_share:", type="tertiary"):
        _form(bundle, comparison, key, picture)


@st.fragment
def _form(bundle: Bundle, comparison: Comparison, key: str, picture: Image.Image | None) -> None:
    pending = f"{key}.request"

    def keep() -> None:
        st.session_state[pending] = st.session_state[f"{key}.form"].get("request")

    request = st.session_state.pop(pending, None) or {}
    query = comparison.scored.info
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
            "subject": str((query.image, query.text)),
            "ticket": request.get("ticket"),
            "name": file_name(query),
            "html": _card(bundle, comparison, str(request["note"]), picture) if request else None,
        },
        on_request_change=keep,
    )


def _card(bundle: Bundle, comparison: Comparison, note: str, picture: Image.Image | None) -> str:
    """Write the card in the visitor's language, with the captions that they read."""
    answers, query = list(comparison.answers.values()), comparison.scored.info
    now = address.read(RecommendView)  # a fragment may have chosen since the page was drawn
    by = reasons.chosen(bundle, comparison, now)
    chosen = (by[0].ranker, by[1]) if by else None
    rows = [result.index for answer in answers for result in answer.results]
    rows += [chosen[1].index] if chosen else []
    rows += [query.index] if query.index is not None else []
    shown = {row: text for row in rows if (text := captions.caption(bundle, row))}
    if query.index is not None and query.text != bundle.text(query.index):
        shown.pop(query.index, None)  # the query has the visitor's own words
    says = sentences.why_by_text if comparison.scored.by_text else sentences.why
    return finding_card(
        bundle,
        answers,
        chosen=chosen,
        picture=picture,
        why=lambda result: says(result.contributions),
        captions=shown,
        note=note,
        reviewer=reviewer.name() if reviewer.is_named() else "",
        link=_link(picture),
        language=language(),
        words=_words(),
    )


def _link(picture: Image.Image | None) -> str:
    """Return the address of what the visitor sees; an upload's would lack the upload."""
    here = st.context.url
    if picture is not None or not here:
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
        rankers={name: vocabulary.ranker_name(name) for name in RANKERS},
        roles={role: vocabulary.role_name(role) for role in ROLES},
        units={name: vocabulary.unit(name) for name in RANKERS},
    )
