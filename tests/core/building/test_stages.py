"""Stages: what they declare, what makes them run again, what they take over."""

import inspect
import os
import re
import shutil
from pathlib import Path

import pytest

from mmrec_core.building import pipeline, scratch
from mmrec_core.building.replacement import put_in_place, replacing
from mmrec_core.building.stage import OF_MANIFEST, Stage, stage_keys
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout, open_bundle
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.errors import EncoderError, InputError
from mmrec_core.files import write_json
from mmrec_core.recipes import build
from mmrec_core.reference import importing, recipe
from tests.core.building.shapes import contents, options, quietly

PATHS = {"images", "out"}
"""What lies there is read by the first stage, which always runs."""


def test_a_stage_opens_only_what_it_declares(tmp_path):
    work = Workspace(make_config(images=tmp_path, out=tmp_path / "out"))
    stage = Stage("one", lambda work: None, reads=(layout.MAP,), writes=(layout.WORDS,))
    work.of(stage).input(layout.MAP)
    work.of(stage).output(layout.WORDS)
    with pytest.raises(LookupError, match="'one'"):
        work.of(stage).input(layout.PAIRS)
    with pytest.raises(LookupError, match="'one'"):
        work.of(stage).output(layout.MAP)


@pytest.mark.parametrize("stage", [*pipeline.STAGES[1:], *recipe.STAGES[1:]], ids=lambda s: s.name)
def test_a_stage_declares_every_option_that_it_uses(stage):
    source = inspect.getsource(inspect.getmodule(stage.run))
    if stage in recipe.STAGES and stage not in pipeline.STAGES:
        source = inspect.getsource(stage.run)
    used = set(re.findall(r"\bconfig(?:\(work\))?\.([a-z_]+)", source))
    known = used & {*importing.ImportConfig.model_fields}
    assert known - PATHS - {"name"} <= {*stage.options}


def test_every_option_makes_something_run_again():
    of_first = {"captions", "image_column", "text_column", "label_column", "only_captioned"}
    of_first |= {"twins", "folder_labels"}
    declared = {name for stage in pipeline.STAGES for name in stage.options}
    where_it_runs = {"engine", "address"}
    fields = {*BuildConfig.model_fields} - PATHS - of_first - where_it_runs - {"recipe"}
    assert fields == declared | {*OF_MANIFEST}


def test_another_note_runs_no_stage(folder, built, tmp_path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    lines: list[str] = []
    quietly(make_config(**options(folder, out), notes=["For the fair."], licence="CC0"), lines)
    assert all(line.endswith("done before") for line in lines[1:])
    before, after = open_bundle(built).manifest, open_bundle(out).manifest
    assert after.notes == ["For the fair."]
    assert after.licence == "CC0"
    assert after.files == before.files


def test_pictures_that_people_call_the_same_are_split_together(folder, built, tmp_path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    items = open_bundle(built).items
    one, other = items[items["is_query"]].drop_duplicates("group").iloc[:2].to_dict("records")
    said = tmp_path / "twins.csv"
    said.write_text(f"image,other,target,reviewers\n{one['image']},{other['image']},1,2\n")
    quietly(make_config(**options(folder, out), twins=said))
    groups = open_bundle(out).items.set_index("image")[["group", "fold"]]
    assert (groups.loc[one["image"]] == groups.loc[other["image"]]).all()


def test_other_candidates_run_what_depends_on_them_and_give_the_same_bytes(folder, built, tmp_path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    lines: list[str] = []
    quietly(make_config(**options(folder, out), nearest_clusters=1), lines)
    ran = [line.split("] ")[1] for line in lines if "done before" not in line]
    # What pictures and captions gave before encoders were fitted, and the long neighbour lists, are
    # no part of a bundle; cross-fitting starts from them.
    assert {"candidates", "pair features", "ranker", "cross-fitting", "metrics"} <= set(ran)
    assert not {"encoders", "clusters", "cluster words", "map"} & set(ran)
    clean = tmp_path / "clean" / "shapes"
    quietly(make_config(**options(folder, clean), nearest_clusters=1))
    assert contents(out) == contents(clean)


def test_an_encoder_that_cannot_be_loaded_is_known_before_a_picture_is_decoded(folder, tmp_path):
    lines: list[str] = []
    empty = tmp_path / "encoder"
    empty.mkdir()
    with pytest.raises(EncoderError):
        quietly(make_config(**options(folder, tmp_path / "b"), text_encoder=str(empty)), lines)
    assert lines[-1] == f"[2/{len(pipeline.STAGES)}] encoders"
    assert not list(tmp_path.rglob("*.webp"))


def test_changed_weights_in_an_encoder_s_folder_are_noticed(tmp_path):
    weights = tmp_path / "encoder" / "model.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"one")
    config = make_config(images=tmp_path, out=tmp_path / "o", text_encoder=str(weights.parent))
    for name in pipeline.STAGES[0].writes:
        write_json(tmp_path / "work" / name, {})

    def keys() -> dict[str, str]:
        return stage_keys(pipeline.STAGES, config, tmp_path / "work")

    before = keys()
    assert keys() == before
    weights.write_bytes(b"other")
    changed = {name for name, key in keys().items() if key != before[name]}
    assert {"encoders", "embeddings", "clusters", "map"} <= changed
    assert "thumbnails" not in changed


def test_a_stage_that_writes_more_than_before_runs_again(tmp_path):
    config = make_config(images=tmp_path, out=tmp_path / "o")
    first = Stage("first", lambda work: None)
    before, after = (
        stage_keys((first, Stage("one", lambda work: None, writes=writes)), config, tmp_path)
        for writes in ((layout.MAP,), (layout.MAP, layout.WORDS))
    )
    assert before != after


def test_nobody_touches_a_bundle_that_another_process_is_replacing(folder, built, tmp_path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    aside = tmp_path / ".shapes.old"
    with replacing(out):
        out.replace(aside)  # between the two renames
        with pytest.raises(InputError, match="another build"):
            build(make_config(**options(folder, out)), lambda line: None)
        assert aside.exists()
        assert not out.exists()
        aside.replace(out)


@pytest.mark.parametrize("removed", [1, 5, -1])
def test_a_kill_as_the_old_bundle_is_removed_leaves_nothing_that_is_in_the_way(
    built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: int
):
    finished, out = (Path(shutil.copytree(built, tmp_path / name)) for name in ("new", "shapes"))
    whole, unlink = contents(out), os.unlink
    left = removed % (1 + len(whole))

    def killed(path, *, dir_fd=None) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        unlink(path, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            put_in_place(finished, out)
    assert (tmp_path / ".shapes.old").exists()
    with replacing(out):
        assert contents(out) == whole
    assert [path.name for path in tmp_path.iterdir()] == ["shapes"]


def test_an_empty_folder_of_a_removed_bundle_is_in_nobody_s_way(built, tmp_path: Path):
    out = Path(shutil.copytree(built, tmp_path / "shapes"))
    (tmp_path / ".shapes.old").mkdir()
    with replacing(out):
        assert not (tmp_path / ".shapes.old").exists()


def test_scratch_files_are_in_no_bundle(built):
    assert not (built / scratch.FOLDER).exists()


def test_a_bundle_is_in_place_at_any_moment_of_its_replacement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    finished, out = tmp_path / "finished", tmp_path / "out"
    for folder in (finished, out):
        folder.mkdir()
        (folder / "name").write_text(folder.name)

    def killed(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            put_in_place(finished, out)
    assert (out / "name").read_text() in ("finished", "out")
