"""Whatever an address holds, a page's view is read from it, and its link opens the same view."""

import math
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmrec_app.browse.view import BrowseView
from mmrec_app.clusters.view import ClustersView
from mmrec_app.compare.view import CompareView
from mmrec_app.errors.view import ErrorsView
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.map.view import MapView
from mmrec_app.recommend.view import RecommendView
from mmrec_app.state import address
from mmrec_app.stories.view import StoriesView

VIEWS = (BrowseView, ClustersView, CompareView, ErrorsView, EvaluationView, MapView, RecommendView,
         StoriesView)  # fmt: skip
VALUES = st.text() | st.integers().map(str) | st.floats().map(str) | st.just("9" * 5_000)


@pytest.mark.parametrize("view", VIEWS)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_parameters_give_a_view_whose_link_opens_it(view: Any, data: st.DataObject):
    names = st.sampled_from([field.name for field in fields(view)])
    read = address.read(view, data.draw(st.dictionaries(names, VALUES, max_size=5)))
    numbers = [getattr(read, field.name) for field in fields(view)]
    assert all(math.isfinite(n) for n in numbers if isinstance(n, float))
    assert address.read(view, address.to_params(read)) == read
