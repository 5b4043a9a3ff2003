"""Whole processes: how long a cold one takes to its first answer, and what a warm one holds."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from mmrec_core.errors import BundleError
from mmrec_core.measuring.collection import MadeCollection
from mmrec_core.measuring.figures import Figure, figure
from mmrec_core.measuring.lines import COLD, MEMORY

ROUNDS = 7


def cold(bundle: Path, images: Sequence[str], rounds: int = ROUNDS) -> Figure:
    """Time `mmrec recommend` for images of the bundle: each round is a process of its own.

    A round before them brings the files into the system's cache, and does not count.
    """
    times = []
    for place in range(rounds + 1):
        words = ["recommend", str(bundle), "--image", images[place % len(images)]]
        start = perf_counter()
        _run(["-m", "mmrec_core.cli.main", *words])
        times.append(perf_counter() - start)
    note = f"`mmrec recommend`, {rounds} processes; a first one filled the system's file cache"
    return figure(COLD, times[1:], parts={"first": times[0]}, note=note)


def memory(bundle: Path, made: MadeCollection) -> Figure:
    """Measure what a process that serves the bundle holds beyond what it imports.

    Raises
    ------
    BundleError
        If it does not answer.
    """
    module = "mmrec_core.measuring.serving_process"
    held = json.loads(_run(["-m", module, str(bundle), str(made.folder)]))
    mega = {name: value / 1e6 for name, value in held.items()}
    parts = {"imports": mega["imports"], "mapped files": mega["mapped"]}
    note = "pages that were written to; mapped files are shared by processes, and can be dropped"
    return figure(MEMORY, [mega["serving"] - mega["imports"]], parts=parts, note=note)


def _run(words: Sequence[str]) -> str:
    with tempfile.TemporaryDirectory() as verdicts:
        ended = subprocess.run(
            [sys.executable, *words],
            capture_output=True,
            text=True,
            env={**os.environ, "MMREC_VERDICTS": verdicts},
        )
    if ended.returncode:
        last = ended.stderr.strip().splitlines()[-1:] or ["no output"]
        raise BundleError(f"{' '.join(words)} failed: {last[0]}")
    return ended.stdout
