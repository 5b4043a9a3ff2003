"""LanceDB finds the rows of the highest products, obeys what is allowed, and goes on where it was.

In a folder, and in a server on this machine that speaks S3.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmrec_core.errors import BundleError
from mmrec_core.vector_store import lance
from mmrec_core.vector_store.store import PART, Allowed

pytest.importorskip("lancedb")

N, WIDE, MORE, SIZE = 6000, 32, 8, 40
NOBODY = np.zeros(0, dtype=np.int64)


def random_vectors(width: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(N, width))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


SEARCHED, KEPT = random_vectors(WIDE, 0), random_vectors(MORE, 1)
KEPT[5] = np.nan
HAS_TEXT = np.random.default_rng(2).random(N) < 0.9


def part(rows: slice) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    searched = SEARCHED[rows]
    return HAS_TEXT[rows], searched.astype(np.float32), {"one": searched, "two": KEPT[rows]}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    uri = str(tmp_path_factory.mktemp("database"))
    lance.fill(uri, "vectors", N, part, lambda rows: None)
    return uri


@pytest.fixture(scope="module")
def object_store() -> Iterator[str]:
    boto3 = pytest.importorskip("boto3")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    address, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{address}:{port}")
        patch.setenv("AWS_ALLOW_HTTP", "true")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "of-the-test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("s3").create_bucket(Bucket="vectors")
        yield "s3://vectors/collection"
    server.stop()


def best(query: np.ndarray, allowed: np.ndarray) -> list[int]:
    products = SEARCHED.astype(np.float32) @ query
    products[~allowed] = -np.inf
    return sorted(np.argsort(-products)[: min(SIZE, allowed.sum())].tolist())


def found(store: lance.LanceStore, query: np.ndarray, allowed: Allowed) -> list[int]:
    return sorted(store.search(query, SIZE, allowed).rows.tolist())


@pytest.mark.parametrize("text", [None, True, False])
def test_a_search_is_exact_among_what_is_allowed(filled: str, text: bool | None):
    store = lance.opened(filled, "vectors", probes=0)
    assert store is not None
    of_kind = np.ones(N, bool) if text is None else text == HAS_TEXT
    for row in range(0, N, 1000):
        query = SEARCHED[row].astype(np.float32)
        assert found(store, query, Allowed(text, NOBODY)) == best(query, of_kind)
        hidden = np.unique([row, *best(query, of_kind)[::2]])
        allowed = of_kind.copy()
        allowed[hidden] = False
        assert found(store, query, Allowed(text, hidden)) == best(query, allowed)
    few = Allowed(None, np.arange(N - 5))
    assert found(store, query, few) == [*range(N - 5, N)]


def test_an_index_finds_less_but_nothing_that_is_not_allowed(filled: str):
    lance.index(filled, "vectors", 30)
    lance.index(filled, "vectors", 30)  # is there already
    some, every = (lance.opened(filled, "vectors", probes) for probes in (3, 30))
    assert some is not None
    assert every is not None
    hidden = np.arange(0, N, 7)
    allowed = HAS_TEXT.copy()
    allowed[hidden] = False
    shares = []
    for row in range(0, N, 500):
        query = SEARCHED[row].astype(np.float32)
        assert found(every, query, Allowed(True, hidden)) == best(query, allowed)
        rows = some.search(query, SIZE, Allowed(True, hidden)).rows
        assert allowed[rows].all()
        assert len(rows) == SIZE
        shares.append(np.isin(best(query, allowed), rows).mean())
    assert 0.1 < np.mean(shares) < 1


def test_rows_are_what_was_given(filled: str):
    store = lance.opened(filled, "vectors", probes=0)
    assert store is not None
    rows = np.array([0, 5, 17, 4000, N - 1])
    np.testing.assert_array_equal(store.rows(rows), np.hstack([SEARCHED[rows], KEPT[rows]]))
    np.testing.assert_array_equal(np.vstack([*store.parts("two")]), KEPT)


def test_a_filling_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lance, "_COMMIT", 2000)
    asked: list[slice] = []

    def given(rows: slice) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        asked.append(rows)
        return part(rows)

    def stop(there: int) -> None:
        if there == 4000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lance.fill(str(tmp_path), "vectors", N, given, stop)
    half = lance.opened(str(tmp_path), "vectors", probes=0)
    assert half is not None
    assert len(half) == 4000
    asked.clear()
    lance.fill(str(tmp_path), "vectors", N, given, stop)
    assert min(rows.start for rows in asked[1:]) == 4000  # the first says how wide rows are
    whole = lance.opened(str(tmp_path), "vectors", probes=0)
    assert whole is not None
    np.testing.assert_array_equal(np.vstack([*whole.parts("one")]), SEARCHED)


def test_the_same_client_reads_an_object_store(object_store: str):
    lance.fill(object_store, "vectors", PART // 16, part, lambda rows: None)
    store = lance.opened(object_store, "vectors", probes=0)
    assert store is not None
    query = SEARCHED[3].astype(np.float32)
    assert store.search(query, 1, Allowed(None, NOBODY)).rows.tolist() == [3]
    assert lance.opened(object_store, "another", probes=0) is None
    with pytest.raises(BundleError, match="cannot be reached"):
        lance.opened("s3://no-such-bucket/collection", "vectors", probes=0)


def test_what_lies_there_in_place_of_a_database_is_one_line(filled: str, tmp_path: Path):
    assert lance.opened(str(tmp_path / "nothing"), "vectors", probes=0) is None
    file = tmp_path / "file"
    file.write_text("no database")
    with pytest.raises(BundleError, match=r"^[^\n]*$"):
        lance.opened(str(file), "vectors", probes=0)
