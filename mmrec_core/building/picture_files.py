"""The table of where each listed picture lies, by which later stages read it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.files import written_batches
from mmrec_core.inputs.caption_formats import batched
from mmrec_core.inputs.sources.source import Place

_SCHEMA = pa.schema(
    [
        pa.field("image", pa.string()),
        pa.field("file", pa.string()),
        *(pa.field(name, pa.int64()) for name in ("start", "length", "bytes", "changed")),
    ]
)
_BATCH = 1000


@contextmanager
def written_places(
    path: Path, root: Path
) -> Iterator[Callable[[Sequence[tuple[str, Place]]], None]]:
    """Yield what writes pictures' names and places, with size and last change of their files.

    Parameters
    ----------
    path : Path
        Where the table goes.
    root : Path
        The folder that places start from.
    """
    stamps: dict[str, tuple[int, int]] = {}

    def stamped(image: str, place: Place) -> dict[str, str | int | None]:
        if place.file not in stamps:
            stamps.clear()  # the pictures of a shard come one after the other
            status = (root / place.file).stat()
            stamps[place.file] = status.st_size, status.st_mtime_ns
        size, changed = stamps[place.file]
        return {
            "image": image, "file": place.file, "start": place.start, "length": place.length,
            "bytes": size, "changed": changed,
        }  # fmt: skip

    with written_batches(path, _SCHEMA) as write:
        yield lambda pictures: write([stamped(image, place) for image, place in pictures])


def write_files(path: Path, root: Path, names: Iterable[str]) -> None:
    """Write the table of pictures that are files of their own."""
    with written_places(path, root) as write:
        for batch in batched(((name, Place(name)) for name in names), _BATCH):
            write(batch)


class PicturePlaces:
    """Where listed pictures lie, by their row in the list."""

    def __init__(self, path: Path):
        self._table = pq.read_table(path, columns=["image", "file", "start", "length"])

    def __getitem__(self, row: int) -> Place:
        """Return the place of the picture in a row."""
        file, start, length = (
            self._table[name][row].as_py() for name in ("file", "start", "length")
        )
        return Place(file, start, length)

    def rows_of(self, images: pd.Series) -> list[int]:
        """Return the rows of pictures by their names."""
        return pd.Index(self._table["image"].to_pandas()).get_indexer(images).tolist()
