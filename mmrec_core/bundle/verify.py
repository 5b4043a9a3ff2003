"""Checking every file of a bundle against its manifest."""

from collections.abc import Iterator
from pathlib import Path

from mmrec_core.bundle.contents import checked_bytes, inside
from mmrec_core.bundle.layout import (
    CATALOGUE,
    PROJECTION_FILES,
    RANKER,
    RANKER_MODEL,
    REQUIRED,
)
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.bundle.tables import fits_items, read_table
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size, sha256


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
    manifest = read_manifest(folder)
    for name in missing_files(manifest):
        yield f"{name}: not in the manifest"
    for name, entry in manifest.files.items():
        yield from _check(folder, name, entry.sha256, entry.bytes)
    try:
        catalogue = read_table(checked_bytes(folder, manifest, CATALOGUE))
        if not fits_items(catalogue, manifest.counts.images):
            yield f"{CATALOGUE}: does not hold what it should"
        thumbnails = zip(catalogue["thumbnail"], catalogue["thumbnail_sha256"], strict=True)
    except Exception as error:  # of a stranger's file a library may raise anything
        yield f"{CATALOGUE}: cannot be read ({type(error).__name__}), so thumbnails are not checked"
        return
    for name, digest in thumbnails:
        yield from _check(folder, str(name), str(digest), None)


def _check(folder: Path, name: str, digest: str, size: int | None) -> Iterator[str]:
    try:
        path = inside(folder, name)
        found = plain_size(path)
        if found is None:
            yield f"{name}: missing, or no plain file"
        elif size is not None and found != size:
            yield f"{name}: {found} bytes, expected {size}"
        elif sha256(path) != digest:
            yield f"{name}: checksum differs"
    except BundleError as error:
        yield str(error)
    except OSError as error:
        yield f"{name}: cannot be read ({error.strerror or error})"
