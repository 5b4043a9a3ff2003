"""What turns the pages: one entry of the browser's history each, for links and for callbacks."""

from dataclasses import fields

from mmrec_app import i18n
from mmrec_app.frame import tour
from mmrec_app.i18n import _
from mmrec_app.served.scripts import component
from mmrec_app.state import address, navigation
from mmrec_core.collection.filtering import Filter

_navigator = component("navigator")


def navigator(page: str, title: str) -> None:
    """Draw the component that turns pages, on the page of that name and title.

    It turns to what a callback has asked for.
    """
    _navigator(
        key="navigator",
        data={
            "pages": [
                {"href": navigation.path(name), "filters": page.filters}
                for name, page in navigation.PAGES.items()
            ],
            "language": i18n.language(),
            "title": title,
            "shows": tour.part(page),
            "skip": _("Skip to the content"),
            "bundle": address.BUNDLE,
            "filter": [address.FILTER, *(field.name for field in fields(Filter))],
            "turn": address.taken_turn(),
        },
    )
