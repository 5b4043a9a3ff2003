"""Numbers of images: their ranges in a link, their histograms, and the filter by them."""

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.collection.filtering import Filter, passing
from mmrec_core.collection.numbers import (
    binned,
    catalogue_numbers,
    numbers_of,
    parsed_ranges,
    scale,
    written_ranges,
)


def never() -> None:
    raise AssertionError("the filter does not ask for this")


def test_ranges_are_read_as_they_are_written_and_nonsense_is_left_out() -> None:
    ranges = {"words": (3.0, 8.0), "ndcg": (-0.25, 0.123456789)}
    assert parsed_ranges(written_ranges(ranges)) == ranges
    for nonsense in ("", "words", "words:3", ":1..2", "words:nan..2", "words:1..inf", "w:1..x,,"):
        assert parsed_ranges(nonsense) == {}
    assert len(parsed_ranges(",".join(f"n{i}:1..2" for i in range(1000)))) <= 12


def test_images_within_all_ranges_pass(demo: Bundle) -> None:
    words, width = (numbers_of(demo.items, name) for name in ("words", "width"))
    chosen = Filter(ranges="words:2..3,width:0..300")
    rows = passing(demo, chosen, never, never, never, lambda name: numbers_of(demo.items, name))
    expected = (words >= 2) & (words <= 3) & (width <= 300)
    assert rows.tolist() == np.flatnonzero(expected).tolist()
    assert 0 < len(rows) < len(demo.items)


def test_bins_count_every_measured_image_once(demo: Bundle) -> None:
    assert {"words", "width", "height"} <= set(catalogue_numbers(demo.items))
    assert not {"cluster", "x", "fold", "is_query"} & set(catalogue_numbers(demo.items))
    rows = np.arange(0, len(demo.items), 3)
    for name in catalogue_numbers(demo.items):
        values = numbers_of(demo.items, name)
        counted = binned(values, rows)
        assert counted.total.sum() == np.isfinite(values).sum()
        assert counted.passing.sum() == np.isfinite(values[rows]).sum()
        assert (counted.passing <= counted.total).all()


@pytest.mark.parametrize(
    "values", [[3.0], [np.nan, 0.5], [0, 1e6], [0.001, 0.0042], [-3, 4], [0.1, 0.9]]
)
def test_a_scale_holds_all_values(values: list[float]) -> None:
    low, high, step = scale(np.array(values))
    known = [value for value in values if not np.isnan(value)]
    assert low <= min(known) <= max(known) <= high
    assert step > 0
    assert binned(np.array(values), np.arange(len(values))).total.sum() == len(known)


def test_captions_without_text_have_no_length() -> None:
    items = pd.DataFrame({"image": ["a", "b"], "text": ["two words", None]}, dtype=object)
    assert numbers_of(items, "words").tolist()[0] == 2
    assert np.isnan(numbers_of(items, "words")[1])
    assert catalogue_numbers(items.assign(text=None)) == ()
