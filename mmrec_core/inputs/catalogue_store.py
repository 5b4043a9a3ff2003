"""Images and caption rows while they are joined: in a temporary database, not in memory."""

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mmrec_core.inputs.captions import CaptionRow, named_often, normal_path
from mmrec_core.inputs.name_matching import AMBIGUOUS, Find, image_of, same_image
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.source import Item, Place, Said

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE images (
    id INTEGER PRIMARY KEY, name TEXT UNIQUE, key TEXT, base TEXT,
    file TEXT, start INTEGER, length INTEGER, said TEXT, row0 INTEGER, row1 INTEGER
);
CREATE TABLE captions (
    id INTEGER PRIMARY KEY, layer INTEGER, name TEXT, key TEXT, count INTEGER, cells TEXT,
    UNIQUE (layer, key)
);
"""
_INSERT_IMAGE = "INSERT OR IGNORE INTO images VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)"
_INSERT_ROW = """
INSERT INTO captions (layer, name, key, count, cells) VALUES (?, ?, ?, 1, ?)
ON CONFLICT (layer, key) DO UPDATE SET count = count + 1
"""


class Joined(NamedTuple):
    """One image, what its source says of it, and its cells in each layer of captions."""

    name: str
    place: Place
    said: Said
    layers: tuple[dict[str, str] | None, ...]


class CatalogueStore:
    """Images in their order, and caption rows by layer, which are joined by name.

    Layer 0 is the captions file that the user gives, layer 1 what lies among the pictures.
    Memory does not grow with the rows; ``aside`` is where the temporary file goes.
    """

    def __init__(self, aside: Path | None = None):
        self._folder = TemporaryDirectory(dir=aside)
        self._database = sqlite3.connect(Path(self._folder.name) / "catalogue.sqlite")
        self._database.executescript(_TABLES)

    def __enter__(self) -> "CatalogueStore":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the temporary file."""
        self._database.close()
        self._folder.cleanup()

    def add_images(self, items: Iterable[Item]) -> Iterator[Problem]:
        """Take images; of those of one name the first. Yields those that are left out."""
        for item in items:
            if not self._add(item, item.name) and not (
                item.otherwise and self._add(item, item.otherwise)
            ):
                reason = f"a picture before it has this name; that in {item.place.file} is left out"
                yield Problem(item.name, "catalogue", reason)
        self._database.executescript(
            "CREATE INDEX images_key ON images (key); CREATE INDEX images_base ON images (base);"
        )

    def _add(self, item: Item, name: str) -> bool:
        key, place = unicodedata.normalize("NFC", name), item.place
        base = key.rpartition("/")[2]
        said = json.dumps(item.said, ensure_ascii=False) if item.said else None
        row = (name, key, base, place.file, place.start, place.length, said)
        return self._database.execute(_INSERT_IMAGE, row).rowcount == 1

    def add_said(self, said: Iterable[tuple[str, Said]]) -> None:
        """Take what is said of images that were taken before."""
        for name, fields in said:
            text = json.dumps(fields, ensure_ascii=False)
            self._database.execute("UPDATE images SET said = ? WHERE name = ?", (text, name))

    def names(self) -> Iterator[str]:
        """Yield the names of all images."""
        for (name,) in self._database.execute("SELECT name FROM images ORDER BY id"):
            yield name

    def add_captions(self, layer: int, rows: Iterable[CaptionRow], folder: str = "") -> int:
        """Take rows whose images are named from ``folder``; of those of one image the first.

        Returns
        -------
        int
            How many rows name an image.
        """
        before = f"{folder}/" if folder else ""
        values = (
            (layer, before + row.image, normal_path(before + row.image),
             json.dumps(row.cells, ensure_ascii=False))
            for row in rows if row.image is not None
        )  # fmt: skip
        return self._database.executemany(_INSERT_ROW, values).rowcount

    def match(self, layer: int) -> Iterator[Problem]:
        """Give the layer's rows to the images that they name; yield what fits none or several."""
        execute = self._database.execute
        often = execute(
            "SELECT name, count FROM captions WHERE layer = ? AND count > 1 ORDER BY id", (layer,)
        )
        yield from (named_often(name, count) for name, count in often)
        for row, name in execute(
            "SELECT id, name FROM captions WHERE layer = ? ORDER BY id", (layer,)
        ):
            image = image_of(name, self._by("name"), self._by("key"), self._by("base"))
            if isinstance(image, str):
                yield Problem(name, "captions", image)
                continue
            set_row = f"UPDATE images SET row{layer} = ? WHERE id = ? AND row{layer} IS NULL"
            if not execute(set_row, (row, image)).rowcount:
                yield same_image(name, self._name_of_row(layer, image))

    def _by(self, column: str) -> Find:
        query = f"SELECT id FROM images WHERE {column} = ? LIMIT 2"

        def find(value: str) -> int | None:
            found = self._database.execute(query, (value,)).fetchall()
            return AMBIGUOUS if len(found) > 1 else found[0][0] if found else None

        return find

    def _name_of_row(self, layer: int, image: int) -> str:
        query = f"SELECT c.name FROM captions c JOIN images i ON c.id = i.row{layer} WHERE i.id = ?"
        return self._database.execute(query, (image,)).fetchone()[0]

    def count(self, captioned: bool = False) -> int:
        """Count the images, or those that the captions file names."""
        where = " WHERE row0 IS NOT NULL" if captioned else ""
        return self._database.execute(f"SELECT COUNT(*) FROM images{where}").fetchone()[0]

    def first_named(self) -> str:
        """Return the first image that the captions file names."""
        query = "SELECT name FROM captions WHERE layer = 0 ORDER BY id LIMIT 1"
        return self._database.execute(query).fetchone()[0]

    def joined(self, by_name: bool, captioned: bool = False) -> Iterator[Joined]:
        """Yield the images, or those that the captions file names, in their order."""
        where = "WHERE i.row0 IS NOT NULL" if captioned else ""
        cursor = self._database.execute(
            "SELECT i.name, i.file, i.start, i.length, i.said, c0.cells, c1.cells FROM images i "
            "LEFT JOIN captions c0 ON c0.id = i.row0 LEFT JOIN captions c1 ON c1.id = i.row1 "
            f"{where} ORDER BY {'i.name' if by_name else 'i.id'}"
        )
        for name, file, start, length, said, *layers in cursor:
            cells = tuple(None if text is None else json.loads(text) for text in layers)
            yield Joined(name, Place(file, start, length), json.loads(said or "{}"), cells)
