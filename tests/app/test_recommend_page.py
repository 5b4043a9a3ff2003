"""The Recommend page, run without a browser on a real bundle."""

import pytest

from mmrec_app.recommend.examples import examples
from mmrec_app.routes import thumbnail_url
from mmrec_core.bundle import Bundle
from tests.app.pages import gallery_of, page, texts


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
    assert "Start over" in [button.label for button in app.button]


def test_examples_come_from_many_clusters(bundle: Bundle) -> None:
    rows = examples(bundle.items, 5)
    assert len(set(bundle.items["cluster"].iloc[rows])) == 5
