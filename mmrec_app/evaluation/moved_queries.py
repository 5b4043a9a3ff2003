"""The queries of two bundles: a point each, and those that moved most as tables of links."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.section import heading, section
from mmrec_app.i18n import _
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, leads, notices
from mmrec_app.shared.figure_table import figures, plain
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.differences.compare import Differences
from mmrec_core.differences.queries import both_ends
from mmrec_core.differences.text import metric_title
from mmrec_core.plots.paired_scatter import Named, groups, paired_scatter

_LISTED = 10


def scatter(compared: Differences, other: str) -> None:
    """Draw each query by its figure in A and in B; a click opens it in both on Recommend.

    ``other`` is the name under which B is served.
    """
    metric = metric_title(compared.metric)
    heading(
        _("Each query in A and in B"),
        _(
            "Above the line: better in B. Queries of equal figures lie side by side. Click a point "
            "to open the query in both; those that moved most are listed below, too."
        ),
    )
    table = compared.queries
    a, b = table["a"].to_numpy(), table["b"].to_numpy()
    traces = groups(a, b)
    images = table["image"].to_numpy()

    def query(trace: int, point: int) -> dict[str, Any] | None:
        image = images[traces[trace][point]]
        return {"image": image, "ranker": compared.ranker, "other": other}

    read = captions.reader(compared.a)
    names = [read(int(row)) or image for row, image in zip(table["query"], images, strict=True)]
    leads.plot(
        paired_scatter(
            a,
            b,
            names,
            x=_("{metric} in A").format(metric=metric),
            y=_("{metric} in B").format(metric=metric),
            named=Named(_("better in B"), _("equal"), _("worse in B")),
        ),
        "evaluation.moved",
        "recommend",
        query,
        alt=_("Each query's figure in A and in B"),
    )


def tables(compared: Differences, other: str) -> None:
    """Draw the queries that moved most to either side, each a link to both lists on Recommend."""
    section(
        _("Queries that moved most"),
        _(
            "By the size of the difference. Overlap: of the first five of both bundles, the share "
            "that both show."
        ),
        lambda: compared.queries,
        "moved_queries",
        compared.ranker,
    )
    worse, better = both_ends(compared.queries)
    if not len(worse) and not len(better):
        notices.empty(_("No query moved"))
        return
    for column, title, moved in zip(
        st.columns(2, gap="large"),
        (_("Worse in B: {n} of {all}"), _("Better in B: {n} of {all}")),
        (worse, better),
        strict=True,
    ):
        shown = moved.head(_LISTED)
        with column:
            said = title.format(n=len(shown), all=formats.whole(len(moved)))
            heading(said)
            if len(shown):
                _table(compared, shown, other, said)


def _table(compared: Differences, moved: pd.DataFrame, other: str, name: str) -> None:
    read, empty = captions.reader(compared.a), captions.no_caption()
    rows = []
    for row in moved.to_dict("records"):
        target = address.href("recommend", image=row["image"], ranker=compared.ranker, other=other)
        text = read(int(row["query"])) or f"{row['image']} ({empty})"
        rows.append(
            [
                f"<a class='query' href='{html.escape(target)}'>"
                f"<img src='{html.escape(thumbnail_url(compared.a, int(row['query'])))}' alt='' "
                f"loading='lazy'><span>{html.escape(text)}</span></a>",
                plain(formats.digits(row["a"])),
                plain(formats.digits(row["b"])),
                plain(formats.digits(row["difference"], signed=True)),
                plain(formats.digits(row["overlap"])),
            ]
        )
    figures([_("Query"), "A", "B", "B − A", _("Overlap")], rows, "queries", name)
