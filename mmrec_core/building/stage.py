"""A stage of a build, and the keys that say when it has to run again."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mmrec_core
from mmrec_core.bundle import layout
from mmrec_core.config import BuildConfig
from mmrec_core.files import sha256
from mmrec_core.ranker.pair_features import NAMES

if TYPE_CHECKING:
    from mmrec_core.building.workspace import Workspace

OF_MANIFEST = ("name", "notes", "licence")
"""Options that no stage uses: the manifest alone tells them."""


@dataclass(frozen=True)
class Stage:
    """One step of a build.

    Attributes
    ----------
    name : str
    run : callable
        Does the work, in a workspace that lets it read and write only what stands here.
    reads, writes : tuple of str
        Files of the workspace: those of the bundle (`mmrec_core.bundle.layout`), and those that
        only stages know (`mmrec_core.building.scratch`).
    options : tuple of str
        Fields of the config that it uses. A path counts by being given or not: what lies there
        is read by the first stage, and counts by its content.
    """

    name: str
    run: "Callable[[Workspace], None]"
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def stage_keys(stages: Sequence[Stage], config: BuildConfig, folder: Path) -> dict[str, str]:
    """Return what the outcome of each stage after the first depends on, as a digest.

    That is: its code's name, its options, this version, the keys of the files that it reads, and
    the names of those that it writes.
    A file of the first stage, which always runs, has its content as key; a file of a later one has
    that stage's key.

    Parameters
    ----------
    stages : sequence of Stage
    config : BuildConfig
    folder : Path
        The workspace, in which the first stage has run.
    """
    version = [layout.SCHEMA_VERSION, mmrec_core.__version__, NAMES]
    files = {name: sha256(folder / name) for name in stages[0].writes}
    keys: dict[str, str] = {}
    for stage in stages[1:]:
        code = f"{stage.run.__module__}.{stage.run.__qualname__}"
        options = {name: _as_key(name, getattr(config, name)) for name in stage.options}
        read = {name: files[name] for name in stage.reads}
        keys[stage.name] = _digest([version, stage.name, code, options, read, stage.writes])
        files |= dict.fromkeys(stage.writes, keys[stage.name])
    return keys


def build_key(keys: dict[str, str], config: BuildConfig) -> str:
    """Return what a whole bundle depends on, as a digest, from the keys of its stages."""
    return _digest([keys, {name: getattr(config, name) for name in OF_MANIFEST}])


def _as_key(option: str, value: Any) -> Any:
    if isinstance(value, Path):
        return True
    if option in ("image_encoder", "text_encoder") and value and Path(value).exists():
        return [value, _stamps(Path(value))]  # weights in a folder may change under the same name
    return value


def _stamps(path: Path) -> list[list[str | int]]:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    stats = [(file.relative_to(path).as_posix(), file.stat()) for file in files]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
