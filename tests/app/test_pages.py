"""The frame, the links, Browse and its filters, run without a browser on a real bundle."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mmrec_app.browse.view import BrowseView
from mmrec_app.home import ENTRY
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.routes import routes
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared.filters import Filter, matching
from mmrec_app.state import address
from mmrec_app.words import formats, sentences
from mmrec_core.bundle import Bundle
from mmrec_core.ranker.explanation import Contributions
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.search import Term, search
from tests.altered_bundles import altered, without_pairs
from tests.app.pages import TIMEOUT, gallery_of, page, press, texts, turn_to


def test_entry_point_runs_as_a_script(bundle: Bundle) -> None:
    app = AppTest.from_file(str(ENTRY), default_timeout=TIMEOUT).run()
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
    expected = matching(bundle, Filter(label=label))
    shown = gallery_of(app, "browse.gallery")["cards"]
    assert [card["id"] for card in shown] == list(bundle.items["image"].iloc[expected][:48])
    app.text_input(key="BrowseView.q").input("no caption has these words").run()
    assert "no caption" in str(app.query_params["q"])
    assert app.query_params["label"]
    press(app, "Clear filters")
    assert set(app.query_params) == {"bundle"}
    assert len(gallery_of(app, "browse.gallery")["cards"]) == min(48, len(bundle.items))


def test_ranges_of_numbers_filter_every_page_that_filters(bundle: Bundle) -> None:
    words = bundle.items["text"].str.split().str.len()
    passing = words.between(2, 4) & (bundle.items["width"] >= 100)
    app = page("browse", ranges="words:2..4,width:100..9999")
    assert f"{int(passing.sum())} images" in texts(app)
    assert len(app.slider) >= 3  # the histograms are open
    queries = page("evaluation", view="queries", ranges="words:2..4,width:100..9999")
    held_out = bundle.items["is_query"] & passing
    assert f"{int(held_out.sum())} held-out quer" in texts(queries)
    app.button(key="chip.ranges.words").click().run()
    assert f"{int((bundle.items['width'] >= 100).sum())} images" in texts(app)
    assert "no such" in texts(page("browse", ranges="no such:1..2"))


def test_the_score_of_a_search_is_a_number_to_narrow_by(bundle: Bundle) -> None:
    terms = json.dumps([["image", bundle.image(0), 1]])
    app = page("browse", terms=terms, score="0.6..1")
    scores = search(Recommender(bundle), (Term(1.0, image=bundle.image(0)),))
    assert f"{int((scores >= 0.6).sum())} image" in texts(app)
    assert "Score of the search" in [slider.label for slider in app.slider]
    app.button(key="browse.score").click().run()
    assert f"{len(bundle.items)} images" in texts(app)
    app = page("browse", terms=terms, score="2..3")
    assert "No images match" in texts(app)
    press(app, "Clear filters")
    assert f"{len(bundle.items)} images" in texts(app)
    assert "terms" in app.query_params


def test_a_bundle_without_pairs_has_histograms_of_its_catalogue_alone(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMREC_BUNDLE", str(without_pairs(demo_bundle, tmp_path / "bundle")))
    app = page("browse", ranges="words:2..4")
    assert [slider.label for slider in app.slider if "nDCG" in slider.label] == []
    assert len(app.slider) >= 3


def test_a_filter_stays_on_from_page_to_page(bundle: Bundle) -> None:
    app = page("browse", cluster="3")
    for name in ("recommend", "browse"):
        turn_to(app, name)
        app.run()
    assert "cluster" in app.query_params
    shown = gallery_of(app, "browse.gallery")["cards"]
    assert len(shown) == min(48, int(bundle.cluster_sizes[3]))


def test_search_by_content_finds_what_the_words_say(bundle: Bundle) -> None:
    image = str(bundle.items["image"].iloc[0])
    app = page("browse", terms=json.dumps([["image", image, 1], ["image", image, -0.5]]))
    assert gallery_of(app, "browse.gallery")["cards"]
    app = page("browse", terms=json.dumps([["image", image, 1]]))
    cards = gallery_of(app, "browse.gallery")["cards"]
    assert cards[0]["id"] == image
    assert cards[0]["value"] == "1.0"
    scores = [float(card["value"]) for card in cards]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "terms", ["[", '[["image","no such",1]]', '[["text","",1]]', "[1]", "[[]]"]
)
def test_a_search_that_cannot_be_read_is_said(bundle: Bundle, terms: str) -> None:
    assert press(page("browse", terms=terms), "Start over")


def test_russian_interface_and_captions(bundle: Bundle) -> None:
    app = page("browse", lang="ru")
    assert app.title[0].value == "Коллекция"
    captions = {card["caption"] for card in gallery_of(app, "browse.gallery")["cards"]}
    assert captions <= set(bundle.items["text_ru"].dropna()) | set(bundle.items["text"])


def test_a_link_to_another_build_says_so(bundle: Bundle) -> None:
    app = page("browse", bundle=f"{bundle.path.name}@00000000")
    assert "00000000" in texts(app)
    assert app.query_params["bundle"] in (
        f"{bundle.path.name}@{bundle.digest[:8]}",
        [f"{bundle.path.name}@{bundle.digest[:8]}"],
    )
    assert "00000000" not in texts(press(app, "Got it"))


def test_the_tour_visits_every_page(bundle: Bundle) -> None:
    app = press(page("about"), "Tour")
    visited = []
    for _stop in range(7):
        assert not app.exception
        visited.append(app.title[0].value if app.title else "Recommend")
        labels = [button.label for button in app.button]
        app = press(app, "Next stop" if "Next stop" in labels else "Done")
    assert len(set(visited)) == 7


@pytest.mark.parametrize("params", [{"label": "no such"}, {"cluster": "9999"}])
def test_browse_says_what_a_link_names_wrongly(bundle: Bundle, params: dict[str, str]) -> None:
    app = page("browse", **params)
    assert next(iter(params.values())) in texts(app)
    assert "Start over" in [button.label for button in app.button]


def test_no_bundle_tells_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(tmp_path))
    assert "mmrec demo" in page("browse").code[0].value


def test_damaged_bundle_gives_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text("{")
    monkeypatch.setenv("MMREC_BUNDLE", str(tmp_path))
    assert "build the bundle again" in texts(page("browse"))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("clusters", "clusters/words.json"),
        ("map", "clusters/words.json"),
        ("errors", "pairs.parquet"),
        ("errors", "cross-fit/1.cbm"),
        ("recommend", "ranker/model.cbm"),
        ("evaluation", "metrics.json"),
        ("compare", "cross-fit/pairs.parquet"),
        ("about", "report.json"),
    ],
)
def test_a_part_that_is_damaged_gives_a_line_on_its_page(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, part: str
) -> None:
    folder = altered(demo_bundle, tmp_path / "damaged", written={part: b"another build"})
    (folder / part).write_bytes(b"[" * len(b"another build"))
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    assert "build the bundle again" in texts(page(name))


@pytest.mark.parametrize("name", ["browse", "map", "errors", "evaluation", "recommend", "compare"])
@pytest.mark.parametrize(
    "params",
    [
        {"verdict": "0"},
        {"verdict": "5"},
        {"grade": "7", "view": "verdicts"},
        dict.fromkeys(("page", "cluster", "k", "row", "least", "threshold"), "9" * 400),
        dict.fromkeys(("page", "cluster", "k", "row", "least", "threshold"), "-" + "9" * 18),
        dict.fromkeys(("result", "against", "image", "query", "slice", "bin", "explained"), ""),
    ],
    ids=["no grade", "above the grades", "verdicts", "400 digits", "below", "empty"],
)
def test_numbers_out_of_reach_and_empty_names_are_the_default(
    bundle: Bundle, name: str, params: dict[str, str]
) -> None:
    page(name, **params)


def test_a_result_that_is_no_image_beside_another_bundle_is_told(bundle: Bundle) -> None:
    image = bundle.image(0)
    page("recommend", image=image, result="no such", other="no such", parts="score")


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
    view = RecommendView(image, ranker="clip", k=23, collapse=False, result=image)
    assert address.read(RecommendView, address.to_params(view)) == view
    browse = BrowseView(q="a b", cluster=4, page=3, sort="name")
    assert address.read(BrowseView, address.to_params(browse)) == browse


@pytest.mark.parametrize(("text", "k"), [("0", 1), ("-5", 1), ("999", 50), ("many", 10)])
def test_numbers_out_of_range_are_moved_into_it(bundle: Bundle, text: str, k: int) -> None:
    assert address.read(RecommendView, {"k": text}).k == k


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        (
            {"image similarity": 2.0, "text similarity": -1.0},
            "Mostly because the pictures look alike; the captions say different things.",
        ),
        ({"image similarity": 2.0, "rank": -0.1}, "Mostly because the pictures look alike."),
        (
            {"image similarity": -2.0, "text similarity": 1.0},
            "Ranked lower mostly because the pictures differ; in its favour, the captions say "
            "similar things.",
        ),
        (
            {"cluster": 1.7, "image similarity": 1.4, "text similarity": 1.1},
            "Mostly because both lie in the same part of the collection and the pictures look "
            "alike.",
        ),
        ({}, "Nothing that the ranker compares makes this pair stand out."),
    ],
)
def test_why_names_the_main_reason(groups: dict[str, float], sentence: str) -> None:
    assert sentences.why(Contributions(0.0, groups, {})) == sentence


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
    assert formats.digits(value) == text


def test_links_are_relative(bundle: Bundle) -> None:
    url = urlsplit(thumbnail_url(bundle, 3))
    assert not url.path.startswith("/")
    assert not parse_qs(url.query)
