"""Fetching packages with npm and apt, and what is made of them."""

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Prepared:
    """A collection on disk.

    Attributes
    ----------
    images : Path
        Folder of pictures.
    captions : Path
        CSV of ``image``, ``text``, ``label`` and, for some, ``text_ru``.
    licence : str
        Of pictures and captions.
    """

    images: Path
    captions: Path
    licence: str


def npm_package(name: str, version: str, folder: Path) -> Path:
    """Unpack an npm package below ``folder`` and return where its files lie."""
    target = folder / name
    if not target.exists():
        _fetch(["npm", "pack", "--silent", f"{name}@{version}"], folder)
        _unpack(["tar", "xzf", f"{name}-{version}.tgz", "-C"], target, folder)
    return target / "package"


def debian_package(name: str, folder: Path) -> Path:
    """Unpack the newest version of a Debian package below ``folder`` and return its root."""
    target = folder / name
    if not target.exists():
        _fetch(["apt-get", "download", "-qq", name], folder)
        _unpack(["dpkg-deb", "-x", next(folder.glob(f"{name}_*.deb")).name], target, folder)
    return target


def write_collection(folder: Path, rows: Iterable[dict[str, str | None]], licence: str) -> Prepared:
    """Copy pictures and write their captions, unless that was done before.

    Copied again, pictures would count as changed, and be embedded again.

    Parameters
    ----------
    folder : Path
        Where the collection goes.
    rows : iterable of dict
        ``source`` (the picture's file), ``image`` (its name in the collection), ``text``,
        ``label``, perhaps ``text_ru``. Of pictures of equal bytes the first is taken.
    licence : str
    """
    images, captions = folder / "images", folder / "captions.csv"
    if captions.exists():
        return Prepared(images, captions, licence)
    seen, kept = set(), []
    for row in rows:
        source = Path(str(row.pop("source")))
        digest = sha256(source.read_bytes()).digest()
        if digest in seen:
            continue
        seen.add(digest)
        target = images / str(row["image"])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        kept.append(row)
    pd.DataFrame(kept).to_csv(captions, index=False)
    return Prepared(images, captions, licence)


def _fetch(command: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _unpack(command: list[str], target: Path, folder: Path) -> None:
    aside = target.with_name(f".{target.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    subprocess.run([*command, str(aside)], cwd=folder, check=True)
    aside.rename(target)
