"""The demo's own collection: Tux Paint's stamps, their folders as labels (GPL-2.0-or-later)."""

from pathlib import Path

from benchmarks.collections.packages import Prepared
from mmrec_core.datasets.stamps import STAMPS_LICENCE, find_stamps, write_demo_inputs


def prepare(folder: Path, downloads: Path) -> Prepared:
    """Find or fetch the stamps and write their captions to ``folder``."""
    stamps = find_stamps()
    return Prepared(stamps, write_demo_inputs(stamps, folder), STAMPS_LICENCE)
