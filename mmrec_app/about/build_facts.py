"""How the build went: what it left out and why, its times, its size, how to check it."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.shared import notices
from mmrec_app.shared.exports import downloads
from mmrec_app.shared.fragment import fragment
from mmrec_app.words import formats, vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.build_record import part_sizes, problem_table, stage_seconds
from mmrec_core.errors import BundleError
from mmrec_core.plots.stage_bars import stage_bars

_ALL = ""


@fragment
def problems(bundle: Bundle) -> None:
    """Draw the images that failed and why, to be filtered by stage and by words."""
    try:
        table = _problems(bundle.digest, bundle)
    except BundleError as error:
        notices.notice(_("The build's report cannot be read"), str(error))
        return
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(_("What could not be used"), anchor=False, width="content")
        if len(table):
            downloads(lambda: table, "problems", "about.problems")
    if table.empty:
        st.text(_("Nothing: every image and every caption could be used."))
        return
    by_stage = table["stage"].value_counts()

    def called(stage: str) -> str:
        name, number = (
            (vocabulary.build_stage(stage), by_stage[stage]) if stage else (_("All"), len(table))
        )
        return f"{formats.escaped(name)} ({formats.whole(number)})"

    with st.container(horizontal=True, vertical_alignment="bottom"):
        stage = st.segmented_control(
            _("Stage of the build"),
            [_ALL, *by_stage.index],
            default=_ALL,
            required=True,
            key="about.stage",
            format_func=called,
        )
        words = st.text_input(
            _("Search"), key="about.words", placeholder=_("File name or reason"), width=280
        )
    shown = filtered(table, stage or _ALL, words)
    st.dataframe(
        shown.assign(stage=shown["stage"].map(vocabulary.build_stage)).set_axis(
            [_("Stage"), _("Image or file"), _("Reason")], axis=1
        ),
        hide_index=True,
        height=min(420, 38 + 35 * max(len(shown), 1)),
        alt=_("Images and files that the build left out, and why"),
    )


def filtered(table: pd.DataFrame, stage: str, words: str) -> pd.DataFrame:
    """Return the problems of one stage, or of all for an empty name, that hold all words."""
    keep = table["stage"] == stage if stage else pd.Series(True, index=table.index)
    for word in words.casefold().split():
        keep &= (
            (table["image"] + "\n" + table["reason"]).str.casefold().str.contains(word, regex=False)
        )
    return table[keep]


def timings(bundle: Bundle) -> None:
    """Draw the seconds of each stage."""
    st.header(_("Build time"), anchor=False)
    seconds = stage_seconds(bundle.path)
    if not seconds:
        st.text(_("The bundle has no record of its build time."))
        return
    st.plotly_chart(
        stage_bars(
            {vocabulary.build_stage(name): value for name, value in seconds.items()}, x=_("seconds")
        ),
        key="about.timings",
        config={"displayModeBar": False},
        alt=_("Build time of each stage, in seconds"),
    )
    st.caption(
        _("{n} seconds in all, on the machine that built it.").format(
            n=formats.whole(round(sum(seconds.values())))
        )
    )


def sizes(bundle: Bundle) -> None:
    """Draw what the parts take on disk, and how to check them."""
    table = _sizes(bundle.digest, bundle)
    st.header(_("Size on disk"), anchor=False)
    st.dataframe(
        pd.DataFrame(
            {
                _("Part"): table["part"],
                _("Files"): table["files"],
                "MB": table["bytes"] / 1e6,
            }
        ),
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={
            _("Files"): st.column_config.NumberColumn(format="localized", width="small"),
            "MB": st.column_config.NumberColumn(format="%.2f", width="small"),
        },
        alt=_("Files and megabytes of each part of the bundle"),
    )
    st.caption(
        _("{n} MB in all. To check every file against its checksum:").format(
            n=f"{table['bytes'].sum() / 1e6:,.1f}"
        )
    )
    st.code(f"mmrec verify artifacts/{bundle.path.name}", language=None, wrap_lines=True)


def interface(bundle: Bundle) -> None:
    """Say where the JSON interface is."""
    st.header(_("For programs"), anchor=False)
    st.markdown(
        _(
            "The same facts as JSON: [api/info]({info}). Recommendations are available over "
            "HTTP too: see docs/api.md."
        ).format(info=_address(bundle))
    )


def _address(bundle: Bundle) -> str:
    return f"api/info?{urlencode({'bundle': bundle.path.name})}"


@st.cache_resource(max_entries=4, show_spinner=False)
def _problems(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return problem_table(_bundle)


@st.cache_resource(max_entries=4, show_spinner=False)
def _sizes(digest: str, _bundle: Bundle) -> pd.DataFrame:
    return part_sizes(_bundle)
