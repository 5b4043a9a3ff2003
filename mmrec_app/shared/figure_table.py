"""A table of figures in HTML of our own: estimates with intervals, rankers in their colours."""

import html
from collections.abc import Sequence

import streamlit as st

from mmrec_app.words import formats, vocabulary
from mmrec_core.plots.chart import RANKER_COLOURS
from mmrec_core.plots.palette import NEUTRAL


def figures(
    head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "", name: str = ""
) -> None:
    """Draw a table of figures: cells are HTML of our own, as `plain` makes it.

    A table of the ``kind`` rankers drops the notes of its first column on a small screen, and is
    still wider than that: keys scroll it. Screen readers call one of a kind by its ``name``, or by
    its first column.
    """
    top = "".join(f"<th scope='col'>{html.escape(c)}</th>" if c else "<td></td>" for c in head)
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    table = f"<table class='figures'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    focus = (
        f" tabindex='0' role='region' aria-label='{html.escape(name or head[0])}'" if kind else ""
    )
    st.html(f"<div class='figures-wrap {kind}'{focus}>{table}</div>")


def plain(text: str, note: str = "") -> str:
    """Return a text, with a fainter note under it, as a cell."""
    under = f"<small>{html.escape(note)}</small>" if note else ""
    return f"<span>{html.escape(text)}</span>{under}"


def ranker_cell(ranker: str, tag: str = "", under: str | None = None) -> str:
    """Return a ranker's name in its colour, with a tag after it and, under it, its meaning.

    Or ``under``, "" for nothing: a narrow column has no room for either.
    """
    key = f"<i class='key' style='background:{RANKER_COLOURS.get(ranker, 'gray')}'></i>"
    name = plain(vocabulary.ranker_name(ranker))
    mark = f"<em class='tag'>{html.escape(tag)}</em>" if tag else ""
    below = vocabulary.ranker_meaning(ranker) if under is None else under
    small = f"<small>{html.escape(below)}</small>" if below else ""
    return f"{key}{name}{mark}{small}"


def estimate(
    value: float | None,
    low: float | None,
    high: float | None,
    colour: str = NEUTRAL,
    best: bool = False,
) -> str:
    """Return a figure, its interval in digits and as a strip from 0 to 1, as a cell."""
    if value is None or low is None or high is None:
        return "–"
    number = html.escape(formats.digits(value))
    strip = (
        f"<span class='span' style='--mark:{colour}'>"
        f"<i style='left:{low:.1%};width:{high - low:.1%}'></i>"
        f"<u style='left:{value:.1%}'></u></span>"
    )
    interval = html.escape(f"{formats.digits(low)} – {formats.digits(high)}")
    return f"{f'<b>{number}</b>' if best else number}<small>{interval}</small>{strip}"
