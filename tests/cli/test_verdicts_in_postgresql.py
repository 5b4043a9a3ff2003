"""Commands on verdicts that lie in PostgreSQL."""

import json
from pathlib import Path

import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from tests.postgresql import PASSWORD, PostgresServer


def test_they_are_summed_up_written_and_made_a_set_of(
    mmrec, demo: Bundle, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMREC_VERDICTS", postgresql.url)
    store = VerdictStore(verdict_place(demo.path))
    store.grade(demo.image(0), demo.image(1), 4, reviewer="Ann")
    try:
        code, out, _ = mmrec("verdicts", demo.path, "--out", tmp_path / "pairs.csv", "--json")
        report = json.loads(out)
        assert (code, report["verdicts"]) == (0, 1)
        assert report["file"] == f"{postgresql.shown} (schema mmrec_{demo.path.name})"
        assert demo.image(1) in (tmp_path / "pairs.csv").read_text()
        assert mmrec("queries", "add", demo.path, "Two", "--sample", "2")[0] == 0
        assert "Two" in mmrec("queries", "list", demo.path)[1]
        code, _, said = mmrec("train", demo.path, "--with-verdicts", "--dry-run")
        assert PASSWORD[-5:] not in said
    finally:
        postgresql.execute(f'DROP SCHEMA "mmrec_{demo.path.name}" CASCADE')
    code, _, said = mmrec("train", demo.path, "--with-verdicts", "--dry-run")
    assert code == 1
    assert postgresql.shown in said


def test_a_file_is_taken_over_into_the_database(
    mmrec, demo: Bundle, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    VerdictStore(verdict_place(demo.path)).grade(demo.image(0), demo.image(1), 4, reviewer="Ann")
    monkeypatch.setenv("MMREC_VERDICTS", postgresql.url)
    try:
        code, out, said = mmrec("verdicts", demo.path, "--take-over", tmp_path, "--json")
        assert (code, json.loads(out)["verdicts"]) == (0, 1)
        assert "verdicts: 1" in said
    finally:
        postgresql.execute(f'DROP SCHEMA "mmrec_{demo.path.name}" CASCADE')
    code, _, said = mmrec("verdicts", demo.path, "--take-over", tmp_path / "nothing")
    assert (code, "nothing lies in" in said) == (1, True)
