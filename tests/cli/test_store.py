"""`mmrec store`, and what the other commands say of a bundle whose vectors lie in a database."""

import json
import shutil
from pathlib import Path

import pytest

from mmrec_core.vector_store.places import ALLOWING

pytest.importorskip("lancedb")


def test_a_bundle_is_served_from_a_database(mmrec, demo_bundle: Path, tmp_path: Path, monkeypatch):
    bundle, database = shutil.copytree(demo_bundle, tmp_path / "demo"), tmp_path / "database"
    monkeypatch.delenv(ALLOWING, raising=False)
    asked = ("recommend", bundle, "--image", "animals/birds/magpie.png", "--json")
    before = json.loads(mmrec(*asked)[1])
    code, out, err = mmrec("store", bundle, "--to", database)
    assert code == 0, err
    assert f"{ALLOWING}={database}" in out
    assert "538 of 538" in err

    for words in (asked, ("verify", bundle)):
        code, _, err = mmrec(*words)
        assert code == 1
        assert ALLOWING in err
    monkeypatch.setenv(ALLOWING, str(database))
    after = json.loads(mmrec(*asked)[1])
    assert after["results"] == before["results"]
    assert f"{database} holds the same vectors" in mmrec("verify", bundle)[1]
    assert f"read them from {database}" in mmrec("info", bundle)[1]
    assert json.loads(mmrec("info", bundle, "--json")[1])["store"] == str(database)

    shutil.rmtree(database)
    code, _, err = mmrec(*asked)
    assert code == 1
    assert "does not hold the vectors" in err
    assert mmrec("store", bundle, "--own-files")[0] == 0
    assert json.loads(mmrec(*asked)[1])["results"] == before["results"]


def test_wrong_places_are_one_line(mmrec, demo_bundle: Path):
    for words, said in (
        (("--to", "http://example.org/a"), "is no place for vectors"),
        (("--to", "s3://bucket/a", "--own-files"), "exclude each other"),
    ):
        code, _, err = mmrec("store", demo_bundle, *words)
        assert code in (1, 2)
        assert said in " ".join(err.split())
