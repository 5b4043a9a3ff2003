"""What each word of the query did, and a region of its picture: the list without it."""

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.recommend import each_region
from mmrec_app.recommend.moves import Moves
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import captions, notices, waiting
from mmrec_app.shared.fragment import fragment
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError, QueryError
from mmrec_core.serving.altered_query import WithoutWords, without_words
from mmrec_core.serving.answers import Recommendation

_OPEN = "recommend.each_word"
_SEEN = "recommend.each_word.region"  # once opened for it, a visitor may close it
_WORD = "recommend.each_word.chosen"


@fragment
def each_word(bundle: Bundle, query: KeyedQuery, answer: Recommendation) -> None:
    """Draw, once it is opened, the lists without each word and of a region that a person draws."""
    view = address.read(RecommendView)
    if view.region and view.region != st.session_state.get(_SEEN):
        st.session_state[_OPEN] = True
    st.session_state[_SEEN] = view.region
    opened = st.expander(
        _("What each word and region of the query did"),
        icon=":material/content_cut:",
        key=_OPEN,
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        st.caption(
            _(
                "By {ranker}. A bar says how much the list changes: 1 minus the rank-biased "
                "overlap of the two lists. A number on a picture is its place: before, where it "
                "goes; after, where it comes."
            ).format(ranker=vocabulary.ranker_name(answer.ranker))
        )
        moves = Moves(bundle, view, answer)
        try:
            with waiting.encoding(bundle, _("Asking without each word…")):
                found = _without_words(
                    bundle.digest,
                    query.key,
                    answer.ranker,
                    view.k,
                    view.collapse_above,
                    view.diversity,
                    bundle,
                    query,
                )
            _words(found, moves)
            if found and query.query.text is None and found.text != _read(bundle, query):
                st.caption(_("Captions are in the language in which they were compared."))
            each_region.each_region(bundle, query, view, answer, moves)
        except (EncoderError, BundleError, QueryError) as error:
            notices.notice(_("The query cannot be altered here"), str(error))


def _read(bundle: Bundle, query: KeyedQuery) -> str | None:
    """Return an image's caption as the visitor reads it."""
    return captions.caption(bundle, bundle.index_of(str(query.query.image)))


def _words(found: WithoutWords | None, moves: Moves) -> None:
    st.subheader(_("Without each word of the caption"), anchor=False)
    if found is None:
        st.text(_("The query has no word that could be left out."))
        return
    names = [found.text[slice(*word.span)] for word in found.words]
    rows = "".join(
        moves.row(name, word.change)
        for name, word in zip(names, found.words, strict=True)
        if word.change is not None
    )
    if not rows:
        st.text(_("Without its only word there is no caption that could be compared."))
        return
    st.html(f"<ul class='altered'>{rows}</ul>")
    if found.anew.amount:
        shared = len(found.anew.shown) - len(found.anew.coming)
        st.caption(
            _(
                "Compared with the list of the whole caption read anew: the encoder was fitted on "
                "this caption, and the page's list leaves that out. {n} of {k} results are the "
                "same."
            ).format(n=shared, k=len(found.anew.shown))
        )
    places = [place for place, word in enumerate(found.words) if word.change is not None]
    chosen = st.selectbox(
        _("The whole list without"),
        places,
        key=f"{_WORD} {found.text}",
        index=None,
        placeholder=_("a word"),
        format_func=lambda place: f"{formats.whole(place + 1)}. {names[place]}",
    )
    if chosen is not None and (change := found.words[chosen].change) is not None:
        st.html(moves.whole(change))


@st.cache_resource(max_entries=64, show_spinner=False)
def _without_words(
    digest: str,
    key: str,
    ranker: str,
    k: int,
    collapse: float | None,
    diversity: float,
    _bundle: Bundle,
    _query: KeyedQuery,
) -> WithoutWords | None:
    return without_words(
        recommender_of(_bundle),
        _query.query,
        ranker,
        k=k,
        collapse=collapse,
        diversity=diversity,
    )
