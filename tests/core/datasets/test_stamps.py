import csv
import io
import tarfile

import pytest
from PIL import Image

from mmrec_core.datasets import stamps
from mmrec_core.datasets.stamps import find_stamps, write_demo_inputs
from mmrec_core.errors import InputError
from mmrec_core.inputs.catalogue import build_catalogue

needs_package = pytest.mark.skipif(
    not stamps.INSTALLED.is_dir(), reason=f"{stamps.PACKAGE} is not installed"
)


def add_stamp(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA", (4, 4)).save(path)
    if text is not None:
        path.with_suffix(".txt").write_text(text, encoding="utf-8")


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "stamps"
    bear = "A bear, brown.\nbe.utf8=Мядзведзь.\nru.utf8=Медведь.\n"
    add_stamp(folder, "animals/mammals/bears/bear.png", bear)
    add_stamp(folder, "clothes/hat.png", "A hat.\n")
    add_stamp(folder, "clothes/no_caption.png", None)
    add_stamp(folder, "symbols/letters/a.png", "The letter A.\nru.utf8=Буква.\n")
    return folder


def rows_of(captions):
    with open(captions, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_captions_of_a_made_folder(made, tmp_path):
    captions = write_demo_inputs(made, tmp_path / "new" / "demo")
    assert captions == tmp_path / "new" / "demo" / "captions.csv"
    assert rows_of(captions) == [
        {
            "image": "animals/mammals/bears/bear.png",
            "text": "A bear, brown.",
            "text_ru": "Медведь.",
            "label": "animals/mammals",
        },
        {"image": "clothes/hat.png", "text": "A hat.", "text_ru": "", "label": "clothes"},
    ]
    assert [path.name for path in captions.parent.iterdir()] == ["captions.csv"]


def test_the_catalogue_takes_only_the_captioned_stamps(made, tmp_path):
    captions = write_demo_inputs(made, tmp_path)
    catalogue, problems = build_catalogue(made, captions, only_captioned=True)
    assert catalogue["label"].tolist() == ["animals/mammals", "clothes"]
    assert catalogue["text_ru"].tolist() == ["Медведь.", None]
    assert problems == []


def test_the_environment_chooses_first(made, monkeypatch):
    monkeypatch.setenv("MMREC_STAMPS", str(made))
    assert find_stamps() == made


def test_a_wrong_choice_is_told_not_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("MMREC_STAMPS", str(tmp_path))
    with pytest.raises(InputError, match=r"MMREC_STAMPS is .* contains no stamps"):
        find_stamps()


def test_a_folder_without_stamps_is_refused(tmp_path):
    with pytest.raises(InputError, match="contains no stamps"):
        write_demo_inputs(tmp_path, tmp_path / "demo")


def test_the_archive_gives_its_pictures_and_captions_and_nothing_outside(made, tmp_path):
    archive = tmp_path / "stamps.tar.gz"
    (made / "clothes" / "hat.ogg").write_bytes(b"sound")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(made, "tuxpaint-stamps-2022-06-04/stamps")
        tar.addfile(tarfile.TarInfo("tuxpaint-stamps-2022-06-04/docs/x.png"), io.BytesIO())
    unpacked = stamps._unpack(archive, tmp_path / "tree")
    assert (unpacked / "clothes" / "hat.png").is_file()
    assert not (unpacked / "clothes" / "hat.ogg").exists()
    assert not (unpacked.parent / "docs").exists()

    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("x/stamps/../../../evil.png"), io.BytesIO())
    with pytest.raises(InputError, match="outside"):
        stamps._unpack(archive, tmp_path / "other")
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(f"{tmp_path}/stamps/evil.png"), io.BytesIO())
    stamps._unpack(archive, tmp_path / "third")
    assert not list(tmp_path.rglob("evil.png"))


@needs_package
def test_the_installed_package_gives_538_captioned_stamps(tmp_path, monkeypatch):
    monkeypatch.delenv("MMREC_STAMPS", raising=False)
    folder = find_stamps()
    assert folder == stamps.INSTALLED
    captions = write_demo_inputs(folder, tmp_path)
    rows = rows_of(captions)
    assert len(rows) == 538
    assert all(row["text"] and row["text_ru"] and row["label"] for row in rows)
    assert not any(row["image"].startswith("symbols/") for row in rows)
    assert all(row["label"].count("/") <= 1 for row in rows)
    catalogue, problems = build_catalogue(folder, captions, only_captioned=True)
    assert (len(catalogue), problems) == (538, [])
