"""What a process has in memory, as Linux counts it."""

import re
from pathlib import Path


def peak_bytes() -> int:
    """Return the most that was resident since the process began, or since `forget_peak`."""
    return _kilobytes("status", "VmHWM") * 1024


def forget_peak() -> None:
    """Let the peak of the resident memory begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


def anonymous_bytes() -> int:
    """Return what is resident now and has no file behind it: the system can't drop it.

    Linux keeps no peak of it, so whoever wants one looks often.
    """
    return _kilobytes("status", "RssAnon") * 1024


def private_bytes(process: int | str = "self") -> int:
    """Return what no other process can share: memory that was written to.

    Files that are mapped into memory are not in it, although Linux calls their pages private
    (``Private_Clean``) as long as one process alone has them mapped: see `mapped_bytes`.
    """
    return _kilobytes("smaps_rollup", "Private_Dirty", process) * 1024


def mapped_bytes() -> int:
    """Return how much of mapped files is in view now; processes share it, and it can be dropped."""
    names = ("Private_Clean", "Shared_Clean")
    return sum(_kilobytes("smaps_rollup", name) for name in names) * 1024


def _kilobytes(file: str, name: str, process: int | str = "self") -> int:
    text = Path(f"/proc/{process}/{file}").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) if found else 0
