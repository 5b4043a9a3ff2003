"""Disks that are full and folders that are read-only: one clear line, and nothing half-written."""

import io
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random

from mmrec_core.bundle import open_bundle, verify_bundle
from mmrec_core.cli.main import main
from mmrec_core.errors import MmrecError
from mmrec_core.ranker import training
from mmrec_core.verdicts.store import VerdictStore
from tests.core.building.shapes import contents
from tests.torture import small
from tests.torture.children import Child, Fell, is_root, one_line
from tests.torture.trials import End, Trial

SECONDS = 300
PRELOAD = (__name__,)
_NOBODY = 65_534
_ROOM = (0, 4_096, 8_192, 20_480, 102_400, 307_200, 1_048_576, 2_097_152)
_DISK = "64m"
_FILLER = "filler"


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each command that meets the end of the disk, or a folder it may not write.

    The disk is one of its own, in memory, that is filled but for some blocks. Where it may not be
    mounted, the limit is one on the size of files (RLIMIT_FSIZE): a write fails as on a full disk,
    with another number of the error.
    """
    images, more = small.write_images(folder / "images"), small.write_more_images(folder / "more")
    whole = small.build(images, folder / "whole" / "shapes")
    verdicts = folder / "verdicts"
    small.grade(whole, VerdictStore(verdicts / "shapes.verdicts.sqlite"))
    folder.chmod(0o755)
    for number in range(count):
        chance = Random(f"{seed} {number}")
        own = folder / f"trial {number}"
        command = chance.choice(list(_commands(own, images, more)))
        room = chance.choice((None, *_ROOM))
        with _disk(own):
            shutil.copytree(whole, own / "shapes")
            shutil.copytree(verdicts, own / "verdicts")
            limit = f"{room} bytes {'free' if own.is_mount() else 'a file'}"
            what = f"{seed}/{number} {command}, {'read-only' if room is None else limit}"
            with Child(None, PRELOAD) as child:  # a limit is for good
                trial = Trial(what, *_ended(child, own, command, room, images, more))
        yield trial


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Make a folder for a while: a disk of its own where that may be mounted."""
    folder.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder)
    try:
        yield
    finally:
        if folder.is_mount():
            _run("umount", "--lazy", folder)
        shutil.rmtree(folder)


def _run(program: str, *words: str | Path) -> None:
    """Run a program of the system where it is there and may do it."""
    if path := shutil.which(program):
        subprocess.run([path, *words], check=False, stderr=subprocess.DEVNULL)


def _commands(own: Path, images: Path, more: Path) -> dict[str, list[str]]:
    bundle, new = str(own / "shapes"), str(own / "new")
    options = ["--captions", str(images / "captions.csv"), "--encoders", "offline", "--map", "pca"]
    added = ["--images", str(more), "--captions", str(more / "captions.csv")]
    return {
        "build": ["build", "--images", str(images), "--out", new, *options],
        "replace": ["build", "--images", str(images), "--out", bundle, "--seed", "3", *options],
        "add": ["add", bundle, *added],
        "remove": ["remove", bundle, "red/circle.png"],
        "train": ["train", bundle, "--with-verdicts", "--force"],
        "export": ["export", bundle, "--to", "parquet", "--out", str(own / "exported")],
        "verdicts": ["verdicts", bundle, "--out", str(own / "pairs.csv")],
        "queries": ["queries", "add", bundle, "mine", "--label", "red"],
        "grade": [],
    }


def _ended(
    child: Child, own: Path, command: str, room: int | None, images: Path, more: Path
) -> tuple[End, str]:
    words, before = _commands(own, images, more)[command], contents(own / "shapes")
    written = len(VerdictStore(own / "verdicts/shapes.verdicts.sqlite").verdicts())
    try:
        if command == "grade":
            code, said, kept = child.call(graded, own, room, seconds=SECONDS)
        else:
            code, said, kept = child.call(commanded, words, own, room, seconds=SECONDS)
    except Fell as fell:
        return fell.end, fell.why
    finally:
        own.chmod(0o755)
        (own / _FILLER).unlink(missing_ok=True)
    lines = [line for line in said.splitlines() if line.startswith(("mmrec: ", "Usage", "Error"))]
    if code == 0:
        sound = not list(verify_bundle(own / ("new" if command == "build" else "shapes")))
        return (End.RIGHT, "") if sound else (End.LOST, f"said nothing, and damaged: {said[-300:]}")
    if len(lines) != 1 or not one_line(lines[0]) or "unexpected" in lines[0]:
        return End.WRONG, f"said {said[-500:]!r}"
    if contents(own / "shapes") != before or list(verify_bundle(own / "shapes")):
        return End.LOST, f"the bundle is another, and it said {lines[0]}"
    if (own / "new").exists():
        return End.LOST, "half a bundle is in place"
    if len(VerdictStore(own / "verdicts/shapes.verdicts.sqlite").verdicts()) != written + kept:
        return End.LOST, "other verdicts than before"
    half = [path.name for path in (own / "pairs.csv", own / "exported") if path.exists()]
    return (End.LOST, f"left {half}: {lines[0]}") if half else (End.REPORTED, lines[0])


Told = tuple[int, str, int]
"""The exit code, what was said, and how many verdicts were acknowledged."""


def commanded(words: list[str], own: Path, room: int | None) -> Told:
    """Run a command of mmrec where there is little room."""
    training.TREE_PARAMETERS["iterations"] = 20
    os.environ["MMREC_VERDICTS"] = str(own / "verdicts")
    _narrow(own, room)
    said = _Said()
    sys.argv = ["mmrec", *words]
    try:
        with redirect_stdout(said), redirect_stderr(said):
            main()
    except SystemExit as stopped:
        code = stopped.code
        return code if isinstance(code, int) else int(code is not None), said.getvalue(), 0
    return 0, said.getvalue(), 0


class _Said(io.StringIO):
    """What was said, also once it is closed."""

    def close(self) -> None:
        pass


def graded(own: Path, room: int | None) -> Told:
    """Grade all images for one query where there is little room, as the pages do."""
    bundle = open_bundle(own / "shapes")
    store = VerdictStore(own / "verdicts/shapes.verdicts.sqlite")
    _narrow(own, room)
    kept = 0
    try:
        for row in range(1, len(bundle.items)):
            store.grade(bundle.image(0), bundle.image(row), 2, reviewer="Bob", note="x" * 900)
            kept += 1
    except MmrecError as error:
        return 1, f"mmrec: {error}", kept
    return 0, "", kept


def _narrow(own: Path, room: int | None) -> None:
    if room is not None and own.is_mount():
        disk = os.statvfs(own)
        blocks = max(0, disk.f_bavail - -(-room // disk.f_frsize))
        (own / _FILLER).write_bytes(bytes(blocks * disk.f_frsize))
        return
    if room is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        return
    for path in (own, *own.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if is_root():
        os.setegid(_NOBODY)
        os.seteuid(_NOBODY)
