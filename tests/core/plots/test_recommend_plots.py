"""The Recommend page's figures: all that must be drawn is, and strangers' text stays text."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mmrec_core.encoders.parts import fitted_grid
from mmrec_core.plots.cluster_map import cluster_map
from mmrec_core.plots.contributions import contributions_waterfall
from mmrec_core.plots.density import Density
from mmrec_core.plots.region_heat import region_heat
from mmrec_core.plots.word_bars import word_bars

HOSTILE = "<b>bold</b> %{x} <img src=x>"


def catalogue(images: int) -> pd.DataFrame:
    places = np.random.default_rng(0).normal(size=(images, 2))
    return pd.DataFrame(
        {
            "x": places[:, 0],
            "y": places[:, 1],
            "cluster": np.arange(images) % 5,
            "text": HOSTILE,
            "image": "a.png",
        }
    )


@pytest.mark.parametrize("images", [50, 50_000])
@pytest.mark.parametrize("close_up", [False, True])
def test_candidates_are_points_and_no_other_image_is_left_out(images: int, close_up: bool) -> None:
    items = catalogue(images)
    figure = cluster_map(
        items,
        query_xy=(0, 0),
        query_index=11,
        candidate_clusters=[0, 1],
        candidates=np.arange(11),
        results=[3, 4],
        close_up=close_up,
    )
    drawn = {trace.name: len(trace.x) for trace in figure.data}
    assert drawn["other images"] == (38 if images == 50 else 1)  # one for the legend alone
    assert len(figure.layout.images) == (images == 50_000)
    assert sum(n for name, n in drawn.items() if name.startswith("candidates")) == 9
    assert drawn["results"] == 2
    assert drawn["query"] == 1
    named = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert [name for name in named if name.startswith("candidates")] == [
        "candidates, cluster 0",
        "candidates, cluster 1",
    ]


def test_candidates_in_one_place_are_a_point_that_counts_them() -> None:
    items = catalogue(50_000)
    items.loc[:9, ["x", "y"]] = 0.001
    figure = cluster_map(items, query_xy=(0, 0), candidate_clusters=[0], candidates=np.arange(10))
    texts = [text for trace in figure.data[1:-1] for text in trace.text]
    assert [text.rpartition("<br>")[2] for text in sorted(texts)] == [
        f"cluster {cluster}, candidates here: 2" for cluster in range(5)
    ]
    items.loc[0, "x"] = 0.011
    near = cluster_map(items, query_xy=(0, 0), candidates=np.arange(10), close_up=True)
    assert sum(len(trace.x) for trace in near.data[1:-1]) == 6


def opacities(density: Density) -> np.ndarray:
    content = base64.b64decode(density.picture.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))[..., 3]


def test_a_density_shows_every_image_at_its_place_and_more_where_there_are_more() -> None:
    places = np.array([[0, 0], [1, 2], [4, 4], *[[4, 0]] * 50], dtype=np.float32)
    shown = opacities(Density.of(places))
    assert shown.shape == (400, 400)
    assert sorted(zip(*np.nonzero(shown), strict=True)) == [
        (0, 399),
        (199, 100),
        (399, 0),
        (399, 399),
    ]
    assert shown[0, 399] == shown[199, 100] == shown[399, 0] < shown[399, 399] < 255
    assert opacities(Density.of(np.zeros((0, 2)))).shape == (400, 400)


def test_no_image_is_lost_at_the_edge_of_a_density() -> None:
    for seed in range(50):
        places = np.random.default_rng(seed).normal(size=(3, 2)).astype(np.float32)
        assert np.count_nonzero(opacities(Density.of(places, 1600))) == 3


@pytest.mark.parametrize("results", [[], [3]])
def test_a_close_up_of_one_place_is_a_part_of_the_map_in_any_unit(results: list[int]) -> None:
    items = catalogue(50) * np.array([1e-3, 1e-3, 1, 1, 1], dtype=object)
    at = (float(items["x"][3]), float(items["y"][3]))
    figure = cluster_map(items, query_xy=at, query_index=3, results=results, close_up=True)
    low, high = figure.layout.xaxis.range
    assert 0 < high - low < 0.1 * max(np.ptp(items["x"]), np.ptp(items["y"]))


@pytest.mark.parametrize("images", [50, 50_000])
def test_a_close_up_shows_the_query_and_its_results(images: int) -> None:
    items, results = catalogue(images), [3, 4, 40]
    figure = cluster_map(items, query_xy=(0.1, 0.2), results=results, close_up=True)
    for axis, places in (("xaxis", items["x"][results]), ("yaxis", items["y"][results])):
        low, high = figure.layout[axis].range
        assert low < min(places) < max(places) < high
        assert low < 0.1 < 0.2 < high


def test_captions_in_hover_text_are_escaped() -> None:
    figure = cluster_map(catalogue(20), query_xy=(0, 0), query_text=HOSTILE, candidates=[1, 2])
    for trace in figure.data:
        for text in trace.text if trace.text is not None else ():
            assert "<img" not in text
            assert "%{" not in text


@pytest.mark.parametrize(
    ("caption", "cut"),
    [
        ("A red flower with many petals, photographed from below near a slow river.", False),
        ("Красный цветок с  множеством\nлепестков стоит на зелёном поле у тихой реки.", False),
        ("a " + "x" * 100 + " b", False),
        ("many words " * 40, True),
        ("x" * 500, True),
        (" ", False),
    ],
)
def test_captions_in_hover_text_are_short_lines_and_lose_no_word(caption: str, cut: bool) -> None:
    figure = cluster_map(catalogue(20), query_xy=(0, 0), query_text=caption)
    lines = figure.data[-1].text[0].split("<br>")
    assert all(len(line) <= 44 for line in lines)
    shown, whole = "".join(lines).replace(" ", ""), "".join(caption.split())
    assert len("".join(lines)) <= 160
    assert shown.endswith("…") == cut
    assert whole.startswith(shown.removesuffix("…"))
    assert cut or shown == whole


def test_a_waterfall_adds_up_and_small_differences_are_legible() -> None:
    figure = contributions_waterfall(0.0, {"a": 0.00015, "b": -0.00004, "c": 0.0}, total_name="d")
    bars = figure.data[0]
    assert list(bars.y) == ["a", "b", "d"]
    assert list(bars.text) == ["+0.00015", "−0.00004", "0.00011"]
    figure = contributions_waterfall(-2.4, {"a": 3.0, "b": -0.5})
    assert list(figure.data[0].text) == ["−2.40", "+3.00", "−0.50", "0.10"]


def test_heat_lies_on_its_part_of_the_picture_and_white_around_it_sets_no_scale() -> None:
    picture = Image.new("RGB", (100, 50))
    cells = np.zeros((4, 4))
    cells[0], cells[1, 3] = 9.0, -0.5
    heat = region_heat(picture, cells.ravel(), fitted_grid(picture.size, 4, 4)).data[0]
    assert heat.zmax == 0.5
    assert list(heat.x) == [12.5, 37.5, 62.5, 87.5]
    assert list(heat.y) == [-12.5, 12.5, 37.5, 62.5]
    with pytest.raises(ValueError, match="reshape"):
        region_heat(picture, cells.ravel()[:5], fitted_grid(picture.size, 4, 4))


def test_each_word_has_its_bar_even_if_it_comes_twice() -> None:
    figure = word_bars(["a", HOSTILE, "a"], np.array([0.1, -0.2, 0.3]), whole=0.05)
    assert list(figure.data[0].x) == [0.1, -0.2, 0.3, 0.05]
    assert len(set(figure.data[0].y)) == 4
    assert "<" not in "".join(figure.layout.yaxis.ticktext)
    assert not word_bars([], np.zeros(0)).data[0].x
