"""All verdicts on a bundle: a table, how far reviewers agree, nDCG on them, and what to do next."""

from typing import Any

import pandas as pd
import streamlit as st

from mmrec_app.errors import figures
from mmrec_app.errors.view import QUEUE, VERDICTS, ErrorsView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared import announcement, notices, reviewer, reviews
from mmrec_app.shared.fragment import fragment
from mmrec_app.state import address
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.judged_pairs import tags_of
from mmrec_core.verdicts.selection import select
from mmrec_core.verdicts.summary import verdict_figures
from mmrec_core.verdicts.values import GRADES

MOST_ROWS = 500


@fragment
def verdicts(bundle: Bundle) -> None:
    """Draw the figures, the table and the way to a new ranker."""
    address.pending_turn()
    view = address.read(ErrorsView)
    if view.view != VERDICTS:
        st.rerun()  # the queue was opened from here
    store = reviews.store(bundle)
    given, tags = store.verdicts(), store.tags()
    if given.empty:
        notices.empty(
            _("No verdicts yet"),
            _("Grade candidates in the queue, pairs under Pairs, or results on the Recommend page.")
            if rights.may_write()
            else "",
            icon=":material/rate_review:",
        )
        if not rights.may_write():
            return
        st.button(
            _("Open the queue"),
            type="primary",
            on_click=lambda: address.change(ErrorsView, view=QUEUE),
        )
        return
    reviewer.offer(bundle)
    measured = _figures(bundle.digest, reviews.version_of(store), bundle)
    _controls(view, given, tags)
    shown = select(
        given, tags, reviewer=view.by, grade=view.grade, tag=view.tagged, noted=view.noted
    )
    _table(bundle, shown, tags)
    agreement, ranking, rest = st.columns([1, 1.3, 1.2], gap="large")
    with agreement:
        figures.agreement(measured)
    with ranking:
        figures.ranking(measured)
    with rest:
        figures.export(bundle, given, tags)
        figures.training(bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _figures(digest: str, version: str, _bundle: Bundle) -> dict[str, Any]:
    store = reviews.store(_bundle)
    recommender = recommender_of(_bundle)
    return verdict_figures(recommender, store.verdicts(), store.tags(), store.path)


def _controls(view: ErrorsView, given: pd.DataFrame, tags: pd.DataFrame) -> None:
    def take(field: str, key: str, empty: Any) -> None:
        value = st.session_state[key]
        address.change(ErrorsView, **{field: empty if value is None else value})

    options: dict[str, tuple[str, list[Any], Any]] = {
        "by": (_("Reviewer"), sorted(given["reviewer"].unique()), ""),
        "grade": (_("Grade"), list(GRADES), None),
        "tagged": (_("Tag"), sorted(tags["tag"].unique()), None),
    }
    columns = st.columns([1, 1, 1, 0.8], vertical_alignment="bottom")
    for column, (field, (title, values, empty)) in zip(columns, options.items(), strict=False):
        key = f"errors.verdicts.{field}"
        chosen = getattr(view, field)
        st.session_state[key] = chosen if chosen in values else None
        column.selectbox(
            title,
            values,
            index=None,
            key=key,
            placeholder=_("All"),
            format_func=reviews.grade_name if field == "grade" else str,
            on_change=take,
            args=(field, key, empty),
        )
    st.session_state["errors.verdicts.noted"] = view.noted
    columns[3].checkbox(
        _("With a note"),
        key="errors.verdicts.noted",
        on_change=take,
        args=("noted", "errors.verdicts.noted", False),
    )


def _table(bundle: Bundle, shown: pd.DataFrame, tags: pd.DataFrame) -> None:
    n = len(shown)
    counted = ngettext("{n} verdict, the newest first", "{n} verdicts, the newest first", n)
    st.caption(counted.format(n=formats.whole(n)))
    announcement.say(counted.format(n=formats.whole(n)))
    if not n:
        return
    if n > MOST_ROWS:
        shown, n = shown.iloc[:MOST_ROWS], MOST_ROWS
        st.caption(
            _("The table shows the newest {n}; the export has all of them.").format(
                n=formats.whole(n)
            )
        )
    table = pd.DataFrame(
        {
            "query_picture": [_address(bundle, name) for name in shown["query"]],
            "candidate_picture": [_address(bundle, name) for name in shown["candidate"]],
            "grade": shown["grade"],
            "reviewer": shown["reviewer"],
            "note": shown["note"],
            "tags": tags_of(shown["candidate"], tags),
            "ranker": [vocabulary.ranker_name(name) if name else "" for name in shown["ranker"]],
            "rank": shown["rank"],
            "time": pd.to_datetime(shown["time"], format="ISO8601"),
            "query": shown["query"],
            "candidate": shown["candidate"],
        }
    )
    config = st.column_config
    picked = st.dataframe(
        table,
        key="errors.verdicts.table",
        hide_index=True,
        row_height=64,
        height=min(488, 40 + 64 * n),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "query_picture": config.ImageColumn(_("Query"), width="small"),
            "candidate_picture": config.ImageColumn(_("Candidate"), width="small"),
            "grade": config.NumberColumn(_("Grade"), width="small"),
            "reviewer": config.TextColumn(_("Reviewer"), width=_width(table["reviewer"])),
            "note": config.TextColumn(_("Note"), width=_width(table["note"])),
            "tags": config.TextColumn(_("Tags"), width=_width(table["tags"])),
            "ranker": config.TextColumn(_("Ranker"), width=_width(table["ranker"])),
            "rank": config.NumberColumn(_("Rank"), width="small"),
            "time": config.DatetimeColumn(_("Time"), format="YYYY-MM-DD HH:mm"),
            "query": config.TextColumn(_("Query name"), width=_width(table["query"])),
            "candidate": config.TextColumn(_("Candidate name"), width=_width(table["candidate"])),
        },
    )
    rows = picked["selection"]["rows"]
    if rows and rows[0] < n:
        _chosen(bundle, shown.iloc[rows[0]])


def _width(texts: pd.Series) -> int:
    """Return a column's width in pixels, in which its longest text can be read."""
    return int(min(max(texts.str.len().max() * 7.5 + 24, 90), 420))


def _chosen(bundle: Bundle, verdict: pd.Series) -> None:
    """Draw what can be done with the verdict that is marked in the table."""
    query, candidate = verdict["query"], verdict["candidate"]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        if query in bundle and candidate in bundle:
            st.button(
                _("Open in Recommend"),
                icon=":material/open_in_new:",
                on_click=lambda: address.turn_to("recommend", image=query, result=candidate),
            )
        else:
            st.text(_("This bundle no longer has these images."), width="content")
        if rights.may_write() and verdict["reviewer"] == reviewer.name():
            st.button(
                _("Remove this verdict"),
                icon=":material/undo:",
                on_click=_withdraw,
                args=(bundle, query, candidate),
            )


def _withdraw(bundle: Bundle, query: str, candidate: str) -> None:
    store, by = reviews.store(bundle), reviewer.name()
    reviews.attempt(lambda: store.withdraw(query, candidate, reviewer=by))


def _address(bundle: Bundle, image: str) -> str | None:
    return thumbnail_url(bundle, bundle.index_of(image)) if image in bundle else None
