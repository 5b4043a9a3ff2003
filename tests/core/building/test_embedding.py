"""Thumbnails and pictures' vectors: the same on any number of cores, and after a kill."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mmrec_core.building import scratch, workspace
from mmrec_core.building.stages import catalogue, encoders, pictures, thumbnails
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout
from mmrec_core.config import make_config
from mmrec_core.encoders import load_image_text_encoder
from mmrec_core.errors import InputError
from mmrec_core.files import write_array
from mmrec_core.inputs.images import decode
from tests.core.building.shapes import options

BEFORE = (catalogue.STAGE, encoders.STAGE, thumbnails.STAGE)


def begun(folder: Path, out: Path, stages=BEFORE, **more) -> Workspace:
    """Run the first stages of a build."""
    work = Workspace(make_config(**options(folder, out, **more)))
    for stage in stages:
        stage.run(work.of(stage))
    return work


def vectors(work: Workspace) -> np.ndarray:
    pictures.STAGE.run(work.of(pictures.STAGE))
    return np.array(work.array(scratch.PICTURES))


@pytest.fixture
def on_threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def once(folder, tmp_path_factory) -> np.ndarray:
    return vectors(begun(folder, tmp_path_factory.mktemp("once") / "shapes"))


@pytest.mark.parametrize("threads", [1, 4])
def test_vectors_are_the_same_bytes_on_any_number_of_threads(
    folder, tmp_path, on_threads, once, threads
):
    on_threads(threads)
    assert np.array_equal(vectors(begun(folder, tmp_path / "shapes")), once)


def test_each_row_is_the_vector_of_its_own_picture(folder, tmp_path, once):
    work = begun(folder, tmp_path / "shapes")
    names = work.table(scratch.DECODED)["image"]
    clip = load_image_text_encoder("offline")
    alone = np.vstack([clip.image_features([decode(folder / name)]) for name in names])
    np.testing.assert_allclose(once, alone, atol=1e-4 * np.abs(alone).max())


def test_a_kill_while_pictures_are_encoded_costs_what_was_at_work_and_changes_no_byte(
    folder, tmp_path, once, monkeypatch: pytest.MonkeyPatch
):
    work = begun(folder, tmp_path / "shapes")
    written: list[Path] = []

    def killed(path, array):
        if len(written) == 1:
            raise KeyboardInterrupt
        write_array(path, array)
        written.append(path)

    with monkeypatch.context() as patch:
        patch.setattr(workspace, "write_array", killed)
        with pytest.raises(KeyboardInterrupt):
            vectors(work)
    kept = written[0].stat().st_mtime_ns
    assert np.array_equal(vectors(work), once)
    assert written[0].stat().st_mtime_ns == kept


def test_a_kill_while_thumbnails_are_made_decodes_none_of_them_again(
    folder, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    whole = begun(folder, tmp_path / "whole")
    work = begun(folder, tmp_path / "shapes", BEFORE[:2])
    decoded: list[Path] = []

    def killed(source):
        decoded.append(source)
        if len(decoded) == 12:
            raise KeyboardInterrupt
        return make(source)

    make = thumbnails.make_thumbnail
    monkeypatch.setattr(thumbnails, "make_thumbnail", killed)
    with pytest.raises(KeyboardInterrupt):
        thumbnails.STAGE.run(work.of(thumbnails.STAGE))
    thumbnails.STAGE.run(work.of(thumbnails.STAGE))
    assert len(decoded) == 30 + 1
    assert work.table(scratch.DECODED).equals(whole.table(scratch.DECODED))
    files = sorted((work.path / layout.THUMBNAILS).rglob("*.webp"))
    assert len(files) == 30
    for file in files:
        assert file.read_bytes() == (whole.path / file.relative_to(work.path)).read_bytes()


def test_pictures_that_cannot_be_decoded_are_reported_in_the_order_of_the_rows(folder, tmp_path):
    broken = Path(shutil.copytree(folder, tmp_path / "pictures"))
    names = sorted(file.relative_to(broken).as_posix() for file in broken.rglob("*.png"))[::3]
    for name in names:
        (broken / name).write_bytes(b"")
    work = begun(broken, tmp_path / "shapes")
    problems = work.problems([thumbnails.STAGE])["thumbnails"]
    assert [problem["image"] for problem in problems] == names
    assert {problem["reason"] for problem in problems} == {"empty file"}
    assert len(work.table(scratch.DECODED)) == 30 - len(names)


def test_a_picture_that_changed_during_the_build_is_named(folder, tmp_path):
    changing = Path(shutil.copytree(folder, tmp_path / "pictures"))
    work = begun(changing, tmp_path / "shapes")
    (changing / "red" / "ring.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"ring\.png changed during the build \(empty file\)"):
        vectors(work)


def test_large_pictures_are_decoded_small_and_give_nearly_the_same_vector(demo, tmp_path):
    clip = load_image_text_encoder("offline")
    picture = Image.open(demo.thumbnail_path(3)).convert("RGB").resize((2400, 1800))
    picture.save(tmp_path / "large.jpg", quality=92)
    large = decode(tmp_path / "large.jpg")
    small = decode(tmp_path / "large.jpg", max_side=clip.picture_side)
    assert small.width <= large.width / 2
    one, other = clip.image_features([large, small])
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.995


def test_equal_captions_have_equal_vectors(demo: Bundle):
    shared = demo.items.groupby("text").indices.values()
    together = [demo.bert_text[rows] for rows in shared if len(rows) > 1]
    assert len(together) > 20
    assert all((vectors == vectors[0]).all() for vectors in together)
