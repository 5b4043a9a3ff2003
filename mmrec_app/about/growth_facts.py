"""What became of the bundle since its build: images that came and went, drift, when to refit."""

import streamlit as st

from mmrec_app.about.bundle_facts import facts
from mmrec_app.i18n import _
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.growth import (
    BEYOND,
    FARTHER,
    LARGEST_CHANGE,
    Bounded,
    Growth,
    growth_of,
)


def growth(bundle: Bundle) -> None:
    """Draw how many images came and went, and whether a refit is due; nothing if none did."""
    grown = growth_of(bundle)
    if grown is None:
        return
    st.header(
        _("Since the build"),
        anchor=False,
        help=_(
            "Images can be added and removed without a new build. What was fitted stays: encoders, "
            "clusters and the ranker."
        ),
    )
    facts([(_("Images"), _images(grown)), *_drift(grown), (_("Refit"), refit(grown))])


def refit(grown: Growth) -> str:
    """Say whether a refit is due, and why."""
    why = {
        "changed": _("more than {share} of the images came or went").format(
            share=formats.share(LARGEST_CHANGE)
        ),
        "farther": _("added images lie more than {share} farther out").format(
            share=formats.share(FARTHER - 1)
        ),
        "beyond": _("more than {share} of the added images lie beyond 95 % of the others").format(
            share=formats.share(BEYOND)
        ),
    }
    if not grown.reasons:
        return _("Not due.")
    return _("Due: {reasons}. Build the collection again over all images.").format(
        reasons="; ".join(why[reason] for reason in grown.reasons)
    )


def _images(grown: Growth) -> str:
    return _("{built} in the build; added: {added}, removed: {removed} ({share} of them).").format(
        built=formats.whole(grown.built),
        added=formats.whole(grown.added),
        removed=formats.whole(grown.removed),
        share=_tenths(grown.change),
    )


def _drift(grown: Growth) -> list[tuple[str, str]]:
    if grown.drift is None:
        return []
    drift = grown.drift
    return [
        (
            _("Distance of the added"),
            _(
                "{n} times that of the build's images, to the centres of their clusters; farther "
                "than 95 % of those: {share}."
            ).format(n=_bounded(drift.distance), share=_bounded_share(drift.beyond)),
        ),
        (
            _("Evenness of clusters"),
            _("{before} in the build, {now} now; 1 is even.").format(
                before=f"{drift.evenness[0]:.2f}", now=f"{drift.evenness[1]:.2f}"
            ),
        ),
    ]


def _bounded(figure: Bounded) -> str:
    return f"{figure.value:.2f} ({figure.low:.2f} … {figure.high:.2f})"


def _tenths(share: float) -> str:
    return f"{share * 100:.1f} %"


def _bounded_share(figure: Bounded) -> str:
    value, low, high = map(formats.share, (figure.value, figure.low, figure.high))
    return f"{value} ({low} … {high})"
