"""Pictures as files of a folder: with tables, files beside them, or class folders, or alone.

Hugging Face's imagefolder (https://huggingface.co/docs/datasets/image_dataset) and the output of
img2dataset as files (https://github.com/rom1504/img2dataset#output-format) are such folders.
"""

import posixpath
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from mmrec_core.inputs.folder import FolderWalk, other_files
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem, ProblemList
from mmrec_core.inputs.sources import fields
from mmrec_core.inputs.sources.img2dataset import STATS, not_fetched
from mmrec_core.inputs.sources.source import Item, Place, Said, SaidColumns, counted, stem
from mmrec_core.inputs.text import LONGEST

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""Tables of an imagefolder; their column `file_name` starts from the folder that they lie in."""

_SPLITS = frozenset({"train", "training", "test", "testing", "validation", "valid", "val", "dev"})


class Walk(Protocol):
    """The files below a folder."""

    def __iter__(self) -> Iterator[str]:
        """Yield paths relative to the folder, with forward slashes."""

    def problems(self) -> list[Problem]:
        """Return what was not read, once all is listed."""


class PictureFiles:
    """A `Source` of picture files.

    Parameters
    ----------
    root : Path
    columns : SaidColumns
        Names of fields in JSON files beside the pictures.
    folder_labels : bool or None
        Whether the folder that a picture lies in is its label. With None it is where `datasets`
        would say so and split folders show that classes are meant: without a table or files beside
        them all pictures lie in ``SPLIT/CLASS/``, in more than one class.
    """

    by_name = True
    reads_beside = True

    def __init__(self, root: Path, columns: SaidColumns, folder_labels: bool | None = None):
        self.root = root
        self.tables: list[tuple[Path, str]] = []
        self._columns = columns
        self._folder_labels = folder_labels
        self._parents: set[str] = set()
        self._classes_by_split = True
        self._endings: list[str] = []
        self._others: Counter[str] = Counter()
        self._stats: list[Path] = []
        self._not_read: list[Problem] = []
        self._not_used = ProblemList()

    def items(self) -> Iterator[Item]:
        """Yield the picture files in no order; by name they have one."""
        walk = self.walk()
        for path in walk:
            suffix = posixpath.splitext(path)[1].lower()
            if suffix in IMAGE_SUFFIXES:
                parent = posixpath.dirname(path)
                self._parents.add(posixpath.basename(parent))
                split, *rest = path.lower().split("/")
                self._classes_by_split &= split in _SPLITS and len(rest) == 2
                yield Item(path, Place(path))
            elif self.reads_beside and posixpath.basename(path) in METADATA:
                self.tables.append((self.root / path, posixpath.dirname(path)))
            else:
                if self.reads_beside and STATS.fullmatch(path):
                    self._stats.append(self.root / path)
                self._others[suffix] += 1
        self.tables.sort()
        if self.reads_beside:
            self._endings = [ending for ending in fields.ENDINGS if self._others[f".{ending}"]]
        self._not_read = walk.problems() + not_fetched(self._stats)

    def walk(self) -> Walk:
        """Return what lists the files."""
        return FolderWalk(self.root)

    @property
    def problems(self) -> list[Problem]:
        """What is not used: files of other endings, but for those that lie beside a picture."""
        left = sorted(suffix for suffix, count in self._others.items() if count > 0)
        others = [other_files(suffix, self._others[suffix]) for suffix in left]
        return self._not_read + others + self._not_used.listed()

    @property
    def captioned(self) -> bool:
        """Whether there are tables, or files beside the pictures."""
        return bool(self.tables or self._endings)

    @property
    def classes(self) -> set[str]:
        """The class folders, none where folders are no classes."""
        classes = self._parents - {""} - (_SPLITS if self._folder_labels is None else set())
        if self._folder_labels is not None:
            return classes if self._folder_labels else set()
        alone = self._classes_by_split and not self.captioned
        return classes if alone and len(classes) > 1 else set()

    def beside(self, names: Iterable[str]) -> Iterator[tuple[str, Said]]:
        """Yield what files of the same name say, or the class that the folder stands for."""
        classes = self.classes
        if not (classes or self._endings):
            return
        for name in names:
            parent = posixpath.basename(posixpath.dirname(name))
            said: Said = {"label": parent} if parent in classes else {}
            if contents := self._contents(name):
                said |= fields.said_by(contents, self._columns, self._not_used.append, name)
            if said:
                yield name, said

    def _contents(self, name: str) -> dict[str, bytes | str]:
        contents = {}
        for ending in self._endings:
            content = _content(self.root / f"{stem(name)}.{ending}")
            if content is not None:
                contents[ending] = content
                self._others[f".{ending}"] -= 1
        return contents

    def found(self, pictures: int) -> str:
        """Return what was found; nothing of files alone, which need no word."""
        parts = [posixpath.join(folder, table.name) for table, folder in self.tables[:3]]
        if self._endings:
            parts.append("." + ", .".join(self._endings) + " beside them")
        if classes := self.classes:
            parts.append(counted(len(classes), "class folder"))
        elif shards := self._others[".tar"] or (not self.captioned and self._others[".parquet"]):
            parts.append(f"{counted(shards, 'shard')} beside them not read: give shards alone")
        kind = "imagefolder" if self.tables or self.classes else "folder"
        return f"{kind}: {', '.join([counted(pictures, 'picture'), *parts])}" if parts else ""


def _content(path: Path) -> bytes | str | None:
    """Return a small regular file's content, why it is not read, or None if there is none."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if status.st_size > LONGEST:
            return f"{status.st_size:,} bytes; the limit is {LONGEST:,}"
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return (error.strerror or "cannot be read").lower()
