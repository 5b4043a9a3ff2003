"""The confusion matrix: four counts, each a link to the pairs that it counts."""

import html

import pandas as pd
import streamlit as st

from mmrec_app.evaluation import counted
from mmrec_app.evaluation.section import heading
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.evaluation.wrong_pairs import CELLS

_ROWS = (("tp", "fn"), ("fp", "tn"))


def confusion_matrix(view: EvaluationView, ranker: str, counts: pd.Series) -> None:
    """Draw counts and shares of each true kind: blue is right, vermilion is wrong.

    ``counts`` is one row of `mmrec_core.evaluation.curves.at_thresholds`.
    """
    heading(_("Confusion matrix"), help=_("Each count opens its pairs."))
    words = {
        "tp": _("found"),
        "fn": _("missed"),
        "fp": _("false alarms"),
        "tn": _("rightly rejected"),
    }
    head = "".join(
        f"<th scope='col'>{html.escape(text)}</th>"
        for text in (_("predicted relevant"), _("predicted irrelevant"))
    )
    rows = ""
    for title, cells in zip((_("relevant"), _("irrelevant")), _ROWS, strict=True):
        total = max(sum(counts[cell] for cell in cells), 1)
        links = "".join(
            _cell(view, ranker, cell, words[cell], int(counts[cell]), counts[cell] / total)
            for cell in cells
        )
        rows += f"<tr><th scope='row'>{html.escape(title)}</th>{links}</tr>"
    st.html(
        f"<table class='confusion'><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(view: EvaluationView, ranker: str, cell: str, word: str, count: int, share: float) -> str:
    target = html.escape(address.href("errors", **counted.pairs(view, ranker, kind=CELLS[cell])))
    kind = "right" if cell in ("tp", "tn") else "wrong"
    return (
        f"<td><a class='{kind}' style='--share:{share:.0%}' href='{target}'>"
        f"<b>{formats.whole(count)}</b> {html.escape(word)}<small>{share:.0%}</small></a></td>"
    )
