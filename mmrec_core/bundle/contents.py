"""Opening what lies in a bundle: plain files inside its folder, and every fault in one line.

A bundle may come from anybody. Before anything native reads a file whole (CatBoost, Arrow), it is
held against the manifest's checksum, so that a damaged one is found and not run into. A checksum
proves no good intent: who wrote the manifest chose it.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from mmrec_core.bundle.layout import ArrayFile
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size, read_array, sha256_of

_Read = TypeVar("_Read")
_SHOWN = 200  # characters of a file's name


def inside(folder: Path, name: str) -> Path:
    """Return ``folder / name``; BundleError if that would lie outside of ``folder``."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name or "\0" in name:
        raise BundleError(
            f"{folder} lists a file outside its folder ({name[:_SHOWN]!r}): do not use this bundle."
        )
    path = folder.joinpath(*relative.parts)
    try:
        within = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links that go round, surrogates
        raise BundleError(
            f"{folder} has no usable file {name[:_SHOWN]!r}: do not use this bundle."
        ) from None
    if not within:
        raise BundleError(
            f"{folder} has a link to outside its folder ({name[:_SHOWN]!r}): do not use this "
            "bundle."
        )
    return path


def checked_bytes(folder: Path, manifest: Manifest, name: str) -> bytes:
    """Return a file whole, as the manifest has it.

    Raises
    ------
    BundleError
        If it is not in the manifest, no plain file, or another than was built.
    """
    entry = manifest.files.get(name)
    path = inside(folder, name)
    if entry is None or plain_size(path) != entry.bytes:
        raise _changed(folder, manifest, f"{name} is missing or has the wrong size")
    content = readable(folder, name, path.read_bytes)
    if sha256_of(content) != entry.sha256:
        raise _changed(folder, manifest, f"{name} is not what was built: its checksum differs")
    return content


def readable(folder: Path, name: str, read: Callable[[], _Read]) -> _Read:
    """Return what ``read`` gives; whatever it raises is a damaged file ``name``."""
    try:
        return read()
    except BundleError:
        raise
    except Exception as error:  # of a stranger's file a library may raise anything
        raise damaged(folder, f"{name} cannot be read: {type(error).__name__}") from None


def opened_array(folder: Path, entry: ArrayFile, manifest: Manifest) -> np.ndarray:
    """Return an array as a memory map.

    Raises
    ------
    BundleError
        If it is no ``.npy`` file, or its type and shape are not those of ``entry``.
    """
    array = readable(folder, entry.path, lambda: read_array(inside(folder, entry.path)))
    rows = getattr(manifest.counts, entry.rows)
    fits = array.ndim == entry.ndim and str(array.dtype) == entry.dtype and len(array) == rows
    if not fits or (entry.columns is not None and array.shape[1] != entry.columns):
        raise damaged(
            folder,
            f"{entry.path} holds {array.dtype} {array.shape}, expected {entry.dtype} with "
            f"{rows} rows",
        )
    return array


def _changed(folder: Path, manifest: Manifest, reason: str) -> BundleError:
    """Return the error of a file that is not the manifest's: another build's, or damaged."""
    with suppress(BundleError):
        if read_manifest(folder).digest != manifest.digest:
            return BundleError(f"{folder} holds another build by now: open it anew.")
    return damaged(folder, reason)


def damaged(folder: Path, reason: str) -> BundleError:
    """Return the error of a bundle that does not hold what it should."""
    return BundleError(f"{folder} is damaged ({reason}): build the bundle again.")
