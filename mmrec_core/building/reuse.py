"""What a new build takes over from the bundle that it replaces.

A bundle keeps, in ``stages.json``, what each stage of its build depended on. Where a new build
would make a stage's files from the same, they are linked and not made again: with another map, only
the map is drawn; with another note, nothing runs.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout, verify_bundle
from mmrec_core.bundle.build_record import stage_seconds
from mmrec_core.bundle.manifest import FileEntry, Manifest, read_manifest
from mmrec_core.errors import BundleError
from mmrec_core.files import link_tree, write_json
from mmrec_core.inputs.problem import Problem


def record(
    keys: Mapping[str, str],
    written: Mapping[str, Sequence[str]],
    entries: Mapping[str, FileEntry],
    problems: Mapping[str, Sequence[Any]],
) -> dict[str, Any]:
    """Return what ``stages.json`` keeps of each stage.

    Parameters
    ----------
    keys : mapping of str to str
        From stages to what they depended on, as `mmrec_core.building.stage.stage_keys` gives it.
    written : mapping of str to sequence of str
        From stages to the bundle's files that they wrote.
    entries : mapping of str to FileEntry
        Of each of these files.
    problems : mapping of str to sequence
        From stages to what they reported, in the order of the report.
    """
    return {
        stage: {
            "key": keys.get(stage),
            "files": {name: entries[name].sha256 for name in written[stage]},
            "problems": len(reported),
        }
        for stage, reported in problems.items()
    }


def take_over(stages: Sequence[Stage], keys: Mapping[str, str], work: Workspace) -> None:
    """Link the files of stages that the bundle in place has made from the same.

    Nothing is taken from a bundle that is missing, damaged, or of another schema. A stage whose
    files were changed since, as a training with verdicts does, runs again.
    """
    out = work.config.out
    try:
        manifest = read_manifest(out)
        if any(verify_bundle(out)):
            return
        records = json.loads((out / layout.STAGES).read_text("utf-8"))
        problems = json.loads((out / layout.REPORT).read_text("utf-8"))["problems"]
        seconds = stage_seconds(out)
        reported = {}
        for name, kept in records.items():
            reported[name], problems = problems[: kept["problems"]], problems[kept["problems"] :]
        for stage in stages[1:]:
            kept = records.get(stage.name)
            fits = kept and kept["key"] == keys[stage.name] and _unchanged(kept["files"], manifest)
            bound = work.of(stage)
            if not fits or bound.started_with() is not None:
                continue
            for name in [*kept["files"], *({layout.THUMBNAILS} & {*stage.writes})]:
                link_tree(out / name, work.path / name)
            bound.report(Problem(**line) for line in reported[stage.name])
            _restore(bound, stage, manifest)
            bound.mark_started(keys[stage.name])
            bound.mark_done(seconds.get(stage.name, 0.0))
    except (BundleError, ValueError, KeyError, TypeError, FileNotFoundError):
        return


def _unchanged(files: Mapping[str, str], manifest: Manifest) -> bool:
    return all(
        name in manifest.files and manifest.files[name].sha256 == digest
        for name, digest in files.items()
    )


def _restore(bound: Workspace, stage: Stage, manifest: Manifest) -> None:
    """Write the scratch files whose content the manifest tells."""
    contents = {scratch.ENCODERS: manifest.encoders, scratch.CANDIDATES: manifest.candidates}
    for name in stage.writes:
        if name in contents:
            write_json(bound.output(name), contents[name].model_dump())
