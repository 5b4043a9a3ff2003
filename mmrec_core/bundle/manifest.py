"""The manifest: what a bundle says of itself, and the digest that names it."""

import hashlib
import json
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mmrec_core.bundle.layout import MANIFEST, SCHEMA_VERSION
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.encoders.base import EncoderSpec
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size, sha256

_SHOWN = 200  # characters of what a manifest says, in a message
_LARGEST = 16 * 2**20  # bytes; the demo's has 7,000


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileEntry(_Frozen):
    """Size in bytes and SHA-256 of one file of the bundle."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the entry of the file at ``path``, which is read for it."""
        return cls(bytes=path.stat().st_size, sha256=sha256(path))


class Encoders(_Frozen):
    """The two encoders whose vectors the bundle holds."""

    image_text: EncoderSpec
    text: EncoderSpec


class Counts(_Frozen):
    """How many there are of what; ``pairs`` are those with a relevance."""

    images: int = Field(ge=1)
    with_text: int = Field(ge=0)
    with_label: int = Field(ge=0)
    clusters: int = Field(ge=1)
    queries: int = Field(ge=0)
    held_out_queries: int = Field(ge=0)
    pairs: int = Field(ge=0)
    problems: int = Field(ge=0)


class Manifest(_Frozen):
    """All that identifies a bundle. ``files`` maps a relative path to its checksum."""

    schema_version: int
    name: str
    recipe: str
    seed: int = Field(ge=0)
    relevance: Literal["judged", "labels"] | None
    counts: Counts
    encoders: Encoders
    candidates: CandidateSettings
    notes: list[str]
    licence: str
    build: str
    files: dict[str, FileEntry]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's canonical JSON: it changes whenever any file changes."""
        text = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read and check ``folder``'s manifest.

    Raises
    ------
    BundleError
        If it is missing, is no manifest, or was written by a newer version.
    """
    path = folder / MANIFEST
    try:
        if path.exists() and (plain_size(path) or _LARGEST) >= _LARGEST:
            raise OSError("no plain file, or too large")
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BundleError(
            f"{folder} is not a bundle (it has no {MANIFEST}): make one with `mmrec demo` or "
            "`mmrec build`."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(
            f"{path} cannot be read ({type(error).__name__}): build the bundle again."
        ) from None
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise BundleError(
            f"{folder} has bundle schema {version}; this version of mmrec reads schema "
            f"{SCHEMA_VERSION}: update mmrec, or build the bundle again."
        )
    if version != SCHEMA_VERSION:
        raise BundleError(
            f"{folder} has bundle schema {repr(version)[:_SHOWN]}; this version of mmrec reads "
            f"schema {SCHEMA_VERSION}: build the bundle again."
        )
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:_SHOWN]
        raise BundleError(
            f"{path} is damaged at {where!r} ({first['msg']}): build the bundle again."
        ) from None
