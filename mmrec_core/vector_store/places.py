"""Where the vectors of a bundle lie if not in its own files, and what may be connected to.

A bundle may come from anybody, and a database's address in it could name any server. So nothing is
opened but what lies below a place that the operator named.
"""

import json
import os
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmrec_core.bundle.contents import damaged
from mmrec_core.bundle.layout import STORE
from mmrec_core.bundle.manifest import Manifest
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import plain_size, sha256_of, write_json

ALLOWING = "MMREC_STORES"
"""The environment variable of places that may be opened, with commas between them."""

_REMOTE = re.compile(r"(s3|gs|az)://[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_LARGEST = 4096  # bytes of the file


class Place(BaseModel):
    """Where the vectors of a bundle lie.

    Attributes
    ----------
    store : str
        A folder, from the bundle on if it is no absolute one, or a prefix of an object store, such
        as ``s3://bucket/vectors``.
    probes : int
        Partitions of the index that a search reads; 0: there is none, and it reads all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: str = Field(min_length=1, max_length=1024)
    probes: int = Field(ge=0, le=1_000_000)


def place_of(bundle: Path) -> Place | None:
    """Return where a bundle says that its vectors lie; None: in its own files.

    Raises
    ------
    BundleError
        If its file holds something else.
    """
    file = bundle / STORE
    if not file.exists():
        return None
    try:
        if (plain_size(file) or _LARGEST) >= _LARGEST:
            raise ValueError("no plain file, or too large")
        return Place.model_validate(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, RecursionError, ValidationError):
        raise damaged(bundle, f"{STORE} does not hold what it should") from None


def remember(bundle: Path, place: Place) -> None:
    """Let a bundle's vectors be read from ``place`` from now on."""
    write_json(bundle / STORE, place.model_dump())


def address(bundle: Path, store: str) -> str:
    """Return a folder's absolute path, or the URI as it is.

    Raises
    ------
    InputError
        If it is no place that vectors can lie in.
    """
    if "://" in store:
        if not _REMOTE.fullmatch(store):
            raise InputError(
                f"{store!r} is no place for vectors: expected a folder, or s3://, gs:// or az:// "
                "with a bucket and names of letters, digits, dots, - and _."
            )
        return store
    try:
        return str((bundle / store).resolve())
    except (OSError, RuntimeError, ValueError):
        raise InputError(f"{store!r} is no usable folder for vectors: name another.") from None


def check_allowed(bundle: Path, store: str) -> None:
    """Raise BundleError unless the operator allows to open what a bundle names; as `address`."""
    uri = address(bundle, store)
    named = [place.strip() for place in os.environ.get(ALLOWING, "").split(",")]
    if not any(_below(uri, place) for place in named if place):
        raise BundleError(
            f"{bundle} keeps its vectors in {uri}, and a bundle alone may not say what is opened: "
            f"if you trust it, name that place, or one above it, in {ALLOWING}."
        )


def _below(uri: str, place: str) -> bool:
    if "://" in uri or "://" in place:
        return uri == place.rstrip("/") or uri.startswith(place.rstrip("/") + "/")
    return Path(uri).is_relative_to(Path(place).resolve())


def name_of(manifest: Manifest, files: tuple[str, ...]) -> str:
    """Return the name of the table of a bundle's vectors: it changes whenever they do.

    Raises
    ------
    BundleError
        If the bundle has no such files: it was built before there were any.
    """
    if missing := [name for name in files if name not in manifest.files]:
        raise BundleError(
            f"bundle {manifest.name!r} has no {missing[0]}, and what a store holds is made from "
            "it: build the bundle again."
        )
    checksums = "".join(manifest.files[name].sha256 for name in files)
    return f"mmrec_{sha256_of(checksums.encode())[:32]}"
