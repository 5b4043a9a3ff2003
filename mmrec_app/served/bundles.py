"""The bundles that this process serves: where they lie, and each one opened once.

Sessions and the HTTP routes share this register. A bundle is opened anew when its manifest file
changes in content; only the last few stay open.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.bundle.layout import MANIFEST
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size

_MOST_OPEN = 8


class _Stamp(NamedTuple):
    """A bundle's folder, and the content of its manifest."""

    folder: Path
    sha256: str


_open: OrderedDict[_Stamp, Bundle] = OrderedDict()
_lock = threading.RLock()


def artifacts_folder() -> Path:
    """Return the folder that holds the bundles: ``MMREC_BUNDLES``, or ``artifacts`` here."""
    return Path(os.environ.get("MMREC_BUNDLES") or "artifacts").resolve()


def bundle_folders() -> dict[str, Path]:
    """Return the folders of all bundles by name, in alphabetical order.

    ``MMREC_BUNDLE`` names one bundle and hides the others, ``MMREC_BUNDLES`` names the folder
    that holds them; without either it is ``artifacts`` in the present folder.
    """
    if single := os.environ.get("MMREC_BUNDLE"):
        return {Path(single).resolve().name: Path(single).resolve()}
    root = artifacts_folder()
    if not root.is_dir():
        return {}
    folders = sorted(path.parent.resolve() for path in root.glob(f"*/{MANIFEST}"))
    return {path.name: path for path in folders if not path.name.startswith(".")}


def opened(folder: Path) -> Bundle:
    """Return the bundle in ``folder``, opened once per content of its manifest.

    Raises
    ------
    BundleError
        If it is missing or damaged; the text is one line.
    """
    stamp = _stamp(folder)
    with _lock:
        if stamp not in _open:
            _open[stamp] = open_bundle(folder)
            for other in [s for s in _open if s.folder == folder and s != stamp]:
                del _open[other]  # its files are gone
            while len(_open) > _MOST_OPEN:
                _open.popitem(last=False)
        _open.move_to_end(stamp)
        return _open[stamp]


def bundle_of_digest(digest: str) -> Bundle | None:
    """Return the served bundle with that digest, or ``None`` if there is none any more.

    It may be asked before any session opened the bundle: a page from before a restart.
    """
    served = list(bundle_folders().values())
    with _lock:
        known = [(stamp, bundle) for stamp, bundle in _open.items() if bundle.digest == digest]
    for stamp, bundle in known:
        if stamp.folder in served and _stamp(stamp.folder) == stamp:
            return bundle
    for folder in served:
        try:
            bundle = opened(folder)
        except BundleError:
            continue
        if bundle.digest == digest:
            return bundle
    return None


def _stamp(folder: Path) -> _Stamp:
    path, content = folder / MANIFEST, b""  # where it can't be read, opening it says what is wrong
    if plain_size(path) is not None:
        with suppress(OSError):
            content = path.read_bytes()
    return _Stamp(folder, hashlib.sha256(content).hexdigest())
