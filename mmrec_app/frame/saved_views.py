"""Views under a name, on every page: open one, or save what the page shows now."""

import streamlit as st

from mmrec_app.frame import opening
from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.shared import closed, reviewer, reviews
from mmrec_app.state import address, navigation
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.saved_views import SavedView, SavedViews
from mmrec_core.verdicts.values import VIEW_LENGTH

_NAME = "saved_views.name"


def saved_views() -> None:
    """Draw the button that opens the list of saved views."""
    bundle = opening.bundle_at_hand()
    if bundle is None:
        return
    with st.popover(
        _("Saved views"),
        icon=":material/bookmark:",
        type="tertiary",
        key="saved-views",
        help=_("Saved views: open one, or save this page as it is"),
    ):
        kept = SavedViews(verdict_place(bundle.path))
        try:
            views = kept.all()
        except VerdictError as error:
            st.text(str(error))
            return
        may_write = rights.may_write()
        if may_write:
            _field(bundle, kept)
        closed.said("saved-views")
        if not views and may_write:
            st.caption(
                _(
                    "No views are saved yet. A view is a page with its search, filter and choices; "
                    "all who open this bundle find it here."
                )
            )
        with st.container(key="saved-views-list", gap="xxsmall"):
            for place, view in enumerate(views):
                if view.page in navigation.PAGES:
                    _entry(kept, view, place)


def _field(bundle: Bundle, kept: SavedViews) -> None:
    def save() -> None:
        name, (page, parameters) = st.session_state[_NAME], address.present()
        view = SavedView(name, page, parameters, reviewer.name(), bundle.digest)
        if name.strip() and reviews.attempt(lambda: kept.save(view)):
            st.session_state[_NAME] = ""

    st.text_input(
        _("Save this view as"),
        key=_NAME,
        max_chars=VIEW_LENGTH,
        placeholder=_("a name, then Enter"),
        on_change=save,
    )


def _entry(kept: SavedViews, view: SavedView, place: int) -> None:
    entry = navigation.PAGES[view.page]
    exact = address.exactly(**view.parameters) if entry.filters else view.parameters
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.link_button(
            formats.escaped(f"{_(entry.title)}: {view.name}"),
            address.href(view.page, **exact),
            type="tertiary",
            width="stretch",
            help=formats.escaped(_("Saved by {reviewer}").format(reviewer=view.reviewer)),
        )
        if not rights.may_write():
            return
        st.button(
            _("Remove this view"),
            key=f"saved_views-remove-{place}-{view.name}",
            icon=":material/delete:",
            type="tertiary",
            help=_("Remove this view"),
            on_click=_remove,
            args=(kept, view.name),
        )


def _remove(kept: SavedViews, name: str) -> None:
    reviews.attempt(lambda: kept.remove(name))
