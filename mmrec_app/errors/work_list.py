"""Work lists: entries to accept or reject one by one, with what is decided and by how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from mmrec_app.errors.view import ACCEPTED, OPEN, REJECTED, ErrorsView
from mmrec_app.i18n import _, ngettext
from mmrec_app.served import rights
from mmrec_app.shared import announcement, exports, gallery, notices, paging, reviewer, reviews
from mmrec_app.shared.switch import switch
from mmrec_app.shared.tag_editor import tag_editor
from mmrec_app.state import address
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.decisions import Decisions, settled
from mmrec_core.verdicts.places import verdict_place

PAGE_SIZE = 8


@dataclass(frozen=True)
class Entry:
    """One entry of a work list.

    Attributes
    ----------
    image, other : str
        What the decision is kept under (`mmrec_core.verdicts.decisions`).
    cards : sequence of Card
        Its pictures.
    images : list of str
        Names of those that its tags are for.
    text : str
        What is asked, and how sure it is.
    """

    image: str
    other: str
    cards: Sequence[gallery.Card]
    images: list[str]
    text: str


def work_list(
    bundle: Bundle,
    view: ErrorsView,
    kind: str,
    entries: pd.DataFrame,
    entry: Callable[[int], Entry],
    *,
    export: Callable[[pd.DataFrame], pd.DataFrame],
    about_export: str,
) -> None:
    """Draw a page of a work list.

    Parameters
    ----------
    bundle : Bundle
    view : ErrorsView
    kind : str
        One of `mmrec_core.verdicts.decisions.KINDS`.
    entries : DataFrame
        ``image`` and ``other`` of each entry, as decisions name them, in the order of the list.
    entry : callable
        Takes the place of an entry in ``entries`` and returns it.
    export : callable
        Makes the table to take away of what `settled` gives.
    about_export : str
        What that table is for.
    """
    reviewer.ask(kind)
    given = _decisions(bundle).all(kind)
    decided = settled(given)
    known = entries.reset_index(names="place").merge(decided, on=["image", "other"], how="left")
    states = known["accepted"].map({True: ACCEPTED, False: REJECTED}).fillna(OPEN)
    own = given[given["reviewer"] == reviewer.name()].set_index(["image", "other"])["accepted"]
    chosen = known.loc[states == view.decided, "place"].to_numpy()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _states(view, states)
        exports.downloads(lambda: export(decided), f"{bundle.path.name}-{kind}", f"errors.{kind}")
    st.caption(f"{_progress(states, given)} {about_export}")
    if not len(chosen):
        notices.empty(_("Nothing is left here"), icon=":material/task_alt:")
        return
    at = paging.paging(view.page, len(chosen), PAGE_SIZE)
    announcement.say(at.text)
    for place in chosen[at.rows]:
        _draw(bundle, kind, entry(int(place)), own)
    paging.pager(ErrorsView, at, f"errors.{kind}")


def _draw(bundle: Bundle, kind: str, entry: Entry, own: pd.Series) -> None:
    key = f"errors.{kind}.{entry.image}.{entry.other}"
    mine = own.get((entry.image, entry.other))

    def decide(accepted: bool | None) -> None:
        reviews.attempt(
            lambda: _decisions(bundle).decide(
                kind,
                entry.image,
                entry.other,
                accepted,
                reviewer=reviewer.name(),
                digest=bundle.digest,
            )
        )

    with st.container(border=True):
        pictures, rest = st.columns([1, 1.4], gap="medium", vertical_alignment="center")
        with pictures:
            gallery.gallery(
                bundle,
                entry.cards,
                label=entry.text,
                key=f"{key}.pictures",
                link=lambda image: address.href("recommend", image=image),
                width="7rem",
                columns=len(entry.cards),
            )
        with rest, st.container(gap="small"):
            st.text(entry.text)
            if not rights.may_write():
                return
            with st.container(horizontal=True, gap="small"):
                for accepted, name, icon in (
                    (True, _("Accept"), ":material/check:"),
                    (False, _("Reject"), ":material/close:"),
                ):
                    st.button(
                        name,
                        key=f"{key}.{accepted}",
                        icon=icon,
                        type="primary"
                        if mine is not None and bool(mine) == accepted
                        else "secondary",
                        on_click=decide,
                        args=(accepted,),
                    )
                if mine is not None:
                    st.button(
                        _("Take back"),
                        key=f"{key}.undo",
                        icon=":material/undo:",
                        type="tertiary",
                        on_click=decide,
                        args=(None,),
                    )
                with st.popover(_("Tag"), icon=":material/sell:", type="tertiary"):
                    tag_editor(bundle, entry.images, f"{key}.tags")


def _states(view: ErrorsView, states: pd.Series) -> None:
    names = {OPEN: _("Open"), ACCEPTED: _("Accepted"), REJECTED: _("Rejected")}
    counts = states.value_counts()
    switch(
        "errors.decided",
        _("Decided"),
        {n: f"{text} ({formats.whole(int(counts.get(n, 0)))})" for n, text in names.items()},
        view.decided,
        lambda name: address.change(ErrorsView, decided=name, page=1),
    )


def _progress(states: pd.Series, given: pd.DataFrame) -> str:
    people = given["reviewer"].nunique()
    reviewers = ngettext("{n} reviewer", "{n} reviewers", people).format(n=people)
    return _("Decided: {done} of {all}, {reviewers}.").format(
        done=formats.whole(int((states != OPEN).sum())),
        all=formats.whole(len(states)),
        reviewers=reviewers,
    )


def _decisions(bundle: Bundle) -> Decisions:
    return Decisions(verdict_place(bundle.path))
