"""The demo set: photographs and drawings with captions, from a Linux distribution's package."""

import csv
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pooch
import requests

from mmrec_core.errors import InputError

STAMPS_LICENCE = "GPL-2.0-or-later"

STAMPS_NOTE = (
    "538 photographs and drawings with English and Russian captions, from the package "
    "tuxpaint-stamps-default (Bill Kendrick and contributors, GPL). The labels are the package's "
    "folder names: they say what kind of thing a picture shows, and are not people's judgements "
    "of how relevant one picture is to another."
)

PACKAGE = "tuxpaint-stamps-default"
INSTALLED = Path("/usr/share/tuxpaint/stamps")
ARCHIVE_URL = (
    "https://downloads.sourceforge.net/project/tuxpaint/tuxpaint-stamps/2022-06-04/"
    "tuxpaint-stamps-2022-06-04.tar.gz"
)
ARCHIVE_SHA256 = "842065576fae554358e00e51d71a492616a6490b12b592228067477c287a0bf8"

_DOWNLOAD_S = 900
_UNPACK_S = 120


def find_stamps(progress: bool = True) -> Path:
    """Return the folder of stamps, fetching it into the user's cache where it is missing.

    Tried in turn: the folder that ``MMREC_STAMPS`` names, the installed package, the cache,
    ``apt-get download`` (which needs no root), and the archive of the Tux Paint project.

    Parameters
    ----------
    progress : bool
        Show a bar while the archive comes (200 MB).

    Raises
    ------
    InputError
        If ``MMREC_STAMPS`` names no folder of stamps, or every way failed; the text keeps each
        one's reason.
    """
    chosen = os.environ.get("MMREC_STAMPS")
    if chosen:
        folder = Path(chosen).expanduser()
        if not _holds_stamps(folder):
            raise InputError(
                f"MMREC_STAMPS is {chosen}, which contains no stamps (a PNG with a .txt beside it, "
                f"outside symbols/): set it to a folder of stamps, or unset it"
            )
        return folder
    cached = Path(platformdirs.user_cache_dir("mmrec")) / "stamps"
    for folder in (INSTALLED, cached):
        if _holds_stamps(folder):
            return folder

    ways: dict[str, Callable[[Path], Path]] = {
        "apt-get": _from_package,
        "archive": lambda scratch: _from_archive(scratch, progress),
    }
    reasons = [f"{INSTALLED} is not there"]
    for name, fetch in ways.items():
        try:
            return _into_cache(fetch, cached)
        except Exception as error:  # Network, disk, archive: each names its own types.
            reasons.append(f"{name}: {_shortened(error)}")
    raise InputError(
        f"the demo's images are not available ({'; '.join(reasons)}): "
        f"run `sudo apt-get install {PACKAGE}`, or set MMREC_STAMPS to a folder of stamps."
    )


def write_demo_inputs(stamps: Path, to: Path) -> Path:
    """Write the captions of the demo set as a CSV file.

    Its images are the PNGs that have a ``.txt`` beside them, without the top folder ``symbols``.

    Parameters
    ----------
    stamps : Path
        As `find_stamps` returns it.
    to : Path
        The folder to write into; made if missing.

    Returns
    -------
    Path
        ``captions.csv``, with the columns `image` (path relative to `stamps`), `text` (English),
        `text_ru` (Russian, blank where there is none) and `label` (the first two folders).

    Raises
    ------
    InputError
        If `stamps` holds none.
    """
    images = _stamp_images(stamps)
    if not images:
        raise InputError(f"{stamps} contains no stamps: give the folder that find_stamps() returns")
    to.mkdir(parents=True, exist_ok=True)
    captions = to / "captions.csv"
    aside = to / "captions.csv.part"
    with open(aside, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["image", "text", "text_ru", "label"])
        for image in images:
            english, russian = _captions(stamps / image)
            writer.writerow([image, english, russian, "/".join(image.split("/")[:-1][:2])])
    os.replace(aside, captions)
    return captions


def _stamp_images(stamps: Path) -> list[str]:
    return sorted(
        relative.as_posix()
        for relative in (image.relative_to(stamps) for image in stamps.rglob("*.png"))
        if relative.parts[0] != "symbols"
        and not relative.name.startswith(".")
        and (stamps / relative).with_suffix(".txt").is_file()
    )


def _holds_stamps(folder: Path) -> bool:
    return folder.is_dir() and bool(_stamp_images(folder))


def _captions(image: Path) -> tuple[str, str]:
    text = image.with_suffix(".txt").read_text(encoding="utf-8-sig", errors="replace")
    lines = [line.strip() for line in text.splitlines()]
    english = lines[0] if lines and ".utf8=" not in lines[0] else ""
    russian = next((line[8:].strip() for line in lines if line.startswith("ru.utf8=")), "")
    return english, russian


def _into_cache(fetch: Callable[[Path], Path], cached: Path) -> Path:
    """Let `fetch` unpack in a folder beside the cache, then move the stamps into place."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached.parent, prefix="stamps-") as scratch:
        fetched = fetch(Path(scratch))
        if not _holds_stamps(fetched):
            raise InputError("the downloaded package contains no stamps")
        if cached.exists() and not _holds_stamps(cached):
            shutil.rmtree(cached)
        try:
            os.rename(fetched, cached)
        except OSError:
            if not _holds_stamps(cached):  # else another process was faster
                raise
    return cached


def _from_package(scratch: Path) -> Path:
    options = ["-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30"]
    _call(["apt-get", *options, "-o", "Acquire::Retries=1", "download", PACKAGE], scratch)
    packages = list(scratch.glob(f"{PACKAGE}_*.deb"))
    if not packages:
        raise InputError("the package was not downloaded")
    tree = scratch / "tree"
    _call(["dpkg-deb", "-x", str(packages[0]), str(tree)], scratch, timeout_s=_UNPACK_S)
    stamps = tree / "usr/share/tuxpaint/stamps"
    for path in stamps.rglob("*"):
        if path.is_file() and path.suffix not in (".png", ".txt"):
            path.unlink()
    return stamps


def _call(command: list[str], folder: Path, timeout_s: float = _DOWNLOAD_S) -> None:
    # Output goes to a file: a pipe that a grandchild holds open would outlast the timeout.
    log = folder / "output.log"
    try:
        with open(log, "wb") as out:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=timeout_s,
                env={**os.environ, "LC_ALL": "C"},
            )
    except FileNotFoundError:
        raise InputError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise InputError(f"{command[0]} did not finish within {timeout_s:.0f} s") from None
    if done.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        errors = [line for line in lines if line.startswith(("E:", "dpkg-deb: error"))]
        said = (errors or [line for line in lines if line.strip()] or ["no output"])[0]
        raise InputError(f"{said} (exit status {done.returncode})")


def _from_archive(scratch: Path, progress: bool) -> Path:
    try:
        archive = pooch.retrieve(
            ARCHIVE_URL,
            known_hash=f"sha256:{ARCHIVE_SHA256}",
            path=scratch,
            fname="stamps.tar.gz",
            downloader=pooch.HTTPDownloader(progressbar=progress, timeout=30),
        )
    except requests.RequestException as error:
        host = ARCHIVE_URL.split("/")[2]
        raise InputError(f"{host} cannot be reached ({type(error).__name__})") from error
    return _unpack(Path(archive), scratch / "tree")


def _unpack(archive: Path, tree: Path) -> Path:
    """Extract the PNG and TXT files under ``*/stamps`` and return that folder.

    ``TarFile.extract`` has no filter for hostile names before Python 3.11.4.

    Raises
    ------
    InputError
        If a name leads out of it.
    """
    top = ""
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = member.name.split("/")
            wanted = member.name.endswith((".png", ".txt")) and parts[1:2] == ["stamps"]
            if wanted and ".." in parts:
                raise InputError(f"{archive.name} names a file outside of its folder")
            if wanted and (content := tar.extractfile(member)):
                top = parts[0]
                place = tree.joinpath(*parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content.read())
    return tree / top / "stamps"


def _shortened(error: Exception, limit: int = 120) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 3] + "..."
