"""Running the stages of a build: in a folder aside, resumed where a kill left it, then renamed."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from mmrec_core.building.description import DESCRIBED, describe
from mmrec_core.building.replacement import put_in_place, replacing
from mmrec_core.building.reuse import record, take_over
from mmrec_core.building.stage import Stage, build_key, stage_keys
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout, open_bundle, verify_bundle
from mmrec_core.bundle.manifest import FileEntry, read_manifest
from mmrec_core.config import BuildConfig
from mmrec_core.distributed.choice import opened_engine
from mmrec_core.errors import BundleError, InputError, refusal
from mmrec_core.files import write_json
from mmrec_core.remote import is_remote


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
        config.out.parent.mkdir(parents=True, exist_ok=True)
        with replacing(config.out), opened_engine(config) as engine:
            return _run(stages, Workspace(config, say, engine=engine), say, force)
    except OSError as error:
        raise InputError(
            f"the build of {config.out} stopped: {refusal(error)}. Finished stages "
            "are kept: remove the cause and run the same command again to continue."
        ) from None


def _run(stages: Sequence[Stage], work: Workspace, say: Callable[[str], None], force: bool) -> Path:
    out, first, later = work.config.out, stages[0], stages[1:]
    say(f"[1/{len(stages)}] {first.name}")
    try:
        first.run(work.of(first))
    except InputError:
        if not any(work.of(stage).started_with() for stage in later):
            shutil.rmtree(work.path, ignore_errors=True)
        raise
    keys = stage_keys(stages, work.config, work.path)
    whole = build_key(keys, work.config)
    if not force and _is_current(out, whole):
        shutil.rmtree(work.path)
        say(f"{out} is up to date.")
        return out
    if not force and _is_current(work.path, whole):  # a kill came before it was put in place
        return _put_in_place(work)
    for stage in later:
        if force or work.of(stage).started_with() != keys[stage.name]:
            work.of(stage).forget()
    if not force:
        take_over(stages, keys, work)
    run_missing(stages, keys, work, say, DESCRIBED)
    _finish(stages, keys, whole, work)
    return _put_in_place(work)


def run_missing(
    stages: Sequence[Stage],
    keys: dict[str, str],
    work: Workspace,
    say: Callable[[str], None],
    wanted: Iterable[str] = (),
) -> None:
    """Run the stages after the first that are not done, and those that made ``wanted`` files.

    Parameters
    ----------
    stages : sequence of Stage
    keys : dict of str to str
        As `mmrec_core.building.stage.stage_keys` gives it.
    work : Workspace
        Without what stages left that started from other keys.
    say : callable
        Takes one line a stage.
    wanted : iterable of str
        Scratch files that have to be there, whoever made them has ended or not.
    """
    to_run = _to_run(stages[1:], work, wanted)
    for place, stage in enumerate(stages[1:], start=2):
        bound, line = work.of(stage), f"[{place}/{len(stages)}] {stage.name}"
        if stage not in to_run:
            say(f"{line}: done before")
            continue
        say(line)
        bound.mark_started(keys[stage.name])
        start = time.perf_counter()
        stage.run(bound)
        bound.mark_done(round(time.perf_counter() - start, 3))


def _to_run(later: Sequence[Stage], work: Workspace, needed: Iterable[str]) -> list[Stage]:
    """Return the stages that are not done, and those whose scratch files such a stage misses."""
    wanted = set(needed)
    to_run = []
    for stage in reversed(later):
        scratch_files = [name for name in stage.writes if work.is_scratch(name)]
        missing = [n for n in scratch_files if n in wanted and not (work.path / n).exists()]
        if work.of(stage).seconds() is None or missing:
            to_run.append(stage)
            wanted |= set(stage.reads)
    return to_run


def _finish(stages: Sequence[Stage], keys: dict[str, str], whole: str, work: Workspace) -> None:
    """Write what tells of the whole build: report, records of the stages, timings, manifest."""
    for name in (layout.MANIFEST, layout.TIMINGS):
        (work.path / name).unlink(missing_ok=True)
    problems = work.problems(stages)
    lines = [line for reported in problems.values() for line in reported]
    write_json(work.path / layout.REPORT, {"problems": lines})
    written = {stage.name: list(_written(stage, work.path)) for stage in stages}
    entries = {name: FileEntry.of(work.path / name) for names in written.values() for name in names}
    write_json(work.path / layout.STAGES, record(keys, written, entries, problems))
    for name in (layout.REPORT, layout.STAGES):
        entries[name] = FileEntry.of(work.path / name)
    seconds = {stage.name: work.of(stage).seconds() for stage in stages[1:]}
    write_json(work.path / layout.TIMINGS, {"seconds": seconds})
    manifest = describe(work, whole, dict(sorted(entries.items())), len(lines))
    _remove_undeclared(work.path, {*entries, layout.TIMINGS})
    write_json(work.path / layout.MANIFEST, manifest.model_dump())


def _put_in_place(work: Workspace) -> Path:
    open_bundle(work.path)
    shutil.rmtree(work.scratch)
    put_in_place(work.path, work.config.out)
    return work.config.out


def _is_current(folder: Path, key: str) -> bool:
    try:
        return read_manifest(folder).build == key and not any(verify_bundle(folder))
    except BundleError:
        return False


def _written(stage: Stage, folder: Path) -> Iterator[str]:
    """Yield the bundle's files that a stage wrote, but for thumbnails: the catalogue lists them."""
    for name in stage.writes:
        if name == layout.THUMBNAILS or Workspace.is_scratch(name):
            continue
        target = folder / name
        for file in target.rglob("*") if target.is_dir() else [target]:
            if file.is_file() and not file.name.startswith("."):
                yield file.relative_to(folder).as_posix()


def _remove_undeclared(folder: Path, declared: set[str]) -> None:
    """Remove what an earlier build by another recipe left among the files."""
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        kept = name in declared or name.startswith(f"{layout.THUMBNAILS}/")
        if file.is_file() and not kept and not Workspace.is_scratch(name):
            file.unlink()


def _check_target(config: BuildConfig) -> None:
    """Refuse to build where the inputs would be lost."""
    out = config.out
    for what in ("images", "captions", "pairs"):
        source = getattr(config, what)
        if source is None or is_remote(source):
            continue
        if source.resolve().is_relative_to(out):
            raise InputError(
                f"the {what} lie in {out}, which the build replaces: move one of them."
            )
    if not is_remote(config.images) and out.is_relative_to(config.images.resolve()):
        raise InputError(f"{out} is inside the images folder: choose a place for --out outside it.")
