"""Checking every file of a bundle against its manifest."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mmrec_core.bundle.layout import (
    CATALOGUE,
    PROJECTION_FILES,
    RANKER,
    RANKER_MODEL,
    REQUIRED,
)
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.errors import BundleError
from mmrec_core.files import sha256


def inside(folder: Path, name: str) -> Path:
    """Return ``folder / name``; BundleError if that would lie outside of ``folder``."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\\" in name:
        raise BundleError(
            f"{folder} lists a file outside its folder ({name!r}): do not use this bundle."
        )
    path = folder.joinpath(*relative.parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise BundleError(
            f"{folder} has a link to outside its folder ({name!r}): do not use this bundle."
        )
    return path


def missing_files(manifest: Manifest) -> list[str]:
    """Return the files that such a bundle needs and the manifest does not list."""
    needed = [*REQUIRED]
    if manifest.encoders.image_text.name == "offline":
        needed += PROJECTION_FILES
    if RANKER_MODEL in manifest.files or RANKER in manifest.files:
        needed += [RANKER_MODEL, RANKER]
    return [name for name in needed if name not in manifest.files]


def verify_bundle(folder: Path) -> Iterator[str]:
    """Yield a line for every fault of the bundle; a sound one yields nothing.

    Every file of the manifest is read and hashed; thumbnails are held against the checksums in
    the catalogue.

    Raises
    ------
    BundleError
        If there is no readable manifest to check against.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.bundle import verify_bundle
    >>> list(verify_bundle(Path("artifacts/demo")))
    []
    """
    import pandas as pd

    manifest = read_manifest(folder)
    for name in missing_files(manifest):
        yield f"{name}: not in the manifest"
    for name, entry in manifest.files.items():
        yield from _check(inside(folder, name), name, entry.sha256, entry.bytes)
    try:
        catalogue = pd.read_parquet(folder / CATALOGUE)
        thumbnails = zip(catalogue["thumbnail"], catalogue["thumbnail_sha256"], strict=True)
    except (OSError, ValueError, KeyError) as error:
        yield f"{CATALOGUE}: cannot be read ({type(error).__name__})"
        return
    for name, digest in thumbnails:
        yield from _check(inside(folder, str(name)), str(name), str(digest), None)


def _check(path: Path, name: str, digest: str, size: int | None) -> Iterator[str]:
    try:
        yield from _faults(path, name, digest, size)
    except OSError as error:
        yield f"{name}: cannot be read ({error.strerror or error})"


def _faults(path: Path, name: str, digest: str, size: int | None) -> Iterator[str]:
    if not path.is_file():
        yield f"{name}: missing"
    elif size is not None and path.stat().st_size != size:
        yield f"{name}: {path.stat().st_size} bytes, expected {size}"
    elif sha256(path) != digest:
        yield f"{name}: checksum differs"
