"""What a page says while a query is answered: the first new one waits for the encoders."""

from mmrec_app.i18n import _
from mmrec_app.served.recommenders import load_encoders_ahead, recommender_of
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_core.bundle import Bundle


def said(bundle: Bundle, query: KeyedQuery, otherwise: str) -> str:
    """Return that the encoders are being loaded where the query waits for them, or else a text."""
    is_new = query.query.text is not None or not isinstance(query.query.image, str)
    return for_encoders(bundle, otherwise) if is_new else otherwise


def for_encoders(bundle: Bundle, otherwise: str) -> str:
    """Return that the encoders are being loaded, or a text where they are loaded already."""
    if recommender_of(bundle).encoder.is_loaded:
        return otherwise
    load_encoders_ahead(bundle)
    return _("Loading the encoders: the first picture or text takes up to half a minute…")
