"""Beside the table of verdicts: agreement, nDCG, the export, and the way to a new ranker."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _, ngettext
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.judged_pairs import FORMATS, encoded, pairs_of_verdicts

_FORMAT_NAMES = {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet"}


def agreement(figures: dict[str, Any]) -> None:
    """Draw how far reviewers agree."""
    agreement = figures["agreement"]
    st.header(
        _("Agreement between reviewers"),
        anchor=False,
        help=_(
            "Krippendorff's alpha for ordinal grades: 1 is full agreement, 0 is agreement by "
            "chance. Cohen's kappa, with quadratic weights, compares two reviewers."
        ),
    )
    n = agreement["pairs"]
    if not n:
        st.caption(_("No pair has been graded by two reviewers yet."))
        return
    st.metric(
        _("Krippendorff's α"),
        formats.digits(agreement["krippendorff_alpha"]),
        help=_("Not defined while all grades are the same."),
    )
    st.caption(
        ngettext(
            "over {n} pair that two or more reviewers graded",
            "over {n} pairs that two or more reviewers graded",
            n,
        ).format(n=formats.whole(n))
    )
    if len(agreement["cohen_kappa"]) > 1:
        st.dataframe(
            pd.DataFrame(agreement["cohen_kappa"]).assign(
                kappa=[formats.digits(row["kappa"]) for row in agreement["cohen_kappa"]]
            ),
            hide_index=True,
            column_config={
                "first": _("Reviewer"),
                "second": _("and"),
                "pairs": _("Pairs"),
                "same": st.column_config.NumberColumn(_("Same grade"), format="percent"),
                "kappa": "κ",
            },
        )
    else:
        for row in agreement["cohen_kappa"]:
            text = _("{first} and {second}: the same grade on {same}, κ {kappa}").format(
                first=row["first"],
                second=row["second"],
                same=formats.percent(row["same"]),
                kappa=formats.digits(row["kappa"]),
            )
            st.caption(formats.escaped(text))


def ranking(figures: dict[str, Any]) -> None:
    """Draw each ranker's nDCG on verdicts, and what it counts."""
    ndcg = figures["ndcg@5"]
    st.header(
        _("nDCG@5 on verdicts"),
        anchor=False,
        help=_(
            "The gain is the grade minus 1, averaged over reviewers. 95 % intervals, from a "
            "bootstrap over queries."
        ),
    )
    if not ndcg["queries"]:
        st.caption(
            _(
                "This needs a query held out from the ranker in use with at least two graded "
                "candidates, one of them graded above 1."
            )
        )
        return
    st.dataframe(
        pd.DataFrame(
            [
                (
                    vocabulary.ranker_name(name),
                    formats.digits(each["value"]),
                    _interval(each) if ndcg["queries"] > 1 else "–",
                )
                for name, each in ndcg["rankers"].items()
            ],
            columns=["ranker", "value", "interval"],
        ),
        hide_index=True,
        column_config={
            "ranker": _("Ranker"),
            "value": "nDCG@5",
            "interval": _("95 % interval"),
        },
    )
    st.caption(
        _(
            "Counted: {verdicts} verdicts on {pairs} pairs of {queries} queries held out from the "
            "ranker in use. Not counted: {elsewhere}, since they are on other queries or too few "
            "on one. These are only pairs that people chose to look at."
        ).format(
            verdicts=formats.whole(ndcg["verdicts"]),
            pairs=formats.whole(ndcg["pairs"]),
            queries=formats.whole(ndcg["queries"]),
            elsewhere=formats.whole(ndcg["verdicts_elsewhere"]),
        )
    )


def _interval(estimate: dict[str, float]) -> str:
    return f"{formats.digits(estimate['low'])} – {formats.digits(estimate['high'])}"


def export(bundle: Bundle, given: pd.DataFrame, tags: pd.DataFrame) -> None:
    """Draw the downloads of the verdicts as judged pairs."""
    st.header(
        _("Export"),
        anchor=False,
        help=_("One row per pair, over all reviewers; `mmrec build --pairs` reads the CSV."),
    )
    with st.container(horizontal=True, gap="small"):
        for ending in FORMATS:
            st.download_button(
                _FORMAT_NAMES[ending],
                data=partial(_file, given, tags, ending),
                file_name=f"{bundle.name}-verdicts.{ending}",
                mime="application/octet-stream" if ending == "parquet" else f"text/{ending}",
                key=f"errors.verdicts.{ending}",
                icon=":material/download:",
                on_click="ignore",
            )


def _file(given: pd.DataFrame, tags: pd.DataFrame, ending: str) -> bytes:
    return encoded(pairs_of_verdicts(given, tags), ending)


def training(bundle: Bundle) -> None:
    """Say how a new ranker is trained."""
    st.header(_("Train a ranker with verdicts"), anchor=False)
    st.caption(
        _(
            "The command trains a new ranker with the verdicts on training queries. The new "
            "ranker replaces the present one if it ranks queries left out of its training no "
            "worse than the ranker of the build. Verdicts on a query never train the ranker "
            "that the query is measured with."
        )
    )
    path = bundle.path
    here = Path.cwd()
    path = path.relative_to(here) if path.is_relative_to(here) else Path(path.name)
    st.code(f"mmrec train '{path}' --with-verdicts --dry-run", language=None, wrap_lines=True)
