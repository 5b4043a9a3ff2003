"""The reference pipeline beside this bundle's own, where `mmrec compare` was run."""

from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app import wording
from mmrec_app.evaluation.section import figures, plain, section
from mmrec_app.i18n import _
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.reference.comparison_record import (
    ALL,
    COSINES,
    DEFAULT,
    METRICS,
    REFERENCE,
    RecipeComparison,
    RecipeRow,
    read_comparison,
)


def recipe_panel(bundle: Bundle) -> None:
    """Draw the comparison that lies beside the bundle; nothing where there is none."""
    try:
        found = read_comparison(bundle)
    except BundleError as error:
        st.caption(wording.escaped(str(error)))
        return
    if found is None:
        return
    section(
        _("Recipes"),
        _(
            "The reference pipeline as it was published, with one of its faults removed at a time, "
            "and this bundle's ranker, all on the same held-out pairs. In grey, 95 % intervals. "
            "Faults of clustering change the candidates alone, so those rows differ in recall."
        ),
        lambda: _table(found),
        "recipes",
    )
    head = [
        _("Recipe"),
        "AUC",
        "nDCG@5",
        "MRR",
        _("Calibration error"),
        _("Recall of candidates"),
        _("Default above, AUC"),
        _("Default above, nDCG@5"),
    ]
    figures(head, [_cells(row) for row in found.rows], "recipes")
    first = found.rows[0]
    if first.claimed_auc is not None:
        st.markdown(
            wording.escaped(
                _(
                    "Split by rows, the reference's own test claims an AUC of {claimed}; queries "
                    "that it never saw get {measured}."
                ).format(
                    claimed=wording.digits(first.claimed_auc),
                    measured=wording.digits(first.metrics["auc"]["value"]),
                )
            )
        )


def recipe_name(name: str) -> str:
    """Return what a row is called."""
    names = {
        REFERENCE: _("reference as published"),
        ALL: _("reference without its faults"),
        DEFAULT: _("this bundle's ranker"),
        COSINES: _("both cosines' mean"),
        "without row_split": _("split by query, not by row"),
        "without scaler_per_split": _("one scaler"),
        "without double_kmeans": _("one k-means"),
        "without raw_concatenation": _("balanced modalities"),
        "without scale_pos_weight": _("no class weight"),
        "without cls_pooling": _("mean of tokens, not the first"),
    }
    return names.get(name, name)


def _cells(row: RecipeRow) -> list[str]:
    error = wording.digits(row.calibration_error)
    size = _("of {n} candidates").format(n=f"{row.candidates:.0f}")
    return [
        plain(recipe_name(row.name)),
        *(_cell(row.metrics[name]) for name in METRICS),
        plain(error),
        plain(wording.digits(row.recall["value"]), size),
        *(_cell(row.default_above.get(name), signed=True) for name in METRICS[:2]),
    ]


def _cell(estimate: Estimate | None, signed: bool = False) -> str:
    if estimate is None or estimate["value"] is None:
        return plain("–")
    low, high = (wording.digits(estimate[end], signed) for end in ("low", "high"))
    return plain(wording.digits(estimate["value"], signed), f"{low} … {high}")


def _table(found: RecipeComparison) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for row in found.rows:
        figures = {
            f"{name}_{part}": value
            for name, estimate in row.metrics.items()
            for part, value in estimate.items()
        }
        above = {
            f"default_above_{name}_{part}": value
            for name, estimate in row.default_above.items()
            for part, value in estimate.items()
        }
        rest = row.model_dump(exclude={"metrics", "default_above", "recall"})
        rows.append(rest | figures | above | {"recall": row.recall["value"]})
    return pd.DataFrame(rows)
