"""``mmrec app`` ends at once, in a line, where it would have nothing to serve."""

import shutil
from pathlib import Path

import pytest

from mmrec_core.bundle import layout


@pytest.fixture(autouse=True)
def _serves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "MMREC_BUNDLE",
        "MMREC_BUNDLES",
        "MMREC_READ_ONLY",
    ):  # which the command sets for good
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr("runpy.run_module", lambda *_, **__: print("serving"))
    monkeypatch.chdir(tmp_path)


def refused(mmrec, *words: object) -> str:
    code, out, said = mmrec("app", "--port", "59321", *words)
    assert (code, out) == (1, "")
    assert said.count("\n") == 1
    return said


def test_a_bundle_that_is_named_must_be_there_and_whole(mmrec, demo_bundle: Path, tmp_path: Path):
    assert "there is no folder nowhere" in refused(mmrec, "--bundles", "nowhere")
    copy = Path(shutil.copytree(demo_bundle, tmp_path / "copy"))
    (copy / layout.CENTROIDS).unlink()
    assert layout.CENTROIDS in refused(mmrec, "--bundles", copy)
    (copy / layout.MANIFEST).write_text("{")
    assert layout.MANIFEST in refused(mmrec, "--bundles", copy)
    (copy / layout.MANIFEST).unlink()
    assert layout.MANIFEST in refused(mmrec, "--bundles", copy)


def test_the_environment_names_one_too(mmrec, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("MMREC_BUNDLE", str(tmp_path))
    assert layout.MANIFEST in refused(mmrec)


def test_without_one_it_offers_the_demo(mmrec, tmp_path: Path):
    for options in ((), ("--bundles", tmp_path)):
        code, out, said = mmrec("app", "--port", "59321", *options)
        assert (code, out) == (0, "serving\n")
        assert "offers to build the demo" in said
