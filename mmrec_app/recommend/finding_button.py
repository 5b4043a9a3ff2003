"""The button that saves an answer as one page to send on."""

from urllib.parse import urlencode

import streamlit as st
from PIL import Image

from mmrec_app.i18n import _, language
from mmrec_app.served.scripts import component
from mmrec_app.shared import captions, reviewer
from mmrec_app.words import sentences, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import RANKERS
from mmrec_core.ranker.pair_features import ROLES
from mmrec_core.serving.answers import Recommendation
from mmrec_core.serving.finding import LONGEST_NOTE, FindingWords, file_name, finding_card

_component = component("finding")


def finding_button(
    bundle: Bundle, answer: Recommendation, key: str, *, picture: Image.Image | None = None
) -> None:
    """Draw a popover that saves an answer, with the visitor's note, as a page of its own.

    Parameters
    ----------
    bundle : Bundle
    answer : Recommendation
        What to save.
    key : str
        Prefix of the widgets' keys.
    picture : Image, optional
        The query's picture, if it is none of the bundle.
    """
    with st.popover(_("Save finding"), icon=":material/ios_share:", type="tertiary"):
        _form(bundle, answer, key, picture)


@st.fragment
def _form(bundle: Bundle, answer: Recommendation, key: str, picture: Image.Image | None) -> None:
    pending = f"{key}.request"

    def keep() -> None:
        st.session_state[pending] = st.session_state[f"{key}.form"].get("request")

    request = st.session_state.pop(pending, None) or {}
    _component(
        key=f"{key}.form",
        data={
            "label": _("Note"),
            "placeholder": _("What is worth noting here?"),
            "save": _("Save as a page"),
            "hint": _(
                "One file with the pictures, scores and explanations. It opens in any "
                "browser, offline."
            ),
            "max_length": LONGEST_NOTE,
            "subject": str((answer.query.image, answer.query.text)),
            "ticket": request.get("ticket"),
            "name": file_name(answer),
            "html": _card(bundle, answer, str(request["note"]), picture) if request else None,
        },
        on_request_change=keep,
    )


def _card(bundle: Bundle, answer: Recommendation, note: str, picture: Image.Image | None) -> str:
    """Write the card in the visitor's language, with the captions that they read."""
    rows = [result.index for result in answer.results]
    rows += [answer.query.index] if answer.query.index is not None else []
    shown = {row: text for row in rows if (text := captions.caption(bundle, row))}
    if answer.query.index is not None and answer.query.text != bundle.text(answer.query.index):
        shown.pop(answer.query.index, None)  # the query has the visitor's own words
    return finding_card(
        bundle,
        answer,
        picture=picture,
        reasons=[sentences.why(result.contributions) for result in answer.results],
        captions=shown,
        note=note,
        reviewer=reviewer.name() if reviewer.is_named() else "",
        link=_link(picture),
        language=language(),
        words=_words(),
    )


def _link(picture: Image.Image | None) -> str:
    """Return the address of what the visitor sees; an upload's would lack the upload."""
    address = st.context.url
    if picture is not None or not address:
        return ""
    params = urlencode(st.query_params.to_dict())
    return f"{address.partition('?')[0]}?{params}"


def _words() -> FindingWords:
    return FindingWords(
        finding=_("Finding"),
        query=_("Query"),
        results=_("Results"),
        cut=_("the first {shown} of {all}"),
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
