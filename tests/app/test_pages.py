"""Both pages, run without a browser on a real bundle."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mmrec_app import frame, state, wording
from mmrec_app.filters import examples, matching
from mmrec_app.routes import routes, thumbnail_url
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.explain import Contributions

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 60


@pytest.fixture
def bundle(demo_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    monkeypatch.setenv("MMREC_BUNDLE", str(demo_bundle))
    return open_bundle(demo_bundle)


def page(name: str, **params: str) -> AppTest:
    """Run a page inside the frame, as a session does."""
    app = AppTest.from_file(frame.__file__, default_timeout=TIMEOUT).run()
    app.switch_page(f"../pages/{name}.py")
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def gallery_of(app: AppTest, key: str) -> dict:
    """Return what a gallery was given: the components' data, as the browser gets it."""
    import json

    for node in app.get("bidi_component"):
        if f"-{key}" in node.proto.id or key in node.proto.id:
            return json.loads(node.proto.json)
    raise AssertionError(f"no component {key!r} on the page")


def texts(app: AppTest) -> str:
    """Return all text on the page."""
    kinds = ("markdown", "text", "caption", "title", "subheader")
    return "\n".join(str(node.value) for kind in kinds for node in app.get(kind))


def test_entry_point_runs_as_a_script(bundle: Bundle) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT).run()
    assert not app.exception
    assert app.title[0].value == "Browse"


def test_browse_shows_the_collection(bundle: Bundle) -> None:
    app = page("browse")
    shown = gallery_of(app, "browse.gallery")
    assert len(shown["cards"]) == min(48, len(bundle.items))
    assert shown["cards"][0]["src"] == thumbnail_url(bundle, 0)
    assert f"{len(bundle.items):,} image" in texts(app)
    assert bundle.manifest.notes[0] in texts(app).replace("\\", "")


def test_browse_filters_live_in_the_url(bundle: Bundle) -> None:
    label = str(bundle.items["label"].dropna().iloc[0])
    app = page("browse", label=label)
    expected = matching(bundle.items, state.BrowseView(label=label))
    shown = gallery_of(app, "browse.gallery")["cards"]
    assert [card["id"] for card in shown] == list(bundle.items["image"].iloc[expected][:48])
    app.text_input(key="browse.q").input("no caption has these words").run()
    assert app.query_params["q"] == "no caption has these words"
    assert app.query_params["label"] == label
    clear = next(button for button in app.button if button.label == "Clear filters")
    clear.click().run()
    assert not app.query_params
    assert len(gallery_of(app, "browse.gallery")["cards"]) == min(48, len(bundle.items))


@pytest.mark.parametrize("params", [{"label": "no such"}, {"cluster": "9999"}])
def test_browse_says_what_a_link_names_wrongly(bundle: Bundle, params: dict[str, str]) -> None:
    app = page("browse", **params)
    assert next(iter(params.values())) in texts(app)
    assert [button.label for button in app.button] == ["Start over"]


def test_recommend_shows_results_and_reasons(bundle: Bundle) -> None:
    image = str(bundle.items["image"].iloc[0])
    app = page("recommend", image=image, k="4")
    shown = gallery_of(app, "answer.gallery")
    assert [card["badge"] for card in shown["cards"]] == ["1", "2", "3", "4"]
    assert shown["selected"] == shown["cards"][0]["id"]
    assert len(app.get("plotly_chart")) == 3
    assert gallery_of(app, "query.picture")["src"] == thumbnail_url(bundle, 0)
    assert " ms" in texts(app)
    third = shown["cards"][2]["id"]
    app = page("recommend", image=image, k="4", result=third)
    assert gallery_of(app, "answer.gallery")["selected"] == third
    assert "Why number 3" in texts(app)


def test_recommend_changes_the_url(bundle: Bundle) -> None:
    app = page("recommend", image=str(bundle.items["image"].iloc[0]))
    app.slider(key="query.k").set_value(7).run()
    assert app.query_params["k"] == "7"
    assert len(gallery_of(app, "answer.gallery")["cards"]) == 7
    app.toggle(key="query.collapse").set_value(False).run()
    assert app.query_params["collapse"] == "0"


@pytest.mark.parametrize("ranker", ["model", "clip", "bert", "fused"])
def test_every_ranker_answers(bundle: Bundle, ranker: str) -> None:
    row = int(bundle.items["text"].notna().to_numpy().argmax())
    app = page("recommend", image=str(bundle.items["image"].iat[row]), ranker=ranker)
    assert gallery_of(app, "answer.gallery")["cards"]


def test_recommend_without_a_query_offers_some(bundle: Bundle) -> None:
    app = page("recommend")
    assert gallery_of(app, "recommend.examples")["cards"]
    assert len(app.file_uploader) == 1


@pytest.mark.parametrize("params", [{"image": "no such.png"}, {"ranker": "no such"}])
def test_recommend_says_what_a_link_names_wrongly(bundle: Bundle, params: dict[str, str]) -> None:
    app = page("recommend", **params)
    assert "no such" in texts(app)
    assert [button.label for button in app.button] == ["Start over"]


def test_no_bundle_tells_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(tmp_path))
    assert "mmrec demo" in page("browse").code[0].value


def test_damaged_bundle_gives_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("{")
    monkeypatch.setenv("MMREC_BUNDLE", str(tmp_path))
    assert "build the bundle again" in texts(page("browse"))


def test_thumbnails_come_over_http(bundle: Bundle) -> None:
    client = TestClient(Starlette(routes=routes()))
    answer = client.get(f"/{thumbnail_url(bundle, 0)}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == bundle.thumbnail_path(0).read_bytes()
    for wrong in (
        f"/thumbnails/{bundle.digest}/{len(bundle.items)}.webp",
        f"/thumbnails/{bundle.digest}/-1.webp",
        f"/thumbnails/{bundle.digest}/..%2f..%2fmanifest.json",
        "/thumbnails/other/0.webp",
    ):
        assert client.get(wrong).status_code == 404


def test_views_survive_the_url(bundle: Bundle) -> None:
    image = str(bundle.items["image"].iloc[1])
    view = state.RecommendView(image, "clip", 23, False, image)
    assert state.parse_recommend(state.to_params(view), bundle.items, ("clip", "bert")) == view
    browse = state.BrowseView("a b", None, int(bundle.items["cluster"].iloc[0]), 3)
    assert state.parse_browse(state.to_params(browse), bundle.items) == browse


@pytest.mark.parametrize(("text", "k"), [("0", 1), ("-5", 1), ("999", 50), ("many", 10)])
def test_numbers_out_of_range_are_moved_into_it(bundle: Bundle, text: str, k: int) -> None:
    assert state.parse_recommend({"k": text}, bundle.items, ("clip",)).k == k


def test_examples_come_from_many_clusters(bundle: Bundle) -> None:
    rows = examples(bundle.items, 5)
    assert len(set(bundle.items["cluster"].iloc[rows])) == 5


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        (
            {"image similarity": 2.0, "text similarity": -1.0},
            "Mostly because the pictures look alike; the captions speak against it.",
        ),
        ({"image similarity": 2.0, "rank": -0.1}, "Mostly because the pictures look alike."),
        (
            {"image similarity": -2.0, "text similarity": 1.0},
            "Held back mostly because the pictures differ; in its favour, the captions say "
            "similar things.",
        ),
        (
            {"cluster": 1.7, "image similarity": 1.4, "text similarity": 1.1},
            "Mostly because both lie in the same part of the collection and the pictures look "
            "alike.",
        ),
        ({}, "Nothing that the ranker compares tells this pair from any other."),
    ],
)
def test_why_names_the_main_reason(groups: dict[str, float], sentence: str) -> None:
    assert wording.why(Contributions(0.0, groups, {})) == sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.12"),
        (1.26, "1.3"),
        (-3.14, "−3.1"),
        (12.6, "13"),
        (1234.0, "1,200"),
        (0.00456, "0.0046"),
        (0.0, "0"),
        (0.999, "1.0"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_two_significant_digits(value: float | None, text: str) -> None:
    assert wording.digits(value) == text


def test_links_are_relative(bundle: Bundle) -> None:
    url = urlsplit(thumbnail_url(bundle, 3))
    assert not url.path.startswith("/")
    assert not parse_qs(url.query)
