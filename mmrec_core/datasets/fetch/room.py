"""Free disk."""

import shutil
from pathlib import Path

from tqdm import tqdm

from mmrec_core.datasets.fetch.faults import DiskFull

RESERVE = 100 * 10**6  # bytes that stay free


def check_room(folder: Path, needed: int) -> None:
    """See that ``needed`` bytes, and a reserve beside, fit on the disk of a folder.

    Raises
    ------
    DiskFull
        If they don't.
    """
    free = shutil.disk_usage(folder).free
    if needed and needed + RESERVE > free:
        raise DiskFull(
            f"{tqdm.format_sizeof(needed, 'B')} are needed, and the disk of {folder} has "
            f"{tqdm.format_sizeof(free, 'B')} free: free some space, or fetch to another disk."
        )
