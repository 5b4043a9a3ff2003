"""Visitors' pictures: in memory, and where an operator says so in a folder that processes share."""

from pathlib import Path

import pytest

from mmrec_app.served import visitor_pictures


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MMREC_UPLOADS", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def restart() -> None:
    visitor_pictures._kept.clear()


def test_pictures_are_on_no_disk_unless_the_operator_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MMREC_UPLOADS", raising=False)
    name = visitor_pictures.keep(b"a picture")
    assert visitor_pictures.find(name) == b"a picture"
    restart()
    assert visitor_pictures.find(name) is None
    assert not list(tmp_path.iterdir())


def test_in_a_folder_they_outlive_a_restart(folder: Path) -> None:
    name = visitor_pictures.keep(b"a picture")
    restart()
    assert visitor_pictures.find(name) == b"a picture"
    assert [path.name for path in folder.iterdir()] == [name]


def test_only_what_was_kept_is_found(folder: Path) -> None:
    name = visitor_pictures.keep(b"a picture")
    (folder.parent / "secret").write_text("no picture")
    (folder / name).write_bytes(b"another one")
    restart()
    for asked in (name, "../secret", "../uploads/" + name, "0" * 20, name.upper(), "a\0b"):
        assert visitor_pictures.find(asked) is None


def test_those_not_used_for_longest_go_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor_pictures, "MOST_BYTES", 250)
    folder.mkdir()
    (folder / "notes.txt").write_text("x" * 500)
    names = [visitor_pictures.keep(bytes([i]) * 100) for i in range(2)]
    restart()
    assert visitor_pictures.find(names[0]) is not None
    visitor_pictures.keep(b"c" * 100)
    restart()
    assert [visitor_pictures.find(name) is not None for name in names] == [True, False]
    assert (folder / "notes.txt").exists()


def test_where_the_folder_cannot_be_written_memory_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MMREC_UPLOADS", str(tmp_path / "file"))
    assert visitor_pictures.find(visitor_pictures.keep(b"a picture")) == b"a picture"
