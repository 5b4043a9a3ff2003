"""What a catalogue takes in memory: ``python -m benchmarks.catalogue_memory [ROWS ...]``.

Made pictures and captions of 100,000, 300,000 and 1,000,000 rows go through the first stage of a
build, each in a process of its own. Prints how far its peak lies above that for 1,000 rows, and the
ratio of the largest peak to the smallest one: 1 where memory does not grow with the rows.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.building.stages.catalogue import STAGE
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import make_config

ROWS = (100_000, 300_000, 1_000_000)
FORMATS = ("csv", "jsonl", "parquet")
FEW = 1_000
_BATCH = 10_000
_COLUMNS = ("image", "text", "label", "url")


def rows_of(count: int) -> Iterator[dict[str, str]]:
    """Yield what is said of each picture, not in the pictures' order."""
    for number in range(count):
        row = number * 7919 % count  # a prime, so that each row comes once
        yield {
            "image": f"{row % 1000:03d}/{row:09d}.jpg",
            "text": f"Picture {row} of a made collection, with fifteen words that say nothing.",
            "label": f"kind {row % 50}",
            "url": f"https://example.org/pictures/{row}.jpg",
        }


def write_pictures(path: Path, count: int) -> None:
    """Write Parquet with a picture in every row; what they show is of no account here."""
    with pq.ParquetWriter(
        path, pa.schema({"image": pa.binary(), "file_name": pa.string()})
    ) as file:
        for start in range(0, count, _BATCH):
            rows = range(start, min(start + _BATCH, count))
            names = [f"{row % 1000:03d}/{row:09d}.jpg" for row in rows]
            file.write_table(
                pa.table({"image": [b"x"] * len(rows), "file_name": names}, file.schema)
            )


def write_captions(path: Path, count: int) -> None:
    """Write captions in the format of the path's ending."""
    rows = rows_of(count)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    else:
        schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
        with pq.ParquetWriter(path, schema) as file:
            while batch := [row for row, _ in zip(rows, range(_BATCH), strict=False)]:
                file.write_table(pa.Table.from_pylist(batch, schema))


def write_catalogue(folder: Path, ending: str, count: int) -> None:
    """Run the first stage on made files, which are written unless they are there."""
    pictures, captions = folder / f"{count}.pictures.parquet", folder / f"{count}.{ending}"
    if not pictures.exists():
        write_pictures(pictures, count)
    if not captions.exists():
        write_captions(captions, count)
    config = make_config(images=pictures, captions=captions, out=folder / f"out-{count}-{ending}")
    STAGE.run(Workspace(config).of(STAGE))


def measure(folder: Path, ending: str, count: int) -> None:
    """Print the peak of this process above that for few rows, in MiB, and the seconds."""
    write_catalogue(folder, ending, FEW)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    write_catalogue(folder, ending, count)
    taken = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((peak - before) / 1024, taken, peak / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=ROWS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        folder, ending, count = given.one
        return measure(Path(folder), ending, int(count))
    print("| captions | rows | seconds | above 1,000 rows, MiB | peak, MiB |")
    print("|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for ending in FORMATS:
            peaks = []
            for count in given.rows:
                for made in (FEW, count):
                    write_pictures(Path(folder) / f"{made}.pictures.parquet", made)
                    write_captions(Path(folder) / f"{made}.{ending}", made)
                command = [sys.executable, "-m", "benchmarks.catalogue_memory"]
                command += ["--one", folder, ending, str(count)]
                run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                more, taken, peak = map(float, run.stdout.split())
                print(
                    f"| {ending} | {count:,} | {taken:.0f} | {more:.0f} | {peak:.0f} |", flush=True
                )
                peaks.append(peak)
            print(f"{ending}: largest to smallest peak {max(peaks) / min(peaks):.2f}")
    return None


if __name__ == "__main__":
    main()
