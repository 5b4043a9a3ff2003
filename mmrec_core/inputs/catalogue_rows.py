"""The rows of a catalogue: what a source and a captions file say of each image, joined."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from mmrec_core.errors import InputError
from mmrec_core.inputs.caption_formats import listed, read_chunks
from mmrec_core.inputs.captions import CaptionReader, CaptionRow, named_columns, output_names
from mmrec_core.inputs.catalogue_store import CatalogueStore
from mmrec_core.inputs.problem import Problem, ProblemList
from mmrec_core.inputs.sources.detection import open_source
from mmrec_core.inputs.sources.source import Item, Place, Said, SaidColumns, Source

_MOST_COLUMNS = 100


class Entry(NamedTuple):
    """One row of a catalogue: the image's name, where its bytes lie, and its cells by column."""

    image: str
    place: Place
    cells: Said


@dataclass(frozen=True)
class CatalogueOptions:
    """What is taken of the pictures and captions; see `build_catalogue`."""

    image_column: str = "image"
    text_column: str = "text"
    label_column: str = "label"
    only_captioned: bool = False
    folder_labels: bool | None = None

    def of_source(self, captions: Path | None) -> SaidColumns:
        """Return the source's columns: names that are given are those of a captions file."""
        text = self.text_column if self.text_column != "text" and captions is None else None
        label = self.label_column if self.label_column != "label" and captions is None else None
        return SaidColumns(text, label)


class Catalogue:
    """A source's images joined with captions, read row by row from a temporary file.

    Attributes
    ----------
    source : Source
    columns : list of str
        All columns: the image's name, its text and label, what else the captions file has, then
        what else the source has.
    """

    def __init__(
        self,
        images: Path,
        captions: Path | None,
        options: CatalogueOptions,
        store: CatalogueStore,
    ):
        self._captions, self._options, self._store = captions, options, store
        self._said = options.of_source(captions)
        folder_labels = (
            False if captions and options.folder_labels is None else options.folder_labels
        )
        self.source: Source = open_source(images, self._said, folder_labels)
        self._own: dict[str, None] = {}
        self._of_source = ProblemList(store.add_images(map(self._noted, self.source.items())))
        if not store.count():
            why = next((f" ({problem.reason})" for problem in self.source.problems), "")
            raise InputError(f"{images} holds no picture that can be used{why}: give others")
        store.add_said((name, self._kept(said)) for name, said in self.source.beside(store.names()))
        self._of_captions = ProblemList()
        self._missing = ProblemList()
        self._names = {"text": "text", "label": "label"}
        if captions:
            self._add_file(captions)
        self._add_tables()
        self._check()
        self._own_names = output_names("text", "label", [*self._own])
        self.columns = [*dict.fromkeys(["image", *self._names, *self._own_names])]

    @property
    def problems(self) -> list[Problem]:
        """What is left out or missing, complete once `entries` has ended."""
        scanned = self.source.problems
        if self._options.only_captioned:
            scanned = [problem for problem in scanned if not problem.image.startswith("*")]
        return scanned + [
            problem
            for problems in (self._of_source, self._of_captions, self._missing)
            for problem in problems.listed()
        ]

    def entries(self) -> Iterator[Entry]:
        """Yield the rows: a captions file's cell, or where it is blank what the source says."""
        expected = self._captions is not None or self.source.captioned
        named_only = self._options.only_captioned and self._captions is not None
        any_left = False
        for row in self._store.joined(self.source.by_name, named_only):
            own = row.said if row.layers[1] is None else row.said | self._of_table(row.layers[1])
            given = row.layers[0] or {}
            cells = {name: own.get(column) for name, column in self._own_names.items()}
            for name, column in self._names.items():
                cells[name] = given.get(column) or cells.get(name)
            if cells["text"] is None:
                if self._options.only_captioned and not named_only:
                    continue
                if expected:
                    self._missing.append(Problem(row.name, "captions", "no caption"))
            any_left = True
            yield Entry(row.name, row.place, cells)
        if not any_left:
            raise InputError(
                f"none of the pictures in {self.source.root} has a caption: leave out "
                "--only-captioned"
            )

    def _noted(self, item: Item) -> Item:
        return replace(item, said=self._kept(item.said)) if item.said else item

    def _kept(self, said: Said) -> Said:
        """Return what is said in the first columns that were met; note the columns."""
        kept = {}
        for name, value in said.items():
            if name in self._own or len(self._own) < _MOST_COLUMNS:
                self._own[name] = None
                kept[name] = value
        return kept

    def _add_file(self, path: Path) -> None:
        options = self._options
        wanted = named_columns(options.text_column, options.label_column)
        reader = CaptionReader(path, options.image_column, wanted)
        named = self._store.add_captions(0, self._reported(reader))
        self._names = output_names(options.text_column, options.label_column, reader.columns)
        self._of_captions.extend(self._store.match(0))
        if options.only_captioned and not self._store.count(captioned=True):
            raise InputError(
                f"none of the {named} images that {path} names is in {self.source.root} "
                f"(the first is {self._store.first_named()!r}): give the folder that these paths "
                "start from"
            )

    def _add_tables(self) -> None:
        """Take the tables that lie among the pictures; one that cannot be used is a problem."""
        given = self._captions and self._captions.resolve()
        tables = [table for table in self.source.tables if table[0].resolve() != given]
        for path, folder in tables:
            try:
                first = next(read_chunks(path))
                image = next((name for name in first if name.endswith("file_name")), "file_name")
                reader = CaptionReader(path, image)
                self._store.add_captions(1, self._reported(reader), folder)
                self._kept(self._said.of(dict.fromkeys(reader.columns)))
            except InputError as error:
                self._of_captions.append(Problem(path.name, "captions", str(error)))
        if tables:
            self._of_captions.extend(self._store.match(1))

    def _of_table(self, cells: dict[str, str]) -> Said:
        return self._kept(self._said.of(cells))

    def _reported(self, rows: CaptionReader) -> Iterator[CaptionRow]:
        for row in rows:
            if row.image is None:
                self._of_captions.append(row.unnamed())
            yield row

    def _check(self) -> None:
        said = self._said
        for name in (said.text, said.label):
            if name and said.seen and name not in said.seen:
                raise InputError(
                    f"{self.source.root} holds no column {name!r}; it has "
                    f"{listed(sorted(said.seen))}: name the columns of texts and labels"
                )
        if self._options.only_captioned and not (self._captions or self.source.captioned):
            raise InputError("--only-captioned needs a caption file: give it with --captions")
