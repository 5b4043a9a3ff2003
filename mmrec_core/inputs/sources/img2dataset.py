"""What img2dataset writes beside its shards: how many pictures it could not fetch."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import LONGEST

STATS = re.compile(r"\d+_stats\.json")
"""Names of the files that count what became of a shard's rows."""

_FAILURES = ("failed_to_download", "failed_to_resize")
_MOST = 2**53


def not_fetched(files: Iterable[Path]) -> list[Problem]:
    """Return how many rows have no picture, by what failed, added up over files of counts.

    A file that is not there, or has no such counts, adds nothing.
    """
    failed: Counter[str] = Counter()
    for file in files:
        try:
            if not file.is_file() or file.is_symlink() or file.stat().st_size > LONGEST:
                continue
            counts = json.loads(file.read_bytes())
            for failure in _FAILURES:
                count = counts.get(failure, 0)
                if isinstance(count, int) and 0 <= count <= _MOST:
                    failed[failure] += count
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            continue
    return without_picture(failed)


def without_picture(failed: Mapping[str, int]) -> list[Problem]:
    """Return the problems of rows that have no picture, by what failed."""
    return [
        Problem("img2dataset", "catalogue", f"rows without a picture ({failure}): {count:,}")
        for failure, count in sorted(failed.items())
        if count > 0
    ]
