"""The work lists of near-duplicates and of labels that look like mistakes."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app.errors.view import ErrorsView
from mmrec_app.errors.work_list import Entry, work_list
from mmrec_app.i18n import _
from mmrec_app.shared import gallery, naming, notices, reviews
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.collection import near_duplicates as finding
from mmrec_core.inputs.splits import NEAR_DUPLICATE
from mmrec_core.verdicts.decisions import LABEL, TWINS

LEAST_CONFIDENCE = 0.5
_LOWEST = 0.7  # cosine


@st.fragment
def twins(bundle: Bundle) -> None:
    """Draw the pairs of pictures that are almost the same."""
    address.pending_turn()
    view = address.read(ErrorsView)
    reviews.store(bundle)
    labels = bundle.items["label"].to_numpy(object)
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
    pairs = _pairs(bundle.digest, least, bundle)
    if labelled and view.across:
        pairs = pairs[labels[pairs["first"]] != labels[pairs["second"]]]
    names = bundle.items["image"].to_numpy(object)
    both = np.sort(np.stack([names[pairs["first"]], names[pairs["second"]]]).astype(str), axis=0)

    def entry(place: int) -> Entry:
        first, second, cosine = pairs.iloc[place]
        rows = [int(first), int(second)]
        return Entry(
            str(both[0, place]),
            str(both[1, place]),
            [gallery.Card(row, mark=_label(labels[row])) for row in rows],
            [str(names[row]) for row in rows],
            _("Are these the same picture? Cosine {cosine}").format(
                cosine=formats.digits(float(cosine))
            ),
        )

    work_list(
        bundle,
        view,
        TWINS,
        pd.DataFrame({"image": both[0], "other": both[1]}),
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


@st.fragment
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
    table = table[table["confidence"] >= least]
    names = bundle.items["image"].to_numpy(object)[table["row"]].astype(str)

    def entry(place: int) -> Entry:
        found = table.iloc[place]
        row = int(found["row"])
        around = finding.voters(*_alike(bundle.digest, bundle), _labels(bundle), row)[:3]
        return Entry(
            str(names[place]),
            str(found["suggested"]),
            [gallery.Card(row, mark=_label(found["label"]))]
            + [
                gallery.Card(int(other), mark=_label(bundle.items["label"].iat[other]))
                for other in around
            ],
            [str(names[place])],
            _("{label} → {suggested}? Confidence {share}").format(
                label=_label(found["label"]),
                suggested=_label(found["suggested"]),
                share=formats.percent(float(found["confidence"])),
            ),
        )

    work_list(
        bundle,
        view,
        LABEL,
        pd.DataFrame({"image": names, "other": table["suggested"].astype(str).to_numpy()}),
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


def _label(label: object) -> str:
    return _("no category") if label is None else naming.label_name(str(label))


def _labels(bundle: Bundle) -> np.ndarray:
    return bundle.items["label"].to_numpy(object)


@st.cache_resource(max_entries=2, show_spinner=False)
def _alike(digest: str, _bundle: Bundle) -> tuple[np.ndarray, np.ndarray]:
    return finding.alike(_bundle)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pairs(digest: str, least: float, _bundle: Bundle) -> pd.DataFrame:
    return finding.near_duplicate_pairs(*_alike(digest, _bundle), least)


@st.cache_resource(max_entries=2, show_spinner=False)
def _mistakes(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return finding.label_mistakes(*_alike(digest, _bundle), _labels(_bundle), 0.0)
