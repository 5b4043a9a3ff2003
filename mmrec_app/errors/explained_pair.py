"""Regions and words of one pair of the lists, in a drawer beside them."""

from typing import Any

import streamlit as st

from mmrec_app.errors.view import ErrorsView
from mmrec_app.i18n import _
from mmrec_app.served.recommenders import explainer_of, recommender_of
from mmrec_app.shared import notices, regions, waiting
from mmrec_app.state import address
from mmrec_core.attribution import ScoreParts
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError, EncoderError
from mmrec_core.ranker.model import CLIP
from mmrec_core.serving.absence import why_not
from mmrec_core.serving.answers import Query


def ask(event: dict[str, Any]) -> None:
    """Show the pair of an event; for a callback."""
    address.change(ErrorsView, explained=event["query"], beside=event["candidate"])


def shown(bundle: Bundle, ranker: str | None) -> None:
    """Draw the pair that the address names, if it names one.

    Parameters
    ----------
    bundle : Bundle
    ranker : str or None
        Whose score is divided; None to leave scores out, since they would sway a reviewer.
    """
    view = address.read(ErrorsView)
    if view.explained in bundle and view.beside in bundle:
        drawer = st.dialog(
            _("Regions and words"), width="medium", position="right", on_dismiss=_close
        )
        drawer(_pair)(bundle, ranker)


def _close() -> None:
    address.change(ErrorsView, explained=None, beside=None)


def _pair(bundle: Bundle, ranker: str | None) -> None:
    view = address.read(ErrorsView)
    if view.explained is None or view.beside is None:
        return
    query, row = bundle.index_of(view.explained), bundle.index_of(view.beside)
    by = ranker or CLIP
    try:
        with waiting.encoding(bundle, _("Comparing regions and words…")):
            parts = _explained(bundle.digest, view.explained, row, by, bundle)
    except (EncoderError, BundleError) as error:
        notices.notice(_("There are no regions and words here"), str(error))
        return
    if parts is None:
        st.text(_("This ranker has nothing to compare here."))
        return
    names = regions.names(parts, by)
    if ranker is None:
        del names[regions.SCORE]
    measure = regions.measure_choice(
        "errors.regions.measure",
        names,
        view.parts,
        lambda name: address.change(ErrorsView, parts=name),
    )
    regions.regions(
        "errors.regions",
        regions.of_image(bundle, _("Query"), query),
        [(regions.of_image(bundle, _("Candidate"), row), parts)],
        ranker=by,
        measure=measure,
        notes=[] if ranker is None else [_origin(bundle)],
    )


def _origin(bundle: Bundle) -> str:
    if bundle.cross_fitted is None:
        return _("Scores are of the ranker that serves.")
    return _(
        "Scores here are of the ranker that serves; those in the list are of one that never met "
        "the query."
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _explained(
    digest: str, query: str, row: int, ranker: str, _bundle: Bundle
) -> ScoreParts | None:
    recommender = recommender_of(_bundle)
    scored = recommender.score(Query(query))
    if ranker not in scored.scores:
        return None
    answer = recommender.answer(scored, k=1, ranker=ranker)
    result = why_not(recommender, scored, answer, row).result
    if result is None:
        return None
    return explainer_of(_bundle).explain(Query(query), scored, result)
