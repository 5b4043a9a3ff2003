"""The button that copies the page's address, and says so."""

from mmrec_app.i18n import _
from mmrec_app.served.scripts import component

_component = component("copy_link")


def copy_link(key: str) -> None:
    """Draw the button; every view is in its address, so the link shows others the same."""
    _component(
        key=key,
        data={
            "copy": _("Copy link"),
            "copied": _("Link copied"),
            "failed": _("Not copied: copy it from the address bar."),
        },
    )
