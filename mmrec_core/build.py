"""Running the pipeline's stages: in a folder aside, resumed where a kill left it, then renamed."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mmrec_core.bundle import layout, open_bundle
from mmrec_core.bundle.files import sha256, write_json
from mmrec_core.bundle.manifest import FileEntry, Manifest, read_manifest
from mmrec_core.config import BuildConfig
from mmrec_core.errors import BundleError, InputError
from mmrec_core.workspace import SCRATCH, Workspace


@dataclass(frozen=True)
class Stage:
    """One step of the pipeline.

    ``reads`` and ``writes`` are files of the bundle; ``options`` the fields of `BuildConfig` whose
    change makes this stage, and all after it, run anew.
    """

    name: str
    run: Callable[[Workspace], None]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    options: tuple[str, ...] = ()


def run_stages(
    stages: Sequence[Stage],
    config: BuildConfig,
    describe: Callable[[Workspace, str, dict[str, FileEntry]], Manifest],
    say: Callable[[str], None],
) -> Path:
    """Run the stages that are not done yet, and put the bundle in its place.

    Parameters
    ----------
    stages : sequence of Stage
        The first, the catalogue, always runs: it finds out whether the inputs changed.
    config : BuildConfig
        Options.
    describe : callable
        Makes the manifest of the finished files.
    say : callable
        Takes one line a stage.

    Returns
    -------
    Path
        The bundle's folder.

    Raises
    ------
    InputError
        If something else than a bundle stands where the bundle should go, or the disk is full.
    """
    _check_target(config.out)
    try:
        return _run(stages, config, describe, say)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise InputError(
            f"the build of {config.out} stopped: {error.strerror or error}{where}. Finished stages "
            "are kept: mend that, and run the same command again to go on."
        ) from None


def _run(
    stages: Sequence[Stage],
    config: BuildConfig,
    describe: Callable[[Workspace, str, dict[str, FileEntry]], Manifest],
    say: Callable[[str], None],
) -> Path:
    work = Workspace(config)
    key = f"schema {layout.SCHEMA_VERSION}"
    seconds: dict[str, float] = {}
    for place, stage in enumerate(stages):
        options = {name: config.model_dump(mode="json")[name] for name in stage.options}
        key = hashlib.sha256(json.dumps([key, stage.name, options]).encode()).hexdigest()
        done = work.scratch / f"{stage.name}.done"
        if place and done.exists() and json.loads(done.read_text())["key"] == key:
            seconds[stage.name] = json.loads(done.read_text())["seconds"]
            say(f"[{place + 1}/{len(stages)}] {stage.name}: done before")
            continue
        if place and done.exists():
            _forget(work, stages[place:])
        say(f"[{place + 1}/{len(stages)}] {stage.name}")
        start = time.perf_counter()
        try:
            stage.run(work)
        except InputError:
            if not any(work.scratch.glob("*.done")):
                shutil.rmtree(work.path)
            raise
        seconds[stage.name] = round(time.perf_counter() - start, 3)
        if place == 0:
            key = hashlib.sha256((key + sha256(work.scratch / "inputs.json")).encode()).hexdigest()
            final = _final_key(key, stages[1:], config)
            if _is_current(config.out, final):
                shutil.rmtree(work.path)
                say(f"{config.out} is up to date.")
                return config.out
            if done.exists() and json.loads(done.read_text())["key"] != key:
                _forget(work, stages[1:])
        write_json(done, {"key": key, "seconds": seconds[stage.name]})
    files = {
        name: FileEntry(bytes=work.file(name).stat().st_size, sha256=sha256(work.file(name)))
        for name in sorted(_written(work.path))
    }
    write_json(work.file(layout.TIMINGS), {"seconds": seconds})
    write_json(work.file(layout.MANIFEST), describe(work, key, files).model_dump())
    shutil.rmtree(work.scratch)
    _put_in_place(work.path, config.out)
    open_bundle(config.out)
    return config.out


def _final_key(key: str, stages: Sequence[Stage], config: BuildConfig) -> str:
    values = config.model_dump(mode="json")
    for stage in stages:
        options = {name: values[name] for name in stage.options}
        key = hashlib.sha256(json.dumps([key, stage.name, options]).encode()).hexdigest()
    return key


def _is_current(out: Path, key: str) -> bool:
    try:
        return read_manifest(out).build == key and bool(open_bundle(out))
    except BundleError:
        return False


def _forget(work: Workspace, stages: Sequence[Stage]) -> None:
    """Remove what these stages left: their inputs changed."""
    for stage in stages:
        (work.scratch / f"{stage.name}.done").unlink(missing_ok=True)
        (work.scratch / f"problems-{stage.name}.json").unlink(missing_ok=True)
        for name in stage.writes:
            target = work.path / name
            shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
        for folder in work.scratch.glob(f"{stage.name}*"):
            shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and not name.startswith((SCRATCH, layout.THUMBNAILS)):
            yield name


def _check_target(out: Path) -> None:
    if out.exists() and not (out / layout.MANIFEST).is_file() and (
        not out.is_dir() or any(out.iterdir())
    ):  # fmt: skip
        raise InputError(f"{out} exists and is no bundle: choose another place for --out.")


def _put_in_place(finished: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    finished.replace(out)
    shutil.rmtree(old, ignore_errors=True)
