"""Running the pipeline's stages: in a folder aside, resumed where a kill left it, then renamed."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mmrec_core
from mmrec_core.building.description import describe
from mmrec_core.building.replacement import alone, make_room, put_in_place
from mmrec_core.building.workspace import SCRATCH, Workspace
from mmrec_core.bundle import layout, open_bundle, verify_bundle
from mmrec_core.bundle.manifest import FileEntry, read_manifest
from mmrec_core.config import BuildConfig
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import sha256, write_json
from mmrec_core.ranker.pair_features import NAMES


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
    say: Callable[[str], None],
    force: bool = False,
) -> Path:
    """Run the stages that are not done yet, and put the bundle in its place.

    Parameters
    ----------
    stages : sequence of Stage
        The first, the catalogue, always runs: it finds out whether the inputs changed.
    config : BuildConfig
        Options.
    say : callable
        Takes one line a stage.
    force : bool
        Build from the start, even if a sound bundle of the same inputs is there.

    Returns
    -------
    Path
        The bundle's folder.

    Raises
    ------
    InputError
        If something else than a bundle stands where the bundle should go, another build is at
        work on it, or the disk is full.
    """
    config = config.model_copy(update={"out": config.out.resolve()})
    try:
        _check_target(config)
        work = Workspace(config)
        with alone(config.out):
            return _run(stages, work, say, force)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise InputError(
            f"the build of {config.out} stopped: {error.strerror or error}{where}. Finished stages "
            "are kept: remove the cause and run the same command again to continue."
        ) from None


def _run(
    stages: Sequence[Stage],
    work: Workspace,
    say: Callable[[str], None],
    force: bool,
) -> Path:
    out = work.config.out
    say(f"[1/{len(stages)}] {stages[0].name}")
    try:
        stages[0].run(work)
    except InputError:
        if not any(work.scratch.glob("*.started")):
            shutil.rmtree(work.path)
        raise
    keys = _keys(stages, work)
    if not force and _is_current(out, keys[-1]):
        shutil.rmtree(work.path)
        say(f"{out} is up to date.")
        return out
    seconds: dict[str, float] = {}
    for place, (stage, key) in enumerate(zip(stages[1:], keys[1:], strict=True), start=1):
        started, done = (work.scratch / f"{stage.name}.{mark}" for mark in ("started", "done"))
        if force or not started.exists() or json.loads(started.read_text()) != key:
            _forget(work, stages[place:])
            force = False
            write_json(started, key)
        if done.exists():
            seconds[stage.name] = json.loads(done.read_text())
            say(f"[{place + 1}/{len(stages)}] {stage.name}: done before")
            continue
        say(f"[{place + 1}/{len(stages)}] {stage.name}")
        start = time.perf_counter()
        stage.run(work)
        seconds[stage.name] = round(time.perf_counter() - start, 3)
        write_json(done, seconds[stage.name])
    for name in (layout.MANIFEST, layout.TIMINGS):
        work.file(name).unlink(missing_ok=True)
    files = {
        name: FileEntry(bytes=work.file(name).stat().st_size, sha256=sha256(work.file(name)))
        for name in sorted(_written(stages, work.path))
    }
    write_json(work.file(layout.TIMINGS), {"seconds": seconds})
    write_json(work.file(layout.MANIFEST), describe(work, keys[-1], files).model_dump())
    open_bundle(work.path)
    put_in_place(work.path, out)
    shutil.rmtree(out / SCRATCH)
    return out


def _keys(stages: Sequence[Stage], work: Workspace) -> list[str]:
    """Return what each stage's outcome depends on, as a digest: inputs, options, this version."""
    options = work.config.model_dump(mode="json")
    version = [layout.SCHEMA_VERSION, mmrec_core.__version__, NAMES]
    keys = [sha256(work.scratch / "inputs.json")]
    for stage in stages[1:]:
        told = [keys[-1], version, stage.name, {name: options[name] for name in stage.options}]
        keys.append(hashlib.sha256(json.dumps(told).encode()).hexdigest())
    return keys


def _is_current(out: Path, key: str) -> bool:
    try:
        return read_manifest(out).build == key and not any(verify_bundle(out))
    except BundleError:
        return False


def _forget(work: Workspace, stages: Sequence[Stage]) -> None:
    """Remove what these stages left: they are to run anew."""
    for stage in stages:
        names = [work.path / name for name in stage.writes]
        for target in [*names, *work.scratch.glob(f"{stage.name}*"),
                       work.scratch / f"problems-{stage.name}.json"]:  # fmt: skip
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)


def _written(stages: Sequence[Stage], folder: Path) -> Iterator[str]:
    """Yield the files that stages declare and wrote; thumbnails are listed in the catalogue."""
    for name in (name for stage in stages for name in stage.writes if name != layout.THUMBNAILS):
        target = folder / name
        for file in target.rglob("*") if target.is_dir() else [target]:
            if file.is_file() and not file.name.startswith("."):
                yield file.relative_to(folder).as_posix()


def _check_target(config: BuildConfig) -> None:
    """Refuse to build where something would be lost; see `make_room`."""
    out = config.out
    for what in ("images", "captions", "pairs"):
        source = getattr(config, what)
        if source is not None and source.resolve().is_relative_to(out):
            raise InputError(
                f"the {what} lie in {out}, which the build replaces: move one of them."
            )
    if out.is_relative_to(config.images.resolve()):
        raise InputError(f"{out} is inside the images folder: choose a place for --out outside it.")
    make_room(out)
