"""Reading single pictures from where they lie, in any layout."""

import threading
from collections import deque
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.errors import ImageError
from mmrec_core.inputs.parquet_batches import rows_at_once
from mmrec_core.inputs.sources.parquet_rows import PARQUET, column_of
from mmrec_core.inputs.sources.source import Place
from mmrec_core.remote import first_line, is_remote

MOST_BYTES = 256 << 20
"""Bytes of one picture; a larger one is refused."""

_ROWS = 16
_KEPT_ROWS = 256
_MOST_EXPANDED = 64
_BUFFER = 1 << 20


class PictureReader:
    """Reads pictures by their places; quick where they are asked for in their order.

    Of a shard some pictures are in memory at a time. May be used from several threads.

    Parameters
    ----------
    root : Path
        What `open_source` was given: places start from it, or from its folder.

    Attributes
    ----------
    root : Path
        The folder that places start from.

    Examples
    --------
    >>> from mmrec_core.inputs.sources.reading import PictureReader
    >>> from mmrec_core.inputs.sources.source import Place
    >>> with PictureReader("artifacts/demo") as reader:
    ...     reader.read(Place("thumbnails/0000000.webp")).name
    '0000000.webp'
    """

    def __init__(self, root: Path | str):
        root = Path(root) if isinstance(root, str) else root
        self.root = root.parent if not is_remote(root) and root.is_file() else root
        self._lock = threading.Lock()
        self._shard: _RowReader | _TarReader | None = None

    def __enter__(self) -> "PictureReader":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the shard that is open."""
        self.close()

    def read(self, place: Place) -> Path | bytes:
        """Return a picture's file or bytes, as `mmrec_core.inputs.images.decode` takes them.

        Raises
        ------
        ImageError
            If it cannot be read; the text is the reason alone.
        """
        path = self.root / place.file
        if is_remote(path):
            return _fetched(path)
        if place.start is None or place.length is None:
            return path
        with self._lock:
            try:
                content = self._content(path, place.start, place.length)
            except (OSError, pa.ArrowException, ValueError) as error:
                first = (getattr(error, "strerror", None) or str(error)).splitlines()[0][:120]
                raise ImageError(f"not readable ({first})") from error
        if content is None:
            raise ImageError("no picture in this row")
        if len(content) > MOST_BYTES:
            raise ImageError(f"too large ({len(content):,} bytes; the limit is {MOST_BYTES:,})")
        return content

    def close(self) -> None:
        """Close the shard that is open."""
        if self._shard:
            self._shard.close()
            self._shard = None

    def _content(self, path: Path, start: int, length: int) -> bytes | None:
        if self._shard is None or self._shard.path != path:
            self.close()
            self._shard = (_RowReader if path.suffix.lower() == PARQUET else _TarReader)(path)
        return self._shard.read(start, length)


def _fetched(path: Any) -> bytes:
    try:
        return path.fs.cat_file(path.path)
    except FileNotFoundError:
        raise ImageError("no such file") from None
    except Exception as error:  # stores raise what their own libraries do
        raise ImageError(f"not readable ({first_line(error)})") from None


class _TarReader:
    """The members of one tar shard."""

    def __init__(self, path: Path):
        self.path = path
        self._file = path.open("rb")

    def close(self) -> None:
        self._file.close()

    def read(self, start: int, length: int) -> bytes:
        if length > MOST_BYTES:
            raise ValueError(f"{length:,} bytes; the limit is {MOST_BYTES:,}")
        self._file.seek(start)
        return self._file.read(length)


class _RowReader:
    """The pictures of one Parquet file, some rows at a time, however large its row groups are."""

    def __init__(self, path: Path):
        self.path = path
        self._file = pq.ParquetFile(path, buffer_size=_BUFFER)
        column = column_of(self._file.schema_arrow)
        if column is None:
            raise ValueError("the file has no column of pictures any more")
        self._column = column
        self._group, self._read = -1, 0
        self._batches: deque[tuple[int, pa.Array]] = deque()

    def close(self) -> None:
        self._file.close()

    def read(self, group: int, row: int) -> bytes | None:
        """Return one row's bytes; a row before those in memory is read from the group's start."""
        forgotten = row < (self._batches[0][0] if self._batches else self._read)
        if group != self._group or forgotten:
            self._begin(group)
        while row >= self._read:
            batch = next(self._iterator, None)
            if batch is None:
                raise ValueError("the file has fewer rows than before")
            column = batch.column(0)
            if self._column.content != self._column.name:
                column = column.field("bytes")
            self._batches.append((self._read, column))
            self._read += len(batch)
            self._forget()
        start, column = next(item for item in reversed(self._batches) if item[0] <= row)
        return column[row - start].as_py()

    def _begin(self, group: int) -> None:
        stored = self._file.metadata.row_group(group)
        whole, packed = stored.total_byte_size, self.path.stat().st_size
        if whole > MOST_BYTES and whole > _MOST_EXPANDED * packed:
            raise ValueError(f"a file of {packed:,} bytes that expands to {whole:,}")
        self._group, self._read = group, 0
        self._batches.clear()
        self._iterator = self._file.iter_batches(
            rows_at_once(stored, _ROWS), row_groups=[group], columns=[self._column.content]
        )

    def _forget(self) -> None:
        """Forget the first rows: some are kept for threads that ask out of order."""
        size = sum(column.nbytes for _, column in self._batches)
        while len(self._batches) > 1 and (
            size > MOST_BYTES or self._read - self._batches[0][0] > _KEPT_ROWS
        ):
            size -= self._batches.popleft()[1].nbytes
