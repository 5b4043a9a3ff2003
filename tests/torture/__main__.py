"""Run the parts of the torture that are named, or all of them, and print the table of counts."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.torture import addresses, bundles, disks, kills, pictures, requests, tables, writers
from tests.torture.trials import Counts, End, Part

PARTS: dict[str, tuple[Part, int]] = {
    "pictures": (pictures.trials, 5_000),
    "tables": (tables.trials, 500),
    "bundles": (bundles.trials, 1_000),
    "addresses": (addresses.trials, 10_000),
    "requests": (requests.trials, 3_000),
    "writers": (writers.trials, 100),
    "disks": (disks.trials, 100),
    "kills": (kills.trials, 100),
}
"""Each part by its name, with the number of trials of a whole run."""


def main() -> int:
    """Run the parts, with further seeds while there is time; return 1 where anything fell."""
    asked = _asked()
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}  # of children
    counts, start, seed = Counts(), time.monotonic(), asked.seed
    until = start + 60 * asked.minutes
    names = asked.parts or list(PARTS)
    for place, name in enumerate(names * (10_000 if asked.minutes else 1)):
        if asked.minutes and time.monotonic() > until:
            break
        seed = asked.seed + place // len(names)
        _run(name, seed, asked.scale, counts)
    print("\n".join(counts.lines()))
    print(f"seeds {asked.seed} to {seed}, {time.monotonic() - start:,.0f} s")
    return 1 if counts.fell else 0


def _run(name: str, seed: int, scale: float, counts: Counts) -> None:
    part, whole = PARTS[name]
    start, count = time.monotonic(), max(1, round(whole * scale))
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        for trial in part(seed, count, Path(folder)):
            counts.add(name, trial)
            if trial.end not in (End.RIGHT, End.REPORTED):
                print(f"  {counts.fell[-1]}", file=sys.stderr, flush=True)
    took = time.monotonic() - start
    print(f"{name}, seed {seed}, {count:,}: {took:,.0f} s", file=sys.stderr, flush=True)
    print("\n".join(counts.lines()), file=sys.stderr, flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    names = ", ".join(PARTS)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {names}; by default all")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn")
    parser.add_argument("--scale", type=float, default=1, help="of the numbers of trials")
    parser.add_argument(
        "--minutes", type=float, default=0, help="begin parts with further seeds for so long"
    )
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {min(unknown)!r}; there are {names}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
