"""The Recommend page, run without a browser on a real bundle."""

import base64
import html
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mmrec_app.recommend import answer, answers
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served import visitor_pictures, workers
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_app.shared.keyed_query import query_by_name
from mmrec_app.words import sentences
from mmrec_core.bundle import Bundle
from mmrec_core.collection.examples import examples
from mmrec_core.ranker.explanation import Contributions
from mmrec_core.ranker.pair_features import ROLES
from tests.altered_bundles import with_encoders_that_are_gone
from tests.app.pages import figure, gallery_of, links_of, page, press, scrolled, texts

PICTURE = "animals/birds/magpie.png"
ANOTHER = "animals/birds/blackbird.png"
LISTS = "recommend.lists"


def columns(app: AppTest) -> dict[str, dict]:
    return {column["key"]: column for column in gallery_of(app, LISTS)["columns"]}


def ids(column: dict) -> list[str]:
    return [card["id"] for card in column["cards"]]


def plain(app: AppTest) -> str:
    """Return the text of what the page draws as HTML of its own."""
    return html.unescape(re.sub("<[^>]*>", "", "".join(n.proto.body for n in app.get("html"))))


def with_upload(app: AppTest, data: bytes, text: str | None = None) -> AppTest:
    app.query_params.clear()
    app.query_params["upload"] = visitor_pictures.keep(data)
    if text:
        app.query_params["text"] = text
    return app.run()


def test_rankers_stand_side_by_side_with_reasons(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE, k="6")
    shown = columns(app)
    assert list(shown) == ["model", "clip", "bert"]
    assert all([card["rank"] for card in c["cards"]] == list("123456") for c in shown.values())
    for name, column in shown.items():
        for card in column["cards"]:
            places = {other: ids(shown[other]) for other in shown if other != name}
            for chip, there in zip(card["elsewhere"], places.values(), strict=True):
                assert chip["near"] == (card["id"] in there)
            assert bool(card["only"]) == all(card["id"] not in there for there in places.values())
    assert gallery_of(app, LISTS)["selected"] == {"list": "model", "id": ids(shown["model"])[0]}
    assert len(app.get("plotly_chart")) == 1
    assert gallery_of(app, "recommend.query")["src"] == thumbnail_url(
        bundle, bundle.index_of(PICTURE)
    )
    assert "Why CatBoost ranks it number 1" in texts(app)
    assert " ms" in texts(app)


def test_maps_are_drawn_once_somebody_comes_near(bundle: Bundle) -> None:
    app = scrolled(page("recommend", image=PICTURE))
    overview, close_up = (figure(app, f"recommend.map.{n}") for n in (False, True))
    assert overview["layout"]["xaxis"]["range"] != close_up["layout"]["xaxis"]["range"]
    assert {trace["name"] for trace in overview["data"]} >= {"query", "results by CatBoost"}
    app.query_params["image"] = ANOTHER
    assert len(app.run().get("plotly_chart")) == 1


def test_a_link_opens_the_chosen_result_and_what_it_is_compared_with(bundle: Bundle) -> None:
    lists = columns(page("recommend", image=PICTURE))
    third, fifth = ids(lists["clip"])[2], ids(lists["clip"])[4]
    app = page("recommend", image=PICTURE, result=third, by="clip")
    assert gallery_of(app, LISTS)["selected"] == {"list": "clip", "id": third}
    assert "Why CLIP ranks it number 3" in texts(app)
    app = page("recommend", image=PICTURE, result=fifth, by="clip", against=third)
    assert gallery_of(app, LISTS)["against"] == third
    assert "Number 3 is above number 5 mostly because its picture is more like" in texts(app)
    assert "to come above" not in texts(app)
    compare = next(box for box in app.selectbox if box.label == "Compare with")
    compare.set_value(ids(lists["clip"])[0]).run()
    assert app.query_params["against"] == ids(lists["clip"])[0]
    assert "Number 1 is above number 5" in texts(app)


def test_what_one_ranker_found_is_explained_by_another(bundle: Bundle) -> None:
    lists = columns(page("recommend", image=PICTURE))
    only = next(card["id"] for card in lists["bert"]["cards"] if card["only"])
    app = page("recommend", image=PICTURE, result=only, by="model")
    rank = int(texts(app).partition("Why CatBoost ranks it number ")[2].split()[0])
    assert rank > 10


def test_the_training_pairs_behind_an_explanation_are_links_to_them(bundle: Bundle) -> None:
    def pairs_of(app: AppTest) -> list[dict[str, str]]:
        lists = [node.proto.body for node in app.get("html") if "training-pairs" in node.proto.body]
        addresses = re.findall(r'href="([^"]*)"', "".join(lists))
        return [dict(parse_qsl(urlsplit(html.unescape(one)).query)) for one in addresses]

    app = page("recommend", image=PICTURE)
    (first, *_) = shown = pairs_of(app)
    train = bundle.pairs[bundle.pairs["split"] == "train"]
    known = {
        (bundle.image(q), bundle.image(c)) for q, c in train[["query", "candidate"]].to_numpy()
    }
    assert {(pair["image"], pair["result"]) for pair in shown} <= known
    assert "Why CatBoost ranks it number" in texts(page("recommend", **first))
    upload = bundle.thumbnail_path(bundle.index_of(PICTURE)).read_bytes()
    assert pairs_of(with_upload(app, upload))
    assert not pairs_of(page("recommend", text="A birthday cake."))
    assert not pairs_of(page("recommend", image=PICTURE, ranker="clip"))


def test_it_says_why_an_image_is_not_shown(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE)
    low, missed = (
        gallery_of(app, f"recommend.lost.{kind}")["cards"][0] for kind in ("low", "missed")
    )
    app = page("recommend", image=PICTURE, missing=low["id"])
    assert f"It is number {low['badge']} of" in texts(app).replace("\\", "")
    assert "What it lacks against the last one shown" in texts(app)
    app = page("recommend", image=PICTURE, missing=missed["id"], by="clip")
    assert "It is not among the candidates" in texts(app)
    assert "As a candidate it would be number" in texts(app)
    assert "It is the query itself" in texts(page("recommend", image=PICTURE, missing=PICTURE))
    press(app, "Close")
    assert "missing" not in app.query_params
    assert app.query_params["image"] == PICTURE


def test_controls_change_the_url_and_the_lists(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE)
    plain = ids(columns(app)["model"])
    app.slider(key="recommend.k").set_value(7).run()
    assert app.query_params["k"] == "7"
    assert all(len(column["cards"]) == 7 for column in columns(app).values())
    app.slider(key="recommend.diversity").set_value(0.5).run()
    assert app.query_params["diversity"] == "0.5"
    assert ids(columns(app)["model"]) != plain[:7]
    app.toggle(key="recommend.collapse").set_value(False).run()
    assert app.query_params["collapse"] == "0"
    assert not app.exception


def test_one_ranker_alone_shows_where_relevance_ends(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE, ranker="model", k="50")
    (column,) = columns(app).values()
    end = column["end"]["after"]
    below = [card["below"] for card in column["cards"]]
    assert 0 < end < len(below)
    assert below == [False] * end + [True] * (len(below) - end)


@pytest.mark.parametrize("ranker", ["model", "clip", "bert", "fused"])
def test_every_ranker_answers(bundle: Bundle, ranker: str) -> None:
    assert list(columns(page("recommend", image=PICTURE, ranker=ranker))) == [ranker]


def test_a_text_is_a_query(bundle: Bundle) -> None:
    app = page("recommend")
    app.text_input(key="recommend.text").input("A birthday cake.").run()
    assert app.query_params["text"] == "A birthday cake."
    shown = columns(app)
    assert list(shown) == ["clip", "bert", "fused"]
    (absent,) = gallery_of(app, LISTS)["absent"]
    assert (absent["title"], absent["first"]) == ("CatBoost", True)
    assert "text without a picture" in absent["text"]
    assert all("cake" in ids(column)[0] for column in shown.values())
    assert "fits the text" in texts(app)
    app = page("recommend", text="A birthday cake.", ranker="model")
    assert "pairs of pictures" in texts(app)
    press(app, "Rank with CLIP")
    assert list(columns(app)) == ["clip"]


def test_an_image_asks_with_another_caption(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE, ranker="bert")
    own = ids(columns(app)["bert"])
    app.text_input(key="recommend.recaption").input("A birthday cake.").run()
    assert app.query_params["text"] == "A birthday cake."
    assert app.query_params["image"] == PICTURE
    assert ids(columns(app)["bert"]) != own
    app.text_input(key="recommend.recaption").input("").run()
    assert "text" not in app.query_params
    assert ids(columns(app)["bert"]) == own


def test_a_picture_that_is_brought_stays_until_another_query(bundle: Bundle) -> None:
    data = bundle.thumbnail_path(bundle.index_of(PICTURE)).read_bytes()
    app = with_upload(page("recommend"), data)
    assert list(columns(app)) == ["model", "clip"]
    assert [one["title"] for one in gallery_of(app, LISTS)["absent"]] == ["BERT"]
    assert gallery_of(app, "recommend.query")["src"].startswith("data:image/webp")
    assert f"Left out as the query's own picture: {PICTURE}." in plain(app)
    app.text_input(key="recommend.caption").input("A magpie.").run()
    assert list(columns(app)) == ["model", "clip", "bert"]
    press(app, "Start over")
    assert gallery_of(app, "recommend.examples")["cards"]


def test_a_picture_that_is_no_longer_kept_is_said_to_be_gone(bundle: Bundle) -> None:
    for name in ("recommend", "map"):
        app = page(name, upload="0123456789abcdef0123")
        assert "It is gone" in texts(app)


@pytest.mark.parametrize("data", [b"no picture at all", b""])
def test_a_picture_that_cannot_be_read_gives_a_reason(bundle: Bundle, data: bytes) -> None:
    app = with_upload(page("recommend"), data)
    assert "This picture cannot be read" in texts(app)
    assert gallery_of(app, "recommend.examples")["cards"]


def test_a_picture_that_takes_too_long_gives_a_reason(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = Image.effect_noise((3000, 3000), 60)
    file = BytesIO()
    noise.save(file, "PNG", compress_level=1)
    with monkeypatch.context() as hurried:
        hurried.setattr(workers, "DECODING_SECONDS", 0.01)
        app = with_upload(page("recommend"), file.getvalue())
    assert "This picture cannot be read" in texts(app)
    assert "it took longer than 0.01 seconds" in texts(app).replace("\\", "")
    assert columns(with_upload(app, file.getvalue()))


def test_it_says_whether_a_picture_is_stored(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("recommend", "map"):
        assert "Your picture is not stored." in texts(page(name))
    monkeypatch.setenv("MMREC_UPLOADS", str(tmp_path))
    for name in ("recommend", "map"):
        assert "Your picture is stored on this server" in texts(page(name))


def test_without_a_query_some_are_offered(bundle: Bundle) -> None:
    app = page("recommend")
    assert gallery_of(app, "recommend.examples")["cards"]
    assert len(app.file_uploader) == 1
    assert gallery_of(app, "recommend.paste")["max_bytes"] == 20 * 2**20


@pytest.mark.parametrize("split", ["train", "test"])
def test_it_says_whether_the_ranker_met_the_query(bundle: Bundle, split: str) -> None:
    items = bundle.items
    asked = items[(items["split"] == split) & items["is_query"] & items["label"].notna()]
    app = page("recommend", image=str(asked["image"].iloc[0]))
    met = "CatBoost was trained on this query" in texts(app)
    assert met == (split == "train")
    assert met == any(
        link.proto.label == "Its figures on Errors" for link in app.get("link_button")
    )
    assert "Candidate clusters" not in texts(app)
    assert "whatever their cluster" in texts(app)


def test_lost_images_are_told_by_stage(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE)
    row = bundle.index_of(PICTURE)
    same = (bundle.items["label"] == bundle.items["label"].iat[row]).sum() - 1
    assert f"{same} other images have the query's category." in texts(app)
    low, missed = (gallery_of(app, f"recommend.lost.{kind}")["cards"] for kind in ("low", "missed"))
    shown = {i for column in columns(app).values() for i in ids(column) if column["key"] == "model"}
    assert not {card["id"] for card in (*low, *missed)} & shown
    assert "It is not known what is relevant" in texts(page("recommend", text="a red bird"))


@pytest.mark.parametrize(
    "params", [{"image": "no such.png"}, {"ranker": "no such"}, {"against": "no such"}]
)
def test_what_a_link_names_wrongly_is_said(bundle: Bundle, params: dict[str, str]) -> None:
    app = page("recommend", **params)
    assert "no such" in texts(app)
    assert "Start over" in [button.label for button in app.button]


def test_the_table_to_take_away_has_every_result(bundle: Bundle) -> None:
    query = query_by_name(PICTURE, None)
    comparison = answers.compared(bundle, query, RecommendView(image=PICTURE, k=4))
    table = answer.table(comparison)
    assert len(table) == 12
    total = table.filter(like="contributions: ").sum(axis=1)
    assert total.to_list() == pytest.approx(table["score"].to_list())
    first = table[table["ranker"] == "clip"].iloc[0]
    assert first["rank"] == first["rank_by_clip"] == 1


def test_a_text_of_a_link_that_is_too_long_is_cut() -> None:
    assert len(RecommendView(text="a" * 5000).text or "") == 1000
    assert RecommendView(text="  ").text is None


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        (
            {"image similarity": 1.0, "text similarity": 0.1},
            "Number 1 is above number 4 mostly because its picture is more like the query's.",
        ),
        (
            {"image similarity": 1.0, "text similarity": 0.9, "rank": -0.5},
            "Number 1 is above number 4 mostly because its picture is more like the query's and "
            "its caption is closer to the query's; in favour of number 4, fewer candidates are "
            "as close to the query.",
        ),
        ({"rank": 0.0}, "Nothing that the ranker compares tells the two apart."),
    ],
)
def test_why_one_is_above_another(groups: dict[str, float], sentence: str) -> None:
    assert sentences.above(1, 4, Contributions(0.0, groups, {})) == sentence


def test_examples_come_from_many_clusters(bundle: Bundle) -> None:
    rows = examples(bundle.items, 5)
    assert len(set(bundle.items["cluster"].iloc[rows])) == 5


@pytest.mark.parametrize("role", ROLES)
def test_every_group_of_features_has_its_words(role: str) -> None:
    for value in (1.0, -1.0):
        groups = {other: 0.0 for other in ROLES} | {role: value}
        assert sentences.why(Contributions(0.0, groups, {}))
    beside = {ROLES[0]: 1.0, ROLES[1]: 1.0} | {role: -0.9}
    assert sentences.above(1, 2, Contributions(0.0, beside, {}))
    assert sentences.above(1, 2, Contributions(0.0, {role: 1.0}, {}))


def adds_up(data: dict) -> None:
    """Check that what stands in the list of parts adds up to what stands below it."""
    values = [float(row["value"].replace("−", "-")) for row in data["ledger"]]
    assert values[-1] == pytest.approx(sum(values[:-1]), abs=0.0006 * len(values))


@pytest.mark.parametrize("by", ["model", "clip", "bert", "fused"])
def test_regions_and_words_add_up_to_the_score_of_each_ranker(bundle: Bundle, by: str) -> None:
    app = page("recommend", image=PICTURE, ranker=by, parts="score")
    data = gallery_of(app, "recommend.regions")
    adds_up(data)
    score = columns(app)[by]["cards"][0]["note"]
    assert float(data["ledger"][-1]["value"]) == pytest.approx(float(score), rel=0.05)
    grid, words = data["query"]["grid"], data["query"]["words"]
    theirs = data["results"][0]["item"]
    rows = grid["rows"] * grid["columns"] + len(words) + 2
    matrix = np.frombuffer(base64.b64decode(data["results"][0]["adds"]), "<f4").reshape(rows, -1)
    assert matrix.shape[1] == 81 + len(theirs["words"]) + 2
    undivided = [row for row in data["ledger"] if "not divided" in row["name"]]
    base = [row for row in data["ledger"] if row["name"] == "average pair"]
    numbers = sum(float(row["value"].replace("−", "-")) for row in (*undivided, *base))
    assert matrix.sum() + numbers == pytest.approx(float(data["ledger"][-1]["value"]), abs=0.005)


def test_regions_are_computed_once_they_are_asked_for_and_the_link_keeps_them(
    bundle: Bundle,
) -> None:
    app = page("recommend", image=PICTURE, parts="nonsense")
    with pytest.raises(AssertionError, match="no component"):
        gallery_of(app, "recommend.regions")
    next(t for t in app.toggle if t.label == "Regions and words").set_value(True).run()
    assert app.query_params["parts"] == "score"
    assert gallery_of(app, "recommend.regions")["unit"] == "log-odds"
    measure = next(box for box in app.selectbox if box.label == "What adds up")
    measure.set_value("clip_cosine").run()
    assert app.query_params["parts"] == "clip_cosine"
    data = gallery_of(app, "recommend.regions")
    assert data["unit"] == "cosine"
    adds_up(data)


def test_two_compared_results_show_the_difference_of_their_parts(
    bundle: Bundle,
) -> None:
    places = ids(columns(page("recommend", image=PICTURE))["model"])
    app = page(
        "recommend", image=PICTURE, by="model", result=places[0], against=places[4], parts="score"
    )
    data = gallery_of(app, "recommend.regions")
    assert [result["sign"] for result in data["results"]] == [1, -1]
    assert data["ledger"][-1]["name"] == "difference"
    adds_up(data)


def test_a_visitors_picture_and_a_text_alone_have_parts_too(bundle: Bundle) -> None:
    app = page("recommend", text="a red flower", parts="score")
    data = gallery_of(app, "recommend.regions")
    assert data["query"]["grid"] is None
    assert data["query"]["src"] is None
    assert len(data["query"]["words"]) == 3
    adds_up(data)
    thumbnail = bundle.thumbnail_path(bundle.index_of(PICTURE)).read_bytes()
    app.query_params.clear()
    app.query_params["parts"] = "score"
    app.query_params["upload"] = visitor_pictures.keep(thumbnail)
    data = gallery_of(app.run(), "recommend.regions")
    assert data["query"]["src"].startswith("data:image/webp")
    assert data["query"]["words"] == []
    adds_up(data)


def test_without_the_encoders_the_page_says_why_there_are_no_regions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bundle: Bundle
) -> None:
    folder = with_encoders_that_are_gone(bundle.path, tmp_path / "other")
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    app = page("recommend", image=PICTURE, parts="score")
    assert "There are no regions and words here" in texts(app)
    assert "Why CatBoost ranks it number 1" in texts(app)


def test_a_region_in_the_address_opens_with_its_list_and_a_malformed_one_is_ignored(
    bundle: Bundle,
) -> None:
    drawn = "only:0.100,0.000,0.900,0.600"
    app = page("recommend", image=PICTURE, by="clip", region=drawn)
    assert gallery_of(app, "recommend.each_region")["box"] == [0.1, 0.0, 0.9, 0.6]
    assert "This part only" in plain(app)
    assert "Without each word of the caption" in texts(app)
    for malformed in ("only:0.9,0,0.1,1", "only:0.100,0.100,0.110,0.110", "<b>", "only:nan"):
        assert RecommendView(region=malformed).region == ""
    app = page("recommend", image=PICTURE, region="only:0.9,0,0.1,1")
    assert not app.exception
    assert "Without each word of the caption" not in texts(app)


def test_what_an_altered_query_shows_leads_on_by_links(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE, by="clip", region="without:0.000,0.000,1.000,0.500")
    links = links_of(app, "class='moved'")
    assert len(links) >= 10
    for _text, address in links:
        params = dict(parse_qsl(urlsplit(address).query))
        assert params["image"] == PICTURE
        assert params.get("result", params.get("missing")) in bundle


def test_a_region_of_a_visitors_picture_is_asked_about_without_a_caption(bundle: Bundle) -> None:
    app = page("recommend", image=PICTURE)
    data = bundle.thumbnail_path(bundle.index_of(PICTURE)).read_bytes()
    app.query_params.clear()
    app.query_params["upload"] = visitor_pictures.keep(data)
    app.query_params["region"] = "only:0.000,0.000,1.000,0.500"
    app.run()
    assert "The query has no word that could be left out." in texts(app)
    assert len(links_of(app, "class='moved'")) >= 10
    assert gallery_of(app, "recommend.each_region")["src"].startswith("data:image/webp")


def test_two_results_of_catboost_say_the_smallest_change_that_would_swap_them(
    bundle: Bundle,
) -> None:
    places = ids(columns(page("recommend", image=PICTURE))["model"])
    app = page("recommend", image=PICTURE, by="model", result=places[4], against=places[1])
    assert "For number 5 to come above number 2, at the least:" in texts(app).replace("\\", "")
