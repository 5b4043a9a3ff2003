"""Pictures that visitors bring, under a name that an address can hold.

They are kept in memory, in this process alone, the last used ones up to `MOST_BYTES`: a reload and
Back find them, a restart does not. Where ``MMREC_UPLOADS`` names a folder they lie there too, up to
as many bytes again, for other processes and after a restart. The name is a digest, so whoever has
neither the picture nor the address cannot guess it.
"""

import hashlib
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

LARGEST = 20 * 2**20
"""Bytes of a picture."""

MOST_BYTES = 256 * 2**20
_DIGITS = 20  # of a digest
_UNFINISHED = ".upload-"  # begins the name of a file that is being written

_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def keep(data: bytes) -> str:
    """Keep a picture of at most `LARGEST` bytes; return its name."""
    name = _name(data)
    _remember(name, data)
    with suppress(OSError):  # where the folder cannot be written, memory has it
        if (folder := _folder()) is not None:
            _write(folder, name, data)
    return name


def find(name: str) -> bytes | None:
    """Return the picture of that name; None if it is no longer kept."""
    with _lock:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
    folder = _folder()
    if folder is None or not _is_name(name):
        return None
    try:
        data = _read(folder / name)
    except OSError:
        return None
    if _name(data) != name:
        return None
    _remember(name, data)
    return data


def are_stored() -> bool:
    """Whether pictures are written into a folder, and outlive the process."""
    return _folder() is not None


def _remember(name: str, data: bytes) -> None:
    with _lock:
        _kept[name] = data
        _kept.move_to_end(name)
        while sum(map(len, _kept.values())) > MOST_BYTES:
            _kept.popitem(last=False)


def _folder() -> Path | None:
    named = os.environ.get("MMREC_UPLOADS")
    return Path(named) if named else None


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def _is_name(text: str) -> bool:
    return len(text) == _DIGITS and set(text) <= set("0123456789abcdef")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    os.utime(path)  # it was used
    return data


def _write(folder: Path, name: str, data: bytes) -> None:
    """Put a picture into the folder, whole, and take out those that were not used for longest."""
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=_UNFINISHED, delete=False) as file:
        try:
            file.write(data)
            file.close()
            os.replace(file.name, folder / name)
        except BaseException:
            os.unlink(file.name)
            raise
    _take_out(folder)


def _take_out(folder: Path) -> None:
    used: list[tuple[float, int, Path]] = []
    for path in folder.iterdir():
        if _is_name(path.name) or path.name.startswith(_UNFINISHED):
            with suppress(OSError):  # another process took it out
                status = path.stat()
                used.append((status.st_mtime, status.st_size, path))
    size = sum(each[1] for each in used)
    for _when, bytes_, path in sorted(used):
        if size <= MOST_BYTES:
            break
        path.unlink(missing_ok=True)
        size -= bytes_
