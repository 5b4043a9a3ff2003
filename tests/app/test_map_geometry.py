"""The map's selection in a link, and the places of names."""

import numpy as np
import pytest

from mmrec_app.map import selection
from mmrec_app.map.places import middles


def test_a_link_holds_the_same_selection() -> None:
    polygon = ((-1.25, 3.0), (2.5, 4.75), (1e-3, -7.123456))
    assert selection.parsed(selection.written(polygon)) == polygon
    assert selection.parsed("") == ()


@pytest.mark.parametrize(
    "text", ["1_2", "1_2~3_4", "1_2~3_4~5", "a_b~c_d~e_f", "1_2~3_4~nan_1", "~".join(["1_2"] * 201)]
)
def test_what_is_no_selection_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        selection.parsed(text)


def test_names_stand_on_a_member_of_their_group() -> None:
    ring = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [5, 4.0], [50, 50]])
    places = middles(ring, np.array([1, 1, 1, 1, 1, 2]))
    assert places.loc[1, ["x", "y"]].tolist() == [5, 4]
    assert places["size"].tolist() == [5, 1]


def test_images_without_a_group_have_no_name() -> None:
    places = middles(np.zeros((3, 2)), np.array(["a", None, "a"], dtype=object))
    assert list(places.index) == ["a"]
