"""Verdicts in PostgreSQL: what only a server can do, with or to them."""

import sys
import traceback
from pathlib import Path

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.places import Place, PostgresSchema, verdict_place
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.tables import VERSIONS
from tests.postgresql import PASSWORD, PostgresServer

NEWER = len(VERSIONS) + 1


@pytest.fixture
def store(postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MMREC_VERDICTS", postgresql.url)
    return VerdictStore(verdict_place(tmp_path))


def schema(store: VerdictStore) -> str:
    place: Place = store.path
    assert isinstance(place, PostgresSchema)
    return place.name


def test_each_bundle_has_a_schema_under_its_name_however_long(store: VerdictStore, tmp_path: Path):
    names = ('One\'s "two"', "one", "x" * 200, "x" * 199, "п" * 60, "a\udcff", "a?")
    stores = [VerdictStore(verdict_place(tmp_path / name)) for name in names]
    assert schema(stores[1]) == "mmrec_one"
    for i, each in enumerate(stores):
        each.grade("q", f"{i}", 3, reviewer="Ann")
    assert [each.verdicts()["candidate"].tolist() for each in stores] == [
        [str(i)] for i in range(len(names))
    ]


def test_a_server_that_went_away_is_told_in_a_line_and_used_again_when_it_is_back(
    store: VerdictStore, postgresql: PostgresServer
):
    store.grade("q", "c", 1, reviewer="Ann")
    postgresql.stop()
    try:
        with pytest.raises(VerdictError, match=r"cannot be written .*nothing was saved") as writing:
            store.grade("q", "c", 2, reviewer="Ann")
        with pytest.raises(VerdictError, match=r"cannot be read .*see that the server runs"):
            store.verdicts()
    finally:
        postgresql.start()
    assert "\n" not in str(writing.value)
    assert store.verdicts()["grade"].tolist() == [1]
    store.grade("q", "c", 3, reviewer="Ann")
    assert store.verdicts()["grade"].tolist() == [3]


def test_a_password_is_shown_nowhere(
    store: VerdictStore, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
):
    said = [str(store.path), repr(store.path)]
    wrong = postgresql.url.replace("s%3Ae", "wrong")
    in_query = f"postgresql://mmrec@127.0.0.1:{postgresql.port}/postgres?password=wrong%3F"
    unfinished = ("postgresql://mmrec:wrong", "postgresql://mmrec:wrong/1@host/db?nonsense=wrong")
    for url in (wrong, in_query, *unfinished):
        monkeypatch.setenv("MMREC_VERDICTS", url)
        try:
            VerdictStore(verdict_place(Path("demo"))).grade("q", "c", 1, reviewer="Ann")
        except VerdictError:
            said.append(traceback.format_exc())
    assert len(said) == 6
    for text in said:
        assert "wrong" not in text
        assert PASSWORD[-5:] not in text
    assert "password authentication failed" in said[2]
    assert "%-codes" in said[-1]


def test_what_is_not_ours_or_newer_is_left_alone(store: VerdictStore, postgresql: PostgresServer):
    postgresql.execute(f'CREATE SCHEMA "{schema(store)}" CREATE TABLE verdicts (mine TEXT)')
    with pytest.raises(VerdictError, match="another program"):
        store.grade("q", "c", 1, reviewer="Ann")
    postgresql.execute(f'DROP TABLE "{schema(store)}".verdicts')
    store.grade("q", "c", 1, reviewer="Ann")
    postgresql.execute(f'UPDATE "{schema(store)}".tables_version SET version = {NEWER}')
    with pytest.raises(VerdictError, match="update mmrec"):
        store.verdicts()


def test_one_without_rights_is_told_which_to_ask_for(
    store: VerdictStore, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    postgresql.execute("DROP ROLE IF EXISTS guest")
    postgresql.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    as_guest = postgresql.url.replace(postgresql.url.split("@")[0], "postgresql://guest:guest")
    monkeypatch.setenv("MMREC_VERDICTS", as_guest)
    guest = VerdictStore(verdict_place(tmp_path))
    with pytest.raises(VerdictError, match="grant the user CREATE"):
        guest.grade("q", "c", 1, reviewer="Ann")
    postgresql.execute(f'CREATE SCHEMA "{schema(store)}" AUTHORIZATION guest')
    guest.grade("q", "c", 1, reviewer="Ann")
    assert guest.verdicts()["grade"].tolist() == [1]


def test_without_the_driver_it_is_named(
    postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("MMREC_VERDICTS", postgresql.url)
    for name in ("psycopg", "postgresql", "postgresql_connections"):
        module = name if name == "psycopg" else f"mmrec_core.verdicts.{name}"
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr("mmrec_core.verdicts.postgresql", raising=False)
    store = VerdictStore(verdict_place(tmp_path))
    with pytest.raises(VerdictError, match=r"pip install 'mmrec\[postgresql\]'"):
        store.verdicts()
    assert PASSWORD[-5:] not in str(store.path)
