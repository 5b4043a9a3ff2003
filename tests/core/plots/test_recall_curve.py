"""The plot of recall by the number of candidates."""

import math

import pandas as pd

from mmrec_core.plots.recall_curve import recall_curve_plot


def curve() -> pd.DataFrame:
    rows = [
        (method, size, recall, recall - 0.02, recall + 0.02)
        for method, recalls in (("exact", (0.5, 0.8, 0.9)), ("clusters", (0.4, 0.7, 0.8)))
        for size, recall in zip((72, 18, 300), recalls, strict=True)
    ]
    return pd.DataFrame(rows, columns=["method", "size", "recall", "low", "high"])


def test_every_method_is_a_line_in_the_order_of_its_sizes() -> None:
    figure = recall_curve_plot(curve(), {"clusters": "Clusters", "exact": "Exact"})
    assert [line.name for line in figure.data] == ["Clusters", "Exact"]
    assert all(list(line.x) == [18, 72, 300] for line in figure.data)


def test_the_size_in_use_and_its_word_stand_within_the_axis() -> None:
    figure = recall_curve_plot(curve(), {"exact": "Exact"}, used=72, in_use="in use")
    low, high = figure.layout.xaxis.range
    assert low < math.log10(18)
    assert high > math.log10(300)
    assert figure.layout.shapes[0].x0 == 72
    assert low < figure.layout.annotations[0].x == math.log10(72) < high
    assert figure.layout.annotations[0].text == "in use"
