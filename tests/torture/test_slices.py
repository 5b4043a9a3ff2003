"""Slices of the torture that take seconds: nothing in them crashes, hangs or is lost."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from tests.torture import pictures, tables, writers
from tests.torture.children import Child
from tests.torture.picture_corpus import HOSTILE
from tests.torture.trials import End, Trial


def fallen(trials: Iterable[Trial]) -> list[Trial]:
    found = list(trials)
    assert found
    return [trial for trial in found if trial.end not in (End.RIGHT, End.REPORTED)]


def test_pictures_are_right_or_reported(tmp_path: Path):
    assert not fallen(pictures.trials(0, 25, tmp_path))


def test_tables_are_right_or_reported(tmp_path: Path):
    assert not fallen(tables.trials(0, 120, tmp_path))


@pytest.mark.parametrize("kind", ["WebP canvas", "PNG of any size"])
def test_a_hostile_upload_takes_no_more_memory_than_it_may(kind: str):
    with Child(pictures.UPLOAD_BYTES * 2, pictures.PRELOAD) as child:
        for seed in range(3):
            found = child.call(pictures.as_upload, HOSTILE[kind](Random(seed)), seconds=30)
            assert found.pixels is not None or found.reason not in ("", "damaged")


def test_no_acknowledged_writing_is_lost_when_writers_are_killed(tmp_path: Path):
    assert not fallen(writers.trials(0, 4, tmp_path))
