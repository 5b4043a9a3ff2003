"""Processes that are killed at random moments: what they were making ends in the same bytes."""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from mmrec_core.building import scratch, workspace
from mmrec_core.building.pipeline import STAGES
from mmrec_core.building.stages import thumbnails
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import open_bundle, verify_bundle
from mmrec_core.errors import MmrecError, VerdictError
from mmrec_core.growing.adding import add_images
from mmrec_core.ranker import training
from mmrec_core.recipes import build
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training import retrain
from tests.core.building.shapes import contents
from tests.torture import small
from tests.torture.children import Child, Fell
from tests.torture.trials import End, Trial

SECONDS = 300
PRELOAD = (__name__,)
_OVER = ("up to date", "has all of these images already")
"""What a rerun says last where the kill came when all was in place."""


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each kill: of a build, a replacement, an addition, a training in turn."""
    images, more = small.write_images(folder / "images"), small.write_more_images(folder / "more")
    whole = small.build(images, folder / "whole" / "shapes")
    store = VerdictStore(folder / "shapes.verdicts.sqlite")
    small.grade(whole, store)
    given = (images, more, store.path)
    with Child(None, PRELOAD) as child:
        expected, took = {}, {}
        for name in DEEDS:
            out = _begun(name, whole, folder / f"unkilled {name}")
            child.call(done, name, out, *given, seconds=SECONDS)  # it loads the encoders
            out = _begun(name, whole, folder / f"unkilled {name} again")
            start = time.monotonic()
            child.call(done, name, out, *given, seconds=SECONDS)
            expected[name], took[name] = contents(out), time.monotonic() - start
        for number in range(count):
            chance, name = Random(f"{seed} {number}"), list(DEEDS)[number % len(DEEDS)]
            out = _begun(name, whole, folder / f"kill {number}")
            when = _killed(chance, name, out, given, took[name])
            what = f"{seed}/{number} {name} {when}"
            yield Trial(what, *_ended(name, out, whole, given, expected[name], child))
            shutil.rmtree(out.parent)


def _begun(name: str, whole: Path, folder: Path) -> Path:
    """Make a folder with what stands there before: nothing, or the bundle."""
    folder.mkdir()
    out = folder / "shapes"
    if name != "build":
        shutil.copytree(whole, out)
    return out


def _killed(chance: Random, name: str, out: Path, given: Any, took: float) -> str:
    """Run a deed and kill it: at any moment, or as its bundle is put in place."""
    process = multiprocessing.get_context("forkserver").Process(
        target=done, args=(name, out, *given)
    )
    process.start()
    start = time.monotonic()
    if chance.random() < 0.3:
        before = _inode(out)
        while process.is_alive() and _inode(out) == before:
            time.sleep(0.0005)
        time.sleep(chance.random() * 0.02)
        when = "as it is put in place"
    else:
        process.join(took * chance.random())
        when = f"after {time.monotonic() - start:.2f} s"
    if process.is_alive():
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    return when if process.exitcode == -signal.SIGKILL else "not killed: it was over"


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _ended(
    name: str, out: Path, whole: Path, given: Any, expected: dict[str, str], child: Child
) -> tuple[End, str]:
    if name != "build":
        try:
            open_bundle(out)
            faults = list(verify_bundle(out))
        except MmrecError as error:
            return End.LOST, f"after the kill: {error}"
        if faults or contents(out) not in (contents(whole), expected):
            return End.LOST, f"after the kill the bundle is neither the old nor the new {faults}"
    finished, parts = _finished(out)
    try:
        again = child.call(done, name, out, *given, seconds=SECONDS)
    except Fell as fell:
        return (End.LOST if fell.end == End.CRASHED else fell.end), f"again: {fell.why}"
    if contents(out) != expected:
        other = {file for file, _ in contents(out).items() ^ expected.items()}
        return End.LOST, f"other bytes: {sorted(other)[:5]}"
    if left := [file.name for file in out.parent.iterdir() if file != out]:
        return End.WRONG, f"left behind: {left}"
    redone = [each for each in finished if not any(each in line for line in again[0])]
    was_over = not again[0] or any(words in again[0][-1] for words in _OVER)
    if redone and not was_over and len(again[0]) > 1:
        return End.WRONG, f"done twice: {redone}"
    if twice := parts & set(again[1]):
        return End.WRONG, f"batches done twice: {sorted(twice)[:5]}"
    return End.RIGHT, ""


def _finished(out: Path) -> tuple[list[str], set[str]]:
    """Return what a rerun says of stages and folds that were over, and the batches' files."""
    folds = out.parent.glob(f".{out.name}.folds/*/*-new.json")
    said = [f"fold {file.name[0]}: trained before" for file in folds if file.name[0] != "."]
    parts = set()
    for aside in out.parent.glob(f".{out.name}.*"):
        marks = aside / scratch.FOLDER / "stages"
        said += [f"{m.stem}: done before" for m in marks.glob("*.done") if _is_whole(m.stem, aside)]
        files = [*marks.glob("*.chunks/*/*.npy"), *aside.glob("thumbnails/*/*.webp")]
        parts |= {str(file) for file in files if not file.name.startswith(".")}
    return said, parts


def _is_whole(stage: str, folder: Path) -> bool:
    """Say whether all is there that a stage wrote: of one taken over, scratch files are not."""
    written = next((each.writes for each in STAGES if each.name == stage), ())
    return all((folder / name).exists() for name in written if Workspace.is_scratch(name))


def done(
    name: str, out: Path, images: Path, more: Path, verdicts: Path
) -> tuple[list[str], list[str]]:
    """Carry out a deed; return its lines, and the batches that it wrote."""
    training.TREE_PARAMETERS["iterations"] = 20  # of each ranker, for the kills' sake
    lines: list[str] = []
    written: list[str] = []
    with _noted(workspace, "write_array", written), _noted(thumbnails, "write_bytes", written):
        DEEDS[name](out, images, more, verdicts, lines.append)
    return lines, written


class _noted:
    """Notes the paths that a function of a module is called with."""

    def __init__(self, module: Any, name: str, paths: list[str]):
        self.module, self.name, self.paths = module, name, paths

    def __enter__(self) -> None:
        self.function = getattr(self.module, self.name)

        def noting(path: Path, content: Any) -> None:
            self.paths.append(str(path))
            self.function(path, content)

        setattr(self.module, self.name, noting)

    def __exit__(self, *_: object) -> None:
        setattr(self.module, self.name, self.function)


Say = Callable[[str], None]


def _build(out: Path, images: Path, more: Path, verdicts: Path, say: Say) -> None:
    build(small.config(images, out), say)


def _replace(out: Path, images: Path, more: Path, verdicts: Path, say: Say) -> None:
    build(small.config(images, out, seed=5), say)


def _add(out: Path, images: Path, more: Path, verdicts: Path, say: Say) -> None:
    add_images(out, more, more / "captions.csv", say=say)


def _train(out: Path, images: Path, more: Path, verdicts: Path, say: Say) -> None:
    try:
        retrain(out, VerdictStore(verdicts), force=True, say=say)
    except VerdictError as error:
        if "nothing to learn" not in str(error):
            raise
        say("up to date")


DEEDS = {"build": _build, "replacement": _replace, "addition": _add, "training": _train}
"""What is killed, by its name."""
