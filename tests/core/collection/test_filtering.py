"""The filter of the pages, held against the catalogue, and against what reviewers said."""

from functools import partial
from pathlib import Path

import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import Filter, passing, searchable
from mmrec_core.verdicts.store import VerdictStore


def unasked():
    raise AssertionError("the filter does not ask for this")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(text="with"), lambda items: items["text"].notna()),
        (Filter(queries="held-out"), lambda items: items["is_query"] & (items["split"] == "test")),
        (Filter(cluster=2, queries="all"), lambda items: items["is_query"] & (items.cluster == 2)),
        (
            Filter(q="FROG"),
            lambda items: (items.image + items.text).str.lower().str.contains("frog"),
        ),
        (Filter(q="лягушка"), lambda items: items["text_ru"].str.lower().str.contains("лягушка")),
    ],
)
def test_filters_combine(demo: Bundle, chosen: Filter, expected):
    rows = demo.items.index[expected(demo.items).fillna(False).astype(bool)]
    assert len(rows)
    found = passing(demo, chosen, partial(searchable, demo.items), unasked, unasked, unasked)
    assert found.tolist() == list(rows)


def test_a_filter_asks_for_what_reviewers_said(demo: Bundle, tmp_path: Path):
    store, names = VerdictStore(tmp_path / "demo.verdicts.sqlite"), demo.items["image"]
    for row, grade in ((1, 4), (2, 4), (3, 1)):
        store.grade(names[0], names[row], grade, reviewer="Ann")
    store.tag([names[2], names[5]], "odd", reviewer="Ann")
    for chosen, expected in (
        (Filter(verdict=4), [1, 2]),
        (Filter(tag="odd"), [2, 5]),
        (Filter(verdict=4, tag="odd"), [2]),
    ):
        assert (
            passing(demo, chosen, unasked, store.verdicts, store.tags, unasked).tolist() == expected
        )
