"""The table of where each listed picture lies, by which later stages read it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import overload

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
    """Where listed pictures lie, in the order of the list."""

    def __init__(self, table: pa.Table):
        self._table = table

    @classmethod
    def read(cls, path: Path) -> "PicturePlaces":
        """Read the places of all listed pictures."""
        return cls(pq.read_table(path, columns=["image", "file", "start", "length"]))

    def of(self, images: pd.Series) -> "PicturePlaces":
        """Return the places of the pictures of these names."""
        rows = pd.Index(self._table["image"].to_pandas()).get_indexer(images)
        return PicturePlaces(self._table.take(rows))

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self._table)

    @overload
    def __getitem__(self, rows: int) -> Place: ...
    @overload
    def __getitem__(self, rows: slice) -> list[Place]: ...
    def __getitem__(self, rows: int | slice) -> Place | list[Place]:
        """Return the place of one picture, or of some."""
        if isinstance(rows, int):
            return self[rows : rows + 1][0]
        found = self._table.select(["file", "start", "length"])[rows]
        return [Place(**place) for place in found.to_pylist()]
