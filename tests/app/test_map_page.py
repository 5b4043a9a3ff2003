"""The map, run without a browser: what it is drawn from, and what a link selects on it."""

import json

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mmrec_app.map import selection
from mmrec_app.map.controls import named
from mmrec_app.map.view import MapView, isolating
from mmrec_app.served.routes import routes
from mmrec_app.shared.filters import Filter, matching
from mmrec_core.bundle import Bundle
from mmrec_core.collection import map_grid as grid
from mmrec_core.evaluation.scored_pairs import held_out_pairs
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from tests.app.pages import gallery_of, page, press, texts


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def canvas(app: AppTest) -> dict:
    return gallery_of(app, "map.canvas")


def by_row(client: TestClient, data: dict, name: str, kind: str) -> np.ndarray:
    """Return a file of the map, sorted from the order of its levels into that of the rows."""
    rows = np.frombuffer(client.get(f"/{data['rows']}").content, "<u4")
    found = np.frombuffer(client.get(f"/{data[name]}").content, kind)
    if name == "shown":
        found = np.unpackbits(found, bitorder="little")[: len(rows)]
    return found.reshape(len(rows), -1)[np.argsort(rows)].squeeze()


def cards(app: AppTest) -> list[str]:
    return [card["id"] for card in gallery_of(app, "map.gallery")["cards"]]


def around(bundle: Bundle, row: int, reach: float) -> str:
    x, y = (float(value) for value in bundle.map[row])
    left, right, low, high = x - reach, x + reach, y - reach, y + reach
    return selection.written(((left, low), (right, low), (right, high), (left, high)))


def test_every_image_is_on_the_map(bundle: Bundle, client: TestClient) -> None:
    data = canvas(page("map"))
    points = by_row(client, data, "points", "<u2")
    left, low, size = data["frame"]
    back = points / grid.GRID * size + (left, low)
    assert len(points) == len(bundle.items)
    assert np.abs(back - np.asarray(bundle.map)).max() <= size / grid.GRID
    assert "immutable" in client.get(f"/{data['points']}").headers["cache-control"]
    for wrong in ("x", f"{bundle.digest}/x", "x/points"):
        assert client.get(f"/map-data/{wrong}.bin").status_code == 404
    codes = by_row(client, data, "codes", "<u2")
    assert codes.tolist() == np.asarray(bundle.cluster_of).tolist()
    legend = client.get(f"/{data['legend']}").json()
    assert len(legend["entries"]) == len(bundle.centroids)
    names = client.get(f"/{data['places']}").json()["places"]
    assert {place["code"] for place in names} == set(codes.tolist())


def test_a_lasso_in_the_link_selects(bundle: Bundle) -> None:
    row = 7
    app = page("map", lasso=around(bundle, row, 0.5))
    near = np.abs(np.asarray(bundle.map) - bundle.map[row]).max(axis=1) < 0.5
    assert f"{int(near.sum()):,} image" in texts(app)
    assert set(cards(app)) <= set(bundle.items["image"][near])
    assert canvas(app)["lasso"]
    label = str(bundle.items["label"].iloc[row])
    narrowed = page("map", lasso=around(bundle, row, 0.5), label=label)
    both = near & (bundle.items["label"] == label).to_numpy()
    assert f"{int(both.sum()):,} image" in texts(narrowed)


def test_a_category_of_the_legend_isolates(bundle: Bundle) -> None:
    labels = bundle.items["label"].value_counts().index[:2].tolist()
    app = page("map", colour="label", isolate=isolating(labels))
    n = int(bundle.items["label"].isin(labels).sum())
    assert f"{n:,} images selected" in texts(app)
    assert len(canvas(app)["isolate"]) == 2
    app.button(key="map.clear").click().run()
    assert "isolate" not in app.query_params
    assert "Nothing is selected" in texts(app)


def test_filtered_images_stay_as_context(bundle: Bundle, client: TestClient) -> None:
    label = str(bundle.items["label"].dropna().iloc[0])
    data = canvas(page("map", label=label))
    shown = np.flatnonzero(by_row(client, data, "shown", "u1"))
    assert shown.tolist() == matching(bundle, Filter(label=label)).tolist()
    assert data["points"] == canvas(page("map"))["points"]


def test_an_image_is_marked_with_its_results(bundle: Bundle) -> None:
    image = bundle.image(3)
    app = page("map", image=image)
    data = canvas(app)
    x, y = (float(value) for value in bundle.map[3])
    assert data["chosen"] == {"x": x, "y": y, "row": 3}
    assert data["stars"] == [{"x": x, "y": y, "row": 3}]
    assert [bundle.image(ring["row"]) for ring in data["rings"]] == cards(app)
    press(app, "Recommend")
    assert app.title[0].value == "Recommend"
    assert app.query_params["image"] in (image, [image])


def test_an_image_is_found_by_a_part_of_its_name(bundle: Bundle) -> None:
    app = page("map")
    app.text_input(key="map.jump").input("no image is called so").run()
    assert "image" not in app.query_params
    app.text_input(key="map.jump").input(bundle.image(5)[2:].upper()).run()
    assert app.query_params["image"] in (bundle.image(5), [bundle.image(5)])


def test_a_file_of_that_name_is_found_before_others(bundle: Bundle) -> None:
    names = bundle.items["image"]
    word = "owl.png"
    assert (names.str.contains(word)).sum() > 1
    assert names.iloc[named(bundle, word)[0]].endswith(f"/{word}")


def test_similarity_covers_all_images(bundle: Bundle, client: TestClient) -> None:
    data = canvas(page("map", colour="score", image=bundle.image(3)))
    values = by_row(client, data, "values", "u1")
    assert (values != grid.NO_VALUE).all()
    assert values[3] == grid.NO_VALUE - 1
    without_query = canvas(page("map", colour="score"))
    nothing = np.frombuffer(client.get(f"/{without_query['values']}").content, np.uint8)
    assert (nothing == grid.NO_VALUE).all()


def test_error_is_measured_on_held_out_queries_alone(bundle: Bundle, client: TestClient) -> None:
    app = page("map", colour="ndcg_loss")
    values = by_row(client, canvas(app), "values", "u1")
    measured = np.flatnonzero(values != grid.NO_VALUE)
    held_out = held_out_pairs(bundle.pairs, bundle.cross_fitted)["query"]
    assert np.isin(measured, held_out).all()
    assert len(measured) == bundle.metrics["queries_with_relevant"]
    legend = client.get(f"/{canvas(app)['legend']}").json()
    assert any(f"{len(measured):,} held-out" in line for line in legend["lines"])


def test_verdicts_colour_the_map(bundle: Bundle, client: TestClient) -> None:
    store = VerdictStore(verdict_place(bundle.path))
    for reviewer, grade in (("A", 1), ("B", 4)):
        store.grade(bundle.image(0), bundle.image(9), grade, reviewer=reviewer)
    data = canvas(page("map", colour="verdict"))
    values = by_row(client, data, "values", "u1")
    assert np.flatnonzero(values != grid.NO_VALUE).tolist() == [9]
    assert values[9] == 127  # between 1 and 4


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"image": "nowhere.png"}, "nowhere.png"),
        ({"lasso": "here"}, "cannot be read"),
        ({"label": "nothing"}, "nothing"),
    ],
)
def test_a_link_that_does_not_fit_says_why(
    bundle: Bundle, params: dict[str, str], said: str
) -> None:
    assert said in texts(page("map", **params))


def test_the_page_speaks_russian(bundle: Bundle) -> None:
    app = page("map", lang="ru")
    assert app.title[0].value == "Карта"
    assert "Ничего не выделено" in texts(app)
    assert "показаны все" in json.dumps(canvas(app)["words"], ensure_ascii=False)


def test_categories_survive_the_link() -> None:
    names = ["animals/sea, life", "a%b", "ягоды"]
    assert MapView(isolate=isolating(names)).isolated == names
