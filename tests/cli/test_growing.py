"""`mmrec add`, `remove` and what `info` says of both."""

import json
import shutil
from pathlib import Path

import pytest

from mmrec_core.bundle import open_bundle


@pytest.fixture
def bundle(demo_bundle: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo_bundle, tmp_path / "demo"))


def test_images_go_and_come_back(mmrec, bundle: Path, demo_stamps: Path, tmp_path: Path):
    name = "animals/birds/magpie.png"
    names = tmp_path / "names.txt"
    names.write_text(f"{name}\nanimals/birds/crow.png\n", "utf-8")
    code, out, err = mmrec("remove", bundle, name, "--names", names)
    assert code == 0, err
    assert "536 images" in out
    assert "2 removed (0.4% of it)" in out
    code, _, err = mmrec("recommend", bundle, "--image", name)
    assert code == 1
    assert "no image" in err

    new = tmp_path / "new"
    (new / name).parent.mkdir(parents=True)
    shutil.copy(demo_stamps / name, new / name)
    code, out, err = mmrec("add", bundle, "--images", new, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert told["images"] == 537
    assert (told["growth"]["added"], told["growth"]["removed"]) == (1, 2)
    assert told["growth"]["refit_due"] == []
    code, out, _ = mmrec("info", bundle)
    assert "no refit is due" in out
    assert json.loads(mmrec("info", bundle, "--json")[1])["growth"] == told["growth"]
    assert mmrec("verify", bundle)[0] == 0
    assert open_bundle(bundle).story


def test_wrong_names_and_folders_are_one_line(mmrec, bundle: Path, tmp_path: Path):
    before = open_bundle(bundle).digest
    for words, said in (
        (("remove", bundle), "name images"),
        (("remove", bundle, "nothing.png"), "Nothing was removed"),
        (("remove", bundle, "--names", tmp_path), "not a readable text file"),
        (("add", bundle, "--images", tmp_path / "no"), "no"),
        (("add", tmp_path / "no", "--images", tmp_path), "is not a bundle"),
    ):
        code, _, err = mmrec(*words)
        assert code in (1, 2)
        assert said in " ".join(err.split())
    assert open_bundle(bundle).digest == before
