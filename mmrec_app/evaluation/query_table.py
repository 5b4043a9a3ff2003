"""The table of queries: its columns, the links by which it is sorted, and where each row leads."""

import html
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.i18n import _
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import captions, naming
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.evaluation import query_figures as figures
from mmrec_core.evaluation.wrong_pairs import ALL
from mmrec_core.ranker.model import RANKERS

_Read = Callable[[int], str | None]


class _Column(NamedTuple):
    """A column of the table: its name in the data, its title, and what it means."""

    name: str
    title: str
    meaning: str = ""


def order(view: EvaluationView, table: pd.DataFrame, otherwise: str) -> tuple[str, bool]:
    """Return the column to sort by, and whether from the highest on."""
    column = view.sort.removeprefix("-")
    return (column, view.sort.startswith("-")) if column in table else (otherwise, False)


def draw(
    bundle: Bundle, view: EvaluationView, part: pd.DataFrame, ranker: str, other: str | None
) -> None:
    """Draw a page of the queries; ``difference`` is to the ranker ``other``."""
    groups = _groups(bundle, view, part, ranker, other)
    column, descending = order(view, part, f"{ranker}_{figures.NDCG}")
    over = "".join(
        f"<th scope='colgroup' colspan='{len(columns)}'>{html.escape(title)}</th>"
        if title
        else f"<td colspan='{len(columns)}'></td>"
        for title, columns in groups
    )
    columns = [each for _title, mine in groups for each in mine]
    titles = "".join(_title(view, each, column, descending) for each in columns)
    read, empty = captions.reader(bundle), captions.no_caption()
    rows = "".join(
        f"<tr>{''.join(_cell(bundle, view, row, each.name, read, empty) for each in columns)}</tr>"
        for row in part.to_dict("records")
    )
    head = f"<thead><tr class='groups'>{over}</tr><tr>{titles}</tr></thead>"
    st.html(
        f"<div class='figures-wrap'><table class='figures queries'>{head}<tbody>{rows}</tbody>"
        "</table></div>"
    )


def _groups(
    bundle: Bundle, view: EvaluationView, table: pd.DataFrame, ranker: str, other: str | None
) -> list[tuple[str, list[_Column]]]:
    """Return the columns under the titles that stand over them."""
    query = [_Column("image", _("Query"))]
    if bundle.manifest.counts.with_label:
        query.append(_Column("label", _("Category")))
    found = [
        _Column("relevant", _("Relevant"), _("Relevant images in the whole collection")),
        _Column(figures.RECALL, _("Recall"), _("Share of the relevant images among candidates")),
        _Column("pairs", _("Pairs"), _("Candidates whose relevance is known")),
    ]
    there = [name for name in RANKERS if f"{name}_{figures.NDCG}" in table]
    ndcg = [_Column(f"{name}_{figures.NDCG}", vocabulary.ranker_name(name)) for name in there]
    if figures.DIFFERENCE in table and other:
        meaning = _("CatBoost minus {other}").format(other=vocabulary.ranker_name(other))
        ndcg.append(_Column(figures.DIFFERENCE, _("Difference"), meaning))
    own = [
        _Column(
            f"{ranker}_{figures.RECIPROCAL_RANK}", _("1 / rank"), _("Of the first relevant image")
        ),
        _Column(f"{ranker}_{figures.PRECISION}", "AP", _("Average precision")),
        _Column(f"{ranker}_{figures.RECALL_AT}", f"recall@{view.k}"),
    ]
    return [
        ("", query),
        (_("Candidates"), found),
        (f"nDCG@{view.k}", ndcg),
        (vocabulary.ranker_name(ranker), own),
    ]


def _title(view: EvaluationView, column: _Column, by: str, descending: bool) -> str:
    """Return a column's title: a link that sorts by it, and turns the order if it does already."""
    here = column.name == by
    sort = f"-{by}" if here and not descending else column.name
    target = html.escape(address.link("evaluation", replace(view, sort=sort, page=1)))
    state = f" aria-sort='{'descending' if descending else 'ascending'}'" if here else ""
    tip = f" title='{html.escape(column.meaning)}'" if column.meaning else ""
    link = f"<a href='{target}'{tip}>{html.escape(column.title)}</a>"
    kind = " class='text'" if column.name == "label" else ""
    return f"<th scope='col'{kind}{state}>{link}</th>"


def _cell(
    bundle: Bundle,
    view: EvaluationView,
    row: dict[Hashable, Any],
    name: str,
    read: _Read,
    empty: str,
) -> str:
    value = row[name]
    if name == "image":
        return _picture(bundle, view, int(row["query"]), str(value), read(int(row["query"])), empty)
    if name == "label":
        text = "–" if value is None else naming.label_name(str(value))
        return f"<td class='text'>{html.escape(text)}</td>"
    if name == "pairs" and bundle.has_ranker:
        pairs = address.href(
            "errors", **address.exactly(kind=ALL, query=row["image"], ranker=view.ranker)
        )
        return f"<td><a href='{html.escape(pairs)}'>{formats.whole(int(value))}</a></td>"
    if name in ("pairs", "relevant"):
        return f"<td>{formats.whole(int(value))}</td>"
    return f"<td>{formats.digits(value, signed=name == figures.DIFFERENCE)}</td>"


def _picture(
    bundle: Bundle, view: EvaluationView, row: int, image: str, caption: str | None, empty: str
) -> str:
    target = html.escape(address.href("recommend", image=image, ranker=view.ranker, set=view.set))
    source = html.escape(thumbnail_url(bundle, row))
    text = html.escape(caption or f"{image} ({empty})")
    return (
        f"<td><a class='query' href='{target}'><img src='{source}' alt='' loading='lazy'>"
        f"<span>{text}</span></a></td>"
    )
