"""The reference pipeline beside this bundle's own, where `mmrec compare` was run."""

from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import section
from mmrec_app.i18n import _
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.bootstrap import Estimate
from mmrec_core.reference.comparison_record import (
    METRICS,
    RecipeComparison,
    RecipeRow,
    read_comparison,
)


def recipe_panel(bundle: Bundle) -> None:
    """Draw the comparison that lies beside the bundle; nothing where there is none."""
    try:
        comparison = read_comparison(bundle)
    except BundleError as error:
        st.caption(formats.escaped(str(error)))
        return
    if comparison is None:
        return
    section(
        _("Recipes"),
        _(
            "The reference pipeline as published, then with one of its faults removed at a "
            "time, and this bundle's ranker, all on the held-out pairs of the bundle's own fold: "
            "it keeps the vectors of no further one. No ranker was trained on these pairs, but "
            "the reference's k-means sees the held-out images too: that is one of its faults. "
            "Faults of clustering change only the candidates, so those rows differ only in "
            "recall. Grey: 95 % intervals."
        ),
        lambda: _table(comparison),
        "recipes",
    )
    head = [
        _("Recipe"),
        "AUC",
        "nDCG@5",
        "MRR",
        _("Calibration error"),
        _("Recall of candidates"),
        _("Default's lead, AUC"),
        _("Default's lead, nDCG@5"),
    ]
    figures(head, [_cells(row) for row in comparison.rows], "recipes")
    first = comparison.rows[0]
    if first.claimed_auc is not None:
        st.markdown(
            formats.escaped(
                _(
                    "With its split by rows, the reference's own test claims an AUC of "
                    "{claimed}; on queries that it never saw, the AUC is {measured}."
                ).format(
                    claimed=formats.digits(first.claimed_auc),
                    measured=formats.digits(first.metrics["auc"]["value"]),
                )
            )
        )


def _cells(row: RecipeRow) -> list[str]:
    error = formats.digits(row.calibration_error)
    size = _("of {n} candidates").format(n=f"{row.candidates:.0f}")
    return [
        plain(vocabulary.recipe_name(row.name)),
        *(_cell(row.metrics[name]) for name in METRICS),
        plain(error),
        plain(formats.digits(row.recall["value"]), size),
        *(_cell(row.default_above.get(name), signed=True) for name in METRICS[:2]),
    ]


def _cell(estimate: Estimate | None, signed: bool = False) -> str:
    if estimate is None or estimate["value"] is None:
        return plain("–")
    low, high = (formats.digits(estimate[end], signed) for end in ("low", "high"))
    return plain(formats.digits(estimate["value"], signed), f"{low} … {high}")


def _table(comparison: RecipeComparison) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for row in comparison.rows:
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
