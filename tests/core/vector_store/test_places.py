"""A bundle may come from anybody: nothing that it names is opened unless the operator allows it."""

from pathlib import Path

import pytest

from mmrec_core.bundle.layout import STORE
from mmrec_core.errors import BundleError, InputError
from mmrec_core.vector_store.places import (
    ALLOWING,
    Place,
    address,
    check_allowed,
    place_of,
    remember,
)


def test_what_was_remembered_is_read(tmp_path: Path):
    assert place_of(tmp_path) is None
    remember(tmp_path, Place(store="s3://bucket/a", probes=3))
    assert place_of(tmp_path) == Place(store="s3://bucket/a", probes=3)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"store": "x"}', '{"store": 1, "probes": 0}', "[" * 4000, " " * 5000]
)
def test_another_file_in_its_place_is_damage(tmp_path: Path, content: str):
    (tmp_path / STORE).write_text(content)
    with pytest.raises(BundleError, match="damaged"):
        place_of(tmp_path)


@pytest.mark.parametrize(
    ("allowing", "store"),
    [
        ("s3://bucket", "s3://bucket/a"),
        ("s3://bucket/a/", "s3://bucket/a"),
        ("gs://other, s3://bucket/a", "s3://bucket/a/b"),
        (".", "vectors.lance"),
    ],
)
def test_what_lies_below_a_named_place_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowing: str, store: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ALLOWING, allowing)
    check_allowed(tmp_path, address(tmp_path, store))


@pytest.mark.parametrize(
    ("allowing", "store"),
    [
        ("", "vectors.lance"),
        ("", "s3://bucket/a"),
        ("s3://bucket/a", "s3://bucket/ab"),
        ("s3://bucket", "s3://bucket2"),
        ("s3://bucket", "gs://bucket"),
        (".", "../vectors.lance"),
        (".", "/srv/vectors"),
    ],
)
def test_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowing: str, store: str
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ALLOWING, allowing)
    with pytest.raises(BundleError, match=ALLOWING):
        check_allowed(tmp_path, address(tmp_path, store))


@pytest.mark.parametrize(
    "store",
    [
        "http://169.254.169.254/latest",
        "db://account",
        "s3://bucket/../other",
        "s3://user:secret@host/a",
        "s3://bucket/a?endpoint=http://here",
        "s3+ddb://bucket/a",
        "file:///etc",
        "a\0b",
    ],
)
def test_other_addresses_are_no_places(tmp_path: Path, store: str):
    with pytest.raises(InputError, match="is no"):
        address(tmp_path, store)
