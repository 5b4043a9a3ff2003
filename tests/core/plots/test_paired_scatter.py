"""The plot of queries in two systems: each point is a query, and can be told from its equals."""

import numpy as np

from mmrec_core.plots.paired_scatter import groups, paired_scatter


def test_each_point_is_a_query_near_its_two_figures() -> None:
    a = np.array([1.0, 1.0, 0.5, 0.2, np.nan, 1.0])
    b = np.array([1.0, 1.0, 0.9, 0.1, np.nan, 1.0])
    figure = paired_scatter(a, b, [f"<{n}>" for n in "abcdef"])
    names = [[point[0] for point in trace.customdata] for trace in figure.data]
    assert names == [["&lt;c&gt;"], ["&lt;a&gt;", "&lt;b&gt;", "&lt;f&gt;"], ["&lt;d&gt;"]]
    assert [rows.tolist() for rows in groups(a, b)] == [[2], [0, 1, 5], [3]]
    equal = figure.data[1]
    assert len(set(zip(equal.x, equal.y, strict=True))) == 3
    assert np.hypot(equal.x - 1, equal.y - 1).max() < 0.05
