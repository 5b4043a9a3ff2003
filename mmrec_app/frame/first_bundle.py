"""Before there is any bundle: how to make one, and a button that makes the demo."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.served.bundles import artifacts_folder

_KEPT_LINES = 12


def offer() -> NoReturn:
    """Say how to make the first bundle, offer to make the demo here, and end the page."""
    st.title(_("Nothing to show yet"))
    folder = artifacts_folder()
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    none = _("The app shows bundles: the folders that builds write. There are none in {folder}.")
    st.text(none.format(folder=shown))
    st.text(_("Build the demo bundle (a few minutes on two cores), then reload this page:"))
    st.code(f"mmrec demo --out {shlex.quote(str(shown / 'demo'))}", language=None, wrap_lines=True)
    if rights.may_write() and st.button(
        _("Build the demo here"), type="primary", icon=":material/construction:"
    ):
        _build(folder / "demo")
    st.caption(
        _("538 captioned stamps from Tux Paint, with encoders that need no model downloads.")
    )
    st.stop()


def _build(out: Path) -> None:
    with st.status(_("Building the demo bundle…"), expanded=True) as status:
        shown = st.empty()
        command = [sys.executable, "-m", "mmrec_core.cli.main", "demo", "--out", str(out)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert process.stdout is not None
        lines: list[str] = []
        for raw in iter(process.stdout.readline, b""):
            line = raw.decode("utf-8", "replace").rstrip().rpartition("\r")[2]
            lines = [*lines, line][-_KEPT_LINES:]
            shown.code("\n".join(lines), language=None)
        if process.wait() == 0:
            st.rerun()
        status.update(label=_("The build failed; the last line says why."), state="error")
