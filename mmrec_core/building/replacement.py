"""Putting a finished bundle where another stands: one at a time, and no kill loses either."""

import ctypes
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmrec_core.building.scratch import FOLDER
from mmrec_core.bundle import layout
from mmrec_core.errors import InputError
from mmrec_core.files import is_empty_folder

_FROM_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE


@contextmanager
def replacing(out: Path) -> Iterator[None]:
    """Hold the lock on what becomes of ``out``, and see that it may be replaced.

    A bundle that a kill set aside is brought back first, or removed where the new one is in place.
    The system drops the lock when the process ends.

    Raises
    ------
    InputError
        If another process holds the lock, or ``out`` is there and is more, or something else, than
        a bundle.
    """
    lock = out.with_name(f".{out.name}.lock")
    busy = InputError(f"another build of {out} is running: wait for it, or stop it.")
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise busy from None
        if not lock.exists() or not os.path.samestat(lock.stat(), os.fstat(handle.fileno())):
            raise busy  # it ended and removed its lock between our opening and locking it
        try:
            _make_room(out)
            yield
        finally:
            lock.unlink(missing_ok=True)


def _make_room(out: Path) -> None:
    """Bring back a bundle that a kill set aside, and see that ``out`` may be replaced."""
    old = _set_aside(out)
    if is_empty_folder(old):  # a kill came at the end of its removal
        old.rmdir()
    if old.exists():
        _check_replaceable(old)
        if not out.exists():
            old.replace(out)
    if out.is_symlink() or out.is_mount():
        raise InputError(
            f"{out} is a link or a mount point and cannot be replaced: choose a folder inside it "
            "for --out."
        )
    if out.exists() and not is_empty_folder(out):
        _check_replaceable(out)
        if old.exists():  # a kill came after the new one was in place
            _remove(old)


def put_in_place(finished: Path, out: Path) -> None:
    """Rename the finished bundle to ``out``, and remove what stood there.

    On Linux both change places in one step, so that at any moment a bundle is there. Where the
    system can't, the old one is set aside first.
    """
    old = _set_aside(out)
    if old.exists():
        _remove(old)
    if out.exists() and _exchanged(finished, out):
        finished.replace(old)
    else:
        if out.exists():
            out.replace(old)
        finished.replace(out)
    if old.exists():
        _remove(old)


def _exchanged(first: Path, second: Path) -> bool:
    """Let two folders change places by renameat2(2); say whether the system could."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(first), os.fsencode(second)
    return rename(_FROM_HERE, paths[0], _FROM_HERE, paths[1], _EXCHANGE) == 0


def _remove(bundle: Path) -> None:
    """Remove a bundle, its manifest last: what a kill leaves of it is still known as one."""
    for path in bundle.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != layout.MANIFEST:
            path.unlink()
    shutil.rmtree(bundle)


def _set_aside(out: Path) -> Path:
    return out.with_name(f".{out.name}.old")


def _check_replaceable(folder: Path) -> None:
    """Raise InputError unless ``folder`` holds a bundle and nothing else."""
    try:
        manifest = json.loads((folder / layout.MANIFEST).read_text("utf-8"))
        known = {layout.MANIFEST, layout.TIMINGS, layout.STORE, *manifest["files"]}
        is_bundle = "schema_version" in manifest
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        is_bundle, known = False, set()
    if not is_bundle:
        raise InputError(
            f"{folder} exists and is not a bundle: choose another place for --out, or remove it."
        )
    for file in folder.rglob("*"):
        name = file.relative_to(folder)
        thumbnail = name.parts[0] == layout.THUMBNAILS and name.suffix == ".webp"
        whole = name.parts[0] in (FOLDER, layout.STORED_INSIDE)
        if file.is_dir() or thumbnail or whole or name.as_posix() in known:
            continue
        raise InputError(
            f"{folder} contains {name.as_posix()!r}, which is not part of the bundle and would be "
            "lost: move it elsewhere."
        )
