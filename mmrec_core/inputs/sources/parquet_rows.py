"""Pictures as bytes in Parquet, as Hugging Face's `datasets` and img2dataset write them.

A column of the feature ``Image`` is a struct of ``bytes`` and ``path``
(https://huggingface.co/docs/datasets/image_dataset); img2dataset has a column of bytes named after
the format (https://github.com/rom1504/img2dataset#output-format).
"""

import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.inputs.caption_formats import is_binary, is_scalar
from mmrec_core.inputs.parquet_batches import rows_at_once
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.img2dataset import without_picture
from mmrec_core.inputs.sources.source import (
    TEXT_COLUMNS,
    Item,
    Place,
    Said,
    SaidColumns,
    counted,
    safe_name,
    stem,
)
from mmrec_core.inputs.text import clean

PARQUET = ".parquet"

_BINARY_NAMES = ("image", "img", "jpg", "jpeg", "png", "webp", "picture", "bytes", "image_bytes")
_FORMATS = ("jpg", "jpeg", "png", "webp")
_NAME_COLUMNS = ("file_name", "filename", "image_path")
_ROWS = 1000
_BUFFER = 1 << 20
_NO_VALUE = (pa.ArrowException, ValueError, OverflowError, KeyError)


class PictureColumn(NamedTuple):
    """The column of pictures: its name, the leaf with the bytes, and that with paths, if any."""

    name: str
    content: str
    path: str | None


class ParquetRows:
    """A `Source` of pictures in the rows of Parquet files.

    A picture is named by a column `file_name`, else below the file's own name: by the path in the
    row, by img2dataset's key, or by its row.
    """

    by_name = False

    def __init__(
        self,
        root: Path,
        files: list[str],
        columns: SaidColumns,
        not_read: Sequence[Problem] = (),
    ):
        self.root = root
        self.problems: list[Problem] = []
        self.tables: list[tuple[Path, str]] = []
        self.captioned = False
        self._files = files
        self._columns = columns
        self._not_read = not_read
        self._failed: Counter[str] = Counter()
        self._unreadable: Counter[str] = Counter()

    def items(self) -> Iterator[Item]:
        """Yield the rows' pictures, file by file; their bytes are not read."""
        for file in self._files:
            try:
                with pq.ParquetFile(self.root / file, buffer_size=_BUFFER) as opened:
                    yield from self._items(file, opened)
            except (pa.ArrowException, OSError, ValueError) as error:
                first = str(error).splitlines()[0][:120]
                self.problems.append(Problem(file, "catalogue", f"cannot be read on: {first}"))
        self.problems += without_picture(self._failed)
        for name, count in sorted(self._unreadable.items()):
            reason = f"cells of {name[:40]!r} that cannot be read: {count:,}"
            self.problems.append(Problem("*.parquet", "catalogue", reason))
        self.problems += self._not_read

    def beside(self, names: Iterable[str]) -> Iterator[tuple[str, Said]]:
        """Yield nothing: the rows say it all."""
        return iter(())

    def found(self, pictures: int) -> str:
        """Return what was found."""
        return f"Parquet: {counted(len(self._files), 'file')}, {counted(pictures, 'picture')}"

    def _items(self, file: str, opened: pq.ParquetFile) -> Iterator[Item]:
        column = column_of(opened.schema_arrow)
        if column is None:
            self.problems.append(Problem(file, "catalogue", "no column of pictures"))
            return
        classes = _class_names(opened.schema_arrow)
        said = [field.name for field in opened.schema_arrow if _says(field)]
        leaves = [*said, *([column.path] if column.path else [])]
        self.captioned |= self._columns.column(self._columns.text, TEXT_COLUMNS, said) is not None
        number = 0
        for group in range(opened.num_row_groups):
            rows = opened.metadata.row_group(group).num_rows
            records = self._records(opened, group, leaves) if leaves else ({} for _ in range(rows))
            for row, record in enumerate(records):
                picture = record.pop(column.name, None) if column.path else None
                status = record.get("status")
                if status not in (None, "success") and "key" in record:
                    self._failed[str(clean(status))] += 1
                else:
                    for name, names in classes.items():
                        record[name] = _class_name(record.get(name), names)
                    path = picture.get("path") if isinstance(picture, dict) else None
                    place = Place(file, group, row)
                    yield self._item(file, place, column.name, path, number, record)
                number += 1

    def _records(
        self, opened: pq.ParquetFile, group: int, leaves: list[str]
    ) -> Iterator[dict[str, Any]]:
        size = rows_at_once(opened.metadata.row_group(group), _ROWS)
        for batch in opened.iter_batches(size, row_groups=[group], columns=leaves):
            names = batch.schema.names
            columns = [self._cells(*column) for column in zip(names, batch.columns, strict=True)]
            for cells in zip(*columns, strict=True):
                yield dict(zip(names, cells, strict=True))

    def _cells(self, name: str, column: pa.Array) -> list[Any]:
        """Return a column's cells, None for those that Python has no value for."""
        try:
            return column.to_pylist()
        except _NO_VALUE:
            pass
        cells: list[Any] = []
        for cell in column:
            try:
                cells.append(cell.as_py())
            except _NO_VALUE:
                cells.append(None)
                self._unreadable[name] += 1
        return cells

    def _item(
        self, file: str, place: Place, column: str, path: Any, number: int, record: dict[str, Any]
    ) -> Item:
        numbered = f"{stem(file)}/{number:07d}"
        given = next((record.pop(name) for name in _NAME_COLUMNS if record.get(name)), None)
        if given is not None:
            name = str(given)
        elif path:
            name = f"{stem(file)}/{posixpath.basename(str(path))}"
        elif column in _FORMATS and record.get("key"):
            name = f"{stem(file)}/{record['key']}.{column}"
        else:
            name = numbered
        name = safe_name(clean(name) or "") or numbered
        said = self._columns.of({name: _first(value) for name, value in record.items()})
        return Item(name, place, said, otherwise=f"{numbered}-{posixpath.basename(name)}")


def picture_column(path: Path) -> PictureColumn | None:
    """Return a Parquet file's column of pictures; None if it has none or cannot be read."""
    try:
        return column_of(pq.read_schema(path))
    except (pa.ArrowException, OSError, ValueError):
        return None


def column_of(schema: pa.Schema) -> PictureColumn | None:
    """Return the column of pictures: of the feature ``Image``, of bytes with a path, or of bytes.

    Of several the one named ``image`` is taken, else the first.
    """
    found = {}
    for field in schema:
        if pa.types.is_struct(field.type):
            inner = {field.type.field(i).name: field.type.field(i) for i in
                     range(field.type.num_fields)}  # fmt: skip
            if "bytes" in inner and is_binary(inner["bytes"].type):
                path = f"{field.name}.path" if "path" in inner else None
                found[field.name] = PictureColumn(field.name, f"{field.name}.bytes", path)
        elif is_binary(field.type) and field.name.lower() in _BINARY_NAMES:
            found[field.name] = PictureColumn(field.name, field.name, None)
    return found.get("image") or next(iter(found.values()), None)


def _says(field: pa.Field) -> bool:
    """Whether a column can say something: a cell of text or a number, or a list of captions."""
    kind = field.type
    if pa.types.is_list(kind) and field.name in TEXT_COLUMNS:
        return pa.types.is_string(kind.value_type)
    return is_scalar(kind) and not field.name.startswith("__index_level_")


def _first(value: Any) -> Any:
    return next(iter(value), None) if isinstance(value, list) else value


def _class_names(schema: pa.Schema) -> dict[str, list[str]]:
    """Return the names behind the numbers of ``ClassLabel`` columns, by column."""
    try:
        info = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features: Mapping[str, Any] = info["info"]["features"]
        return {
            name: [str(label) for label in feature["names"]]
            for name, feature in features.items()
            if feature.get("_type") == "ClassLabel" and name in schema.names
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _class_name(value: Any, names: list[str]) -> Any:
    if isinstance(value, int):
        return names[value] if 0 <= value < len(names) else None
    return value
