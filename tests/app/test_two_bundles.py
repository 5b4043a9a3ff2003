"""The views of two bundles, run without a browser on real ones."""

import io
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mmrec_app.evaluation import build_settings
from mmrec_app.served import visitor_pictures
from mmrec_app.served.routes import routes
from mmrec_app.words import formats
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.collection.map_grid import NO_CODE
from mmrec_core.differences.compare import Differences, differences
from mmrec_core.differences.matching import System
from mmrec_core.differences.queries import both_ends
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import verdict_place
from tests.altered_bundles import with_captions_dealt_out, without_pairs
from tests.app.pages import figure, gallery_of, links_of, page, press, texts

PICTURE = "animals/birds/magpie.png"


@pytest.fixture(scope="module")
def folder(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    (folder / "demo").symlink_to(demo_bundle.resolve())
    with_captions_dealt_out(demo_bundle, folder / "worse")
    without_pairs(demo_bundle, folder / "bare")
    (folder / "broken").mkdir()
    (folder / "broken" / layout.MANIFEST).write_text("{}")
    return folder


@pytest.fixture(scope="module")
def compared(folder: Path) -> Differences:
    a, b = (System.of(Recommender(open_bundle(folder / name))) for name in ("demo", "worse"))
    return differences(a, b, ranker="bert")


@pytest.fixture
def served(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(folder))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    return next(path.resolve().name for path in folder.iterdir() if path.is_symlink())


def systems(served: str, **params: str) -> AppTest:
    return page("evaluation", bundle=served, view="systems", **params)


def tables(app: AppTest) -> str:
    return "\n".join(node.proto.body for node in app.get("html"))


def test_differences_stand_in_a_table_with_what_they_rest_on(
    served: str, compared: Differences
) -> None:
    app = systems(served, against="worse", ranker="bert")
    shown, said = tables(app), texts(app)
    assert "1 of A, 1 of B" in said.replace("\\", "")
    ndcg = compared.figure("ndcg@5")
    assert ndcg.is_worse
    assert f"<b>{formats.thousandths(ndcg.difference['value'])}</b>" in shown
    assert f"{ndcg.better} better, {ndcg.worse} worse" in shown
    assert f"{compared.slices.beyond} of {len(compared.slices.table)} slices" in said


def test_queries_that_moved_lead_to_their_lists(served: str, compared: Differences) -> None:
    app = systems(served, against="worse", ranker="bert")
    moved = re.findall(r"class='query' href='([^']*)'", tables(app))
    ends = both_ends(compared.queries)
    images = [image for end in ends for image in end["image"].head(10)]
    for href, image in zip(map(unescape, moved), images, strict=True):
        assert urlsplit(href).path == "recommend"
        assert f"image={image.replace('/', '%2F')}" in href
        assert "other=worse" in href
    points = figure(app, "evaluation.moved")["data"]
    ndcg = compared.figure("ndcg@5")
    assert [len(trace["customdata"]) for trace in points] == [ndcg.better, ndcg.equal, ndcg.worse]


def test_a_set_chosen_by_the_outcome_is_no_evidence(
    served: str, folder: Path, compared: Differences
) -> None:
    sets = QuerySets(verdict_place(folder / served))
    images = tuple(both_ends(compared.queries)[0]["image"])
    sets.add(QuerySet("worse", images, "worse in worse by ndcg@5", "Ann"))
    sets.add(QuerySet("picked", images, "from worse.txt", "Ann"))
    sets.add(QuerySet("few", images[:3], "picked", "Ann"))
    warned = "chosen by how they came out"
    by_set = {
        name: systems(served, against="worse", ranker="bert", set=name)
        for name in ("worse", "picked", "few")
    }
    said = [[warning.value for warning in app.warning] for app in by_set.values()]
    assert warned in str(said[0])
    assert said[1:] == [[], []]
    assert "cannot be compared on this query set" in texts(by_set["few"])


def test_settings_of_the_builds_that_differ_are_named(bundle: Bundle) -> None:
    manifest = bundle.manifest
    bare = manifest.model_copy(
        update={"counts": manifest.counts.model_copy(update={"with_text": 0}), "relevance": None}
    )
    (said,) = build_settings.that_differ(manifest, bare)
    assert f"images with a caption – {manifest.counts.with_text} in A, 0 in B" in said
    assert "relevance – by labels in A, – in B" in said
    assert list(build_settings.that_differ(manifest, manifest)) == []


def test_a_slice_leads_to_its_queries(served: str, compared: Differences) -> None:
    app = systems(served, against="worse", ranker="bert")
    (_text, href), *_others = links_of(app, "view=queries")
    first = compared.slices.table.iloc[0]
    assert f"slice={first['kind'].replace(' ', '+')}%3A" in href


def test_the_choice_is_in_the_address(served: str) -> None:
    app = systems(served)
    assert not app.get("plotly_chart")
    app.selectbox(key="evaluation.against").select("worse").run()
    assert app.query_params["against"] == "worse"
    assert len(app.get("plotly_chart")) == 1


def test_what_cannot_be_compared_is_said(served: str) -> None:
    assert "Nothing to measure on" not in texts(systems(served, against="bare"))
    assert "These two cannot be compared" in texts(systems(served, against="bare"))
    assert "No bundle named" in texts(systems(served, against="gone"))


def test_a_bundle_alone_says_so(bundle: Bundle) -> None:
    app = page("evaluation", view="systems")
    assert "No other bundle of these images is served" in texts(app)
    assert not [box for box in page("recommend", image=PICTURE).selectbox if "bundle" in box.label]
    assert "Who wins" not in str(page("map").selectbox(key="map.colour").options)
    assert "No bundle named" in texts(page("map", colour="wins", against="gone"))


def lists(app: AppTest) -> dict[str, dict]:
    return {column["key"]: column for column in gallery_of(app, "recommend.lists")["columns"]}


def test_a_query_has_both_bundles_lists_with_the_place_in_the_other(served: str) -> None:
    app = page("recommend", bundle=served, image=PICTURE, other="worse", ranker="clip", k="6")
    shown = lists(app)
    assert list(shown) == ["A", "B"]
    assert gallery_of(app, "recommend.lists")["joined"]
    for a, b in zip(shown["A"]["cards"], shown["B"]["cards"], strict=True):
        assert a["id"] == b["id"]
        assert a["elsewhere"][0]["rank"] == b["rank"]
        assert a["only"] is None
    assert "6 are in both; 0 only in A, 0 only in B" in texts(app).replace("\\", "")
    assert "place 1" in str(gallery_of(app, "recommend.moved")["facts"])


def test_a_card_names_the_results_that_its_image_is_in_alone(served: str) -> None:
    app = page("recommend", bundle=served, image=PICTURE, other="worse", other_by="clip", k="6")
    assert "only in A’s 6" in {card["only"] for card in lists(app)["A"]["cards"]}
    assert "only in B’s 6" in {card["only"] for card in lists(app)["B"]["cards"]}


def test_the_only_other_bundle_colours_the_map(
    served: str, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("demo", "worse"):
        (tmp_path / "two" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "two" / name).symlink_to((folder / name).resolve())
    monkeypatch.setenv("MMREC_BUNDLES", str(tmp_path / "two"))
    app = page("map", bundle=served, colour="wins")
    assert not app.exception
    assert app.selectbox(key="map.against").value == "worse"
    assert "Choose a bundle to compare with" not in texts(app)


def test_a_bundle_without_labels_answers_by_what_it_has(served: str) -> None:
    app = page("recommend", bundle=served, image=PICTURE, other="bare")
    shown = lists(app)
    assert (shown["A"]["title"], shown["B"]["title"]) == ("A · CatBoost", "B · CLIP + BERT mean")
    assert "CatBoost has no list for this query in B" in texts(app).replace("\\", "")
    app.selectbox(key="recommend.other_by").select("bert").run()
    assert lists(app)["B"]["title"] == "B · BERT"
    assert lists(page("recommend", bundle="bare", image=PICTURE, other="worse"))["A"]["cards"]


def test_the_other_bundle_is_chosen_and_left_by_the_address(served: str) -> None:
    app = page("recommend", bundle=served, image=PICTURE)
    app.selectbox(key="recommend.other").select("worse").run()
    assert app.query_params["other"] == "worse"
    assert list(lists(app)) == ["A", "B"]
    app.selectbox(key="recommend.other").set_value(None).run()
    assert list(lists(app)) == ["model", "clip", "bert"]


def test_the_map_colours_queries_by_who_wins(served: str, compared: Differences) -> None:
    app = page("map", bundle=served, colour="wins", against="worse", ranker="bert")
    data = gallery_of(app, "map.canvas")
    client = TestClient(Starlette(routes=routes()))
    codes = np.frombuffer(client.get(f"/{data['codes']}").content, "<u2")
    legend = client.get(f"/{data['legend']}").json()["entries"]
    ndcg = compared.figure("ndcg@5")
    counts = {
        side: sum(int((codes == one["code"]).sum()) for one in legend if side in one["name"])
        for side in ("A better", "B better", "equal")
    }
    assert counts == {"A better": ndcg.worse, "B better": ndcg.better, "equal": ndcg.equal}
    in_colour = np.frombuffer(client.get(f"/{data['shown']}").content, np.uint8)
    measured = np.unpackbits(in_colour, bitorder="little")[: len(codes)].astype(bool)
    assert (measured == (codes != NO_CODE)).all()
    said = client.get(f"/{data['texts']}").json()
    worst = compared.queries.iloc[0]
    assert f"{formats.digits(worst['difference'], signed=True)}" in said[str(worst["query"])]
    app = page("map", bundle=served, colour="wins", against="worse", ranker="bert", isolate="a-far")
    far = compared.queries["difference"] <= -0.25
    assert f"{int(far.sum())} images selected" in texts(app)


def test_the_map_says_what_it_cannot_compare(served: str) -> None:
    assert "These two cannot be compared" in texts(
        page("map", bundle=served, colour="wins", against="bare")
    )
    app = page("map", bundle=served, colour="wins")
    assert "Choose a bundle to compare with" in texts(app)
    app.selectbox(key="map.against").select("worse").run()
    assert app.query_params["against"] == "worse"
    assert gallery_of(app, "map.canvas")["texts"]


def test_the_queue_has_what_got_worse_the_worst_first(
    served: str, folder: Path, compared: Differences
) -> None:
    app = page("errors", bundle="worse", view="queue", order="worse", against=served, ranker="bert")
    b, a = (System.of(Recommender(open_bundle(folder / name))) for name in ("worse", "demo"))
    moved = differences(b, a, ranker="bert").queries
    lost = moved[moved["difference"] > 0]
    assert f"{len(lost)} of {len(moved)} queries are worse here" in texts(app).replace("\\", "")
    shown = gallery_of(app, "errors.queue")
    most = lost["difference"].max()
    assert shown["query"]["id"] in set(lost.loc[lost["difference"] == most, "image"])
    assert ["worse by", f"{formats.digits(most)} nDCG@5"] in shown["facts"]
    assert f"query 1 of {len(lost)}" in texts(app)
    press(app, "Both lists")
    assert app.query_params["other"] == served
    assert list(lists(app)) == ["A", "B"]


def test_the_queue_asks_for_the_other_bundle(served: str) -> None:
    app = page("errors", bundle=served, view="queue", order="worse")
    assert "Choose a bundle to compare with" in texts(app)
    app.selectbox(key="errors.queue.against").select("worse").run()
    assert app.query_params["against"] == "worse"
    assert "queries are worse here than in worse" in texts(app)
    app = page("errors", bundle=served, view="queue", order="worse", against="bare")
    assert "These two cannot be compared" in texts(app)


def test_a_query_that_the_other_bundle_lacks_is_said(served: str, folder: Path) -> None:
    a, b = (set(open_bundle(folder / name).items["image"]) for name in ("demo", "worse"))
    (image,) = a - b
    app = page("recommend", bundle=served, image=image, other="worse")
    assert "This query is not in worse" in texts(app)
    assert "model" in lists(app)
    for name, said in (("gone", "No bundle named"), (served, "compared with itself")):
        app = page("recommend", image=image, bundle=served, other=name)
        assert said in texts(app)
        assert list(lists(app)) == ["model", "clip", "bert"]


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("recommend", {"image": PICTURE, "other": "broken"}),
        ("map", {"colour": "wins", "against": "broken"}),
        ("evaluation", {"view": "systems", "against": "broken"}),
        ("errors", {"view": "queue", "order": "worse", "against": "broken"}),
    ],
)
def test_a_bundle_that_cannot_be_read_is_said_on_each_page(
    served: str, name: str, params: dict[str, str]
) -> None:
    assert "This bundle cannot be opened" in texts(page(name, bundle=served, **params))


def test_both_bundles_answer_a_text_and_a_picture(served: str) -> None:
    app = page("recommend", bundle=served, text="a red bird", other="worse")
    titles = [column["title"] for column in lists(app).values()]
    assert titles == ["A · CLIP + BERT mean", "B · CLIP + BERT mean"]
    drawn = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(drawn, "PNG")
    kept = visitor_pictures.keep(drawn.getvalue())
    app = page("recommend", bundle=served, upload=kept, other="worse", ranker="clip")
    assert [len(column["cards"]) for column in lists(app).values()] == [10, 10]


def test_what_is_worse_in_the_other_bundle_is_saved_as_a_query_set(
    served: str, compared: Differences, folder: Path
) -> None:
    app = systems(served, against="worse", ranker="bert", reviewer="Ann")
    app.session_state["query-sets"] = True
    app.run()
    app.text_input(key="query-sets.name").input("Worse")
    app.button(key="query-sets.save").click()
    app.run()
    assert not app.exception
    (made,) = QuerySets(verdict_place(folder / served)).all()
    moved = compared.queries
    assert set(made.images) == set(moved.loc[moved["difference"] < 0, "image"])
    assert f"0 better, {len(made.images)} worse" in tables(app)
