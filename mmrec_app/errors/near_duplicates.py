"""The work lists of near-duplicates and of labels that look like mistakes."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors.view import ErrorsView
from mmrec_app.errors.work_list import Entry, work_list
from mmrec_app.i18n import _
from mmrec_app.shared import gallery, naming, notices, reviews
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection import near_duplicates as finding
from mmrec_core.inputs.splits import NEAR_DUPLICATE
from mmrec_core.verdicts.decisions import LABEL, TWINS

LEAST_CONFIDENCE = 0.5
_LOWEST = 0.7  # cosine
_SHOWN = 3  # of those that vote against a label


@fragment
def twins(bundle: Bundle) -> None:
    """Draw the pairs of pictures that are almost the same."""
    address.pending_turn()
    view = address.read(ErrorsView)
    reviews.store(bundle)
    labelled = bool(bundle.manifest.counts.with_label)
    least = NEAR_DUPLICATE if view.least is None else max(view.least, _LOWEST)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        _least(_("Cosine from"), _LOWEST, least)
        if labelled:
            st.session_state["errors.across"] = view.across
            st.toggle(
                _("Only across categories"),
                key="errors.across",
                on_change=lambda: address.change(
                    ErrorsView, across=st.session_state["errors.across"], page=1
                ),
                help=_("Pairs in one category are no contradiction, and are left out."),
            )
    pairs = _pairs(bundle.digest, least, labelled and view.across, bundle)

    def entry(place: int) -> Entry:
        pair = pairs.iloc[place]
        rows = [int(pair["first"]), int(pair["second"])]
        return Entry(
            pair["image"],
            pair["other"],
            [gallery.Card(row, mark=_label(bundle, row)) for row in rows],
            [bundle.image(row) for row in rows],
            _("Are these the same picture? Cosine {cosine}").format(
                cosine=formats.digits(float(pair["cosine"]))
            ),
        )

    work_list(
        bundle,
        view,
        TWINS,
        pairs[["image", "other"]],
        entry,
        export=lambda decided: decided.assign(target=decided["accepted"].astype(int))[
            ["image", "other", "target", "reviewers"]
        ],
        about_export=_(
            "Accepted pairs are relevant to each other: both directions get your verdict, from "
            "which mmrec train learns. The exported CSV goes to mmrec build --twins, which "
            "keeps accepted pairs on one side of the split."
        ),
    )


@fragment
def label_mistakes(bundle: Bundle) -> None:
    """Draw the images whose nearest pictures carry another label."""
    address.pending_turn()
    view = address.read(ErrorsView)
    reviews.store(bundle)
    if not bundle.manifest.counts.with_label:
        notices.empty(
            _("This bundle has no categories"),
            _(
                "Build it from a captions file with a column of labels (`--label-column`) to find "
                "images whose category looks wrong."
            ),
            ":material/label_off:",
        )
        return
    least = LEAST_CONFIDENCE if view.least is None else view.least
    _least(_("Confidence from"), 0.0, least)
    table = _mistakes(bundle.digest, bundle)
    table = table[table["confidence"] >= least].reset_index(drop=True)

    def entry(place: int) -> Entry:
        found = table.iloc[place]
        row = int(found["row"])
        around = finding.voters(*_alike(bundle.digest, bundle), _labels(bundle), row)[:_SHOWN]
        return Entry(
            found["image"],
            found["other"],
            [gallery.Card(int(one), mark=_label(bundle, int(one))) for one in (row, *around)],
            [found["image"]],
            _("{label} → {suggested}? Confidence {share}").format(
                label=_label(bundle, row),
                suggested=naming.label_name(found["other"]),
                share=formats.percent(float(found["confidence"])),
            ),
        )

    work_list(
        bundle,
        view,
        LABEL,
        table[["image", "other"]],
        entry,
        export=lambda decided: decided[decided["accepted"]][["image", "other", "reviewers"]].rename(
            columns={"other": "label"}
        ),
        about_export=_(
            "The first picture, and the nearest ones that vote against its category. "
            "Near-duplicates don't vote. The exported table has the accepted corrections: image "
            "and label, to be put into the captions file."
        ),
    )


def _least(title: str, low: float, value: float) -> None:
    st.session_state["errors.least"] = value
    st.slider(
        title,
        low,
        1.0,
        step=0.01,
        key="errors.least",
        width=240,
        on_change=lambda: address.change(
            ErrorsView, least=st.session_state["errors.least"], page=1
        ),
    )


def _label(bundle: Bundle, row: int) -> str:
    label = bundle.label(row)
    return _("no category") if label is None else naming.label_name(label)


def _labels(bundle: Bundle) -> np.ndarray:
    return bundle.items["label"].to_numpy(object)


@st.cache_resource(max_entries=2, show_spinner=False)
def _alike(digest: str, _bundle: Bundle) -> tuple[np.ndarray, np.ndarray]:
    return finding.alike(_bundle)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pairs(digest: str, least: float, across: bool, _bundle: Bundle) -> pd.DataFrame:
    """Return the pairs with both names, as decisions have them: in the order of the alphabet."""
    pairs = finding.near_duplicate_pairs(*_alike(digest, _bundle), least)
    if across:
        labels = _labels(_bundle)
        pairs = pairs[labels[pairs["first"]] != labels[pairs["second"]]].reset_index(drop=True)
    names = _bundle.items["image"].to_numpy(object)
    both = np.sort([names[pairs["first"]].astype(str), names[pairs["second"]].astype(str)], axis=0)
    return pairs.assign(image=both[0], other=both[1])


@st.cache_resource(max_entries=2, show_spinner=False)
def _mistakes(digest: str, _bundle: Bundle) -> pd.DataFrame:
    """Return the images with their name and the label that is suggested, of any confidence."""
    found = finding.label_mistakes(*_alike(digest, _bundle), _labels(_bundle), 0.0)
    names = _bundle.items["image"].to_numpy(object)[found["row"]]
    return found.assign(image=names.astype(str), other=found["suggested"].astype(str))
