"""Query sets on the pages, run without a browser: figures, pairs and queue are of the set alone."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.preferences.store import Preferences, ShownList
from mmrec_core.query_sets.builds import BuildRecords
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import verdict_place
from tests.altered_bundles import with_captions_dealt_out, without_pairs
from tests.app.pages import figure, follow, gallery_of, links_of, page, texts

BIRDS = "Птицы & *birds*"


@pytest.fixture
def sets(bundle: Bundle) -> QuerySets:
    return QuerySets(verdict_place(bundle.path))


@pytest.fixture
def birds(bundle: Bundle, sets: QuerySets) -> list[str]:
    """A set of all birds, and of two names that are none of the bundle's."""
    items = bundle.items
    names = items.loc[items["is_query"] & (items["label"] == "animals/birds"), "image"].tolist()
    sets.add(QuerySet(BIRDS, (*names, "gone.png", "<b>.png"), "picked", "Ann"))
    return names


def html_of(app: AppTest) -> str:
    return "\n".join(node.proto.body for node in app.get("html"))


def opened(app: AppTest) -> AppTest:
    """Open the popover of query sets."""
    app.session_state["query-sets"] = True
    return app.run()


def test_figures_are_those_of_the_set(bundle: Bundle, birds: list[str]) -> None:
    app = page("evaluation", set=BIRDS)
    assert not app.exception
    scored = scored_pairs(Recommender(bundle))
    rows = [bundle.index_of(name) for name in birds]
    among = scored[scored["query"].isin(rows)]
    auc = measure(among, bundle.manifest.seed)["rankers"]["clip"]["auc"]
    assert f"{auc['value']:.2f}" in html_of(app)
    said = texts(app)
    assert f"{len(birds)} held-out queries with {len(among):,} pairs" in said
    assert f"{len(birds)} of {len(birds) + 2} queries" in said
    assert "2 are no images of this bundle" in said
    assert "Over the whole collection" not in said
    assert all("set=" in href for _text, href in links_of(app, "worse_than"))


def test_the_table_of_queries_lists_the_set(bundle: Bundle, birds: list[str]) -> None:
    app = page("evaluation", view="queries", set=BIRDS)
    assert f"{len(birds)} held-out queries" in texts(app)
    chip = next(button for button in app.button if button.key == "EvaluationView.set")
    chip.click()
    app.run()
    assert "set" not in app.query_params
    assert f"{bundle.metrics['queries']} held-out queries" in texts(app)


def test_pairs_and_queue_are_of_the_set(bundle: Bundle, birds: list[str]) -> None:
    app = page("errors", kind="all", set=BIRDS)
    shown = gallery_of(app, "errors.pairs")["pairs"]
    assert shown
    assert {pair["query"]["id"] for pair in shown} <= set(birds)
    queue = page("errors", view="queue", set=BIRDS)
    assert gallery_of(queue, "errors.queue")["query"]["id"] in birds
    assert f"query 1 of {len(birds)}" in texts(queue)


@pytest.mark.parametrize(
    "view",
    [("evaluation", "figures"), ("evaluation", "builds"), ("errors", "pairs"), ("errors", "queue")],
)
def test_a_link_with_a_set_that_is_not_here_says_so(
    bundle: Bundle, birds: list[str], view: tuple[str, str]
) -> None:
    app = page(view[0], view=view[1], set="Beasts")
    said = texts(app)
    assert "There is no query set “Beasts” here" in said
    assert BIRDS in said


def test_a_set_of_which_nothing_is_held_out_leaves_an_empty_page(
    bundle: Bundle, sets: QuerySets
) -> None:
    sets.add(QuerySet("gone", ("gone.png",), "picked", "Ann"))
    for name, view in (("evaluation", "figures"), ("errors", "pairs")):
        app = page(name, view=view, set="gone")
        assert not app.exception
        assert "No query of this set is held out here" in texts(app)


def test_a_set_of_one_query_is_measured_and_said_to_be_small(
    bundle: Bundle, birds: list[str], sets: QuerySets
) -> None:
    sets.add(QuerySet("one", (birds[0],), "picked", "Ann"))
    app = page("evaluation", set="one")
    assert not app.exception
    assert "So few queries say little" in texts(app)


def test_a_table_is_saved_as_a_set_and_chosen(bundle: Bundle, sets: QuerySets) -> None:
    app = opened(page("evaluation", view="queries", label="animals/birds", reviewer="Ann"))
    app.text_input(key="query-sets.name").input("Bi\N{SOFT HYPHEN}rds")
    app.button(key="query-sets.save").click()
    app.run()
    (made,) = sets.all()
    assert (made.name, made.reviewer, made.digest) == ("Birds", "Ann", bundle.digest)
    labels = bundle.items.set_index("image")["label"]
    assert set(labels[list(made.images)]) == {"animals/birds"}
    assert app.query_params["set"] == "Birds"


def test_a_draw_is_saved_renamed_and_removed(bundle: Bundle, sets: QuerySets) -> None:
    app = opened(page("errors", reviewer="Ann"))
    app.number_input(key="query-sets.n").set_value(7)
    app.number_input(key="query-sets.seed").set_value(3)
    app.text_input(key="query-sets.name").input("Seven")
    app.button(key="query-sets.save").click()
    app.run()
    assert [len(each.images) for each in sets.all()] == [7]
    opened(app).text_input(key="query-sets.rename").input("Sep\N{SOFT HYPHEN}tem")
    app.run()
    assert [each.name for each in sets.all()] == ["Septem"]
    assert app.query_params["set"] == "Septem"
    opened(app).button(key="query-sets.remove").click()
    app.run()
    assert sets.all() == []
    assert "set" not in app.query_params


def test_builds_are_followed_once_there_are_two(
    demo_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    photos = tmp_path / "photos"
    shutil.copytree(demo_bundle, photos)
    monkeypatch.setenv("MMREC_BUNDLE", str(photos))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "kept"))
    assert "One build is recorded" in texts(page("evaluation", view="builds"))
    shutil.rmtree(photos)
    with_captions_dealt_out(demo_bundle, photos)
    app = page("evaluation", view="builds", ranker="bert")
    records = BuildRecords(verdict_place(photos))
    assert [each.digest for each in records.newest()] == [
        open_bundle(demo_bundle).digest,
        open_bundle(photos).digest,
    ]
    drawn = figure(app, "builds.plot")["data"]
    assert drawn[-1]["name"] == "worse than the build before"
    assert "worse" in html_of(app)


def test_a_bundle_without_pairs_offers_no_sets(
    demo_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMREC_BUNDLE", str(without_pairs(demo_bundle, tmp_path / "bare")))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    for name in ("browse", "errors", "evaluation"):
        assert not page(name).exception
    assert BuildRecords(tmp_path / "bare.verdicts.sqlite").newest() == []


def test_compare_draws_from_the_set_and_its_figures_are_of_it(
    bundle: Bundle, birds: list[str]
) -> None:
    everything = gallery_of(page("compare", reviewer="Ann"), "compare.session")
    app = page("compare", reviewer="Ann", set=BIRDS)
    shown = gallery_of(app, "compare.session")
    assert {item["query"]["id"] for item in shown["items"]} <= set(birds)
    assert shown["comparison"] != everything["comparison"]
    preferences = Preferences(verdict_place(bundle.path))
    for item in (everything["items"][0], shown["items"][0]):
        left, right = (
            ShownList(
                item[side]["system"],
                tuple(picture["id"] for picture in item[side]["pictures"]),
                bundle.digest,
            )
            for side in ("left", "right")
        )
        preferences.prefer(item["query"]["id"], left, right, "left", k=5, reviewer="Ann")
    figures = texts(page("compare", view="figures", set=BIRDS)).replace("\\", "")
    assert f"of {len(birds)} queries" in figures
    assert "older judgement" not in figures
    assert "judged in a query set" not in figures
    everything = texts(page("compare", view="figures")).replace("\\", "")
    assert "judged in a query set" in everything
    assert re.search(r"wins \d+ % \[\d+, \d+\] against .+, of 2 judged queries alone", everything)
    assert "There is no query set" in texts(page("compare", set="Beasts"))


def test_a_set_too_small_to_settle_it_asks_for_another_one(
    bundle: Bundle, birds: list[str], sets: QuerySets
) -> None:
    item = gallery_of(page("compare", reviewer="Ann", set=BIRDS), "compare.session")["items"][0]
    rest = next(name for name in birds if name != item["query"]["id"])
    sets.add(QuerySet("Two", (item["query"]["id"], rest), "picked", "Ann"))
    left, right = (
        ShownList(
            item[side]["system"],
            tuple(picture["id"] for picture in item[side]["pictures"]),
            bundle.digest,
        )
        for side in ("left", "right")
    )
    preferences = Preferences(verdict_place(bundle.path))
    preferences.prefer(item["query"]["id"], left, right, "left", k=5, reviewer="Ann")
    app = page("compare", view="figures", set="Two")
    said = texts(app).replace("\\", "")
    assert re.search(r"the 1 query left is too few|all queries have been judged", said)
    assert "A larger query set, or all queries, may settle it" in said
    assert re.search(r"Left to judge: [01]\.", html_of(app))


def test_recommend_goes_from_query_to_query_of_the_set(bundle: Bundle, birds: list[str]) -> None:
    app = page("evaluation", view="queries", set=BIRDS, sort="image")
    links = [href for _text, href in links_of(app, "class='query'")]
    follow(app, next(href for href in links if "recommend" in href))
    assert f" of {len(birds)}" in texts(app)
    app = page("recommend", image=birds[0], set=BIRDS)
    assert f"1 of {len(birds)}" in texts(app)
    follow(
        app,
        next(link for link in app.get("link_button") if link.proto.label == "Next query").proto.url,
    )
    assert birds[1] in app.query_params["image"]
    assert f"2 of {len(birds)}" in texts(app)
    alone = page("recommend", image="town/houses/igloo.png", set=BIRDS)
    assert f" of {len(birds)}" not in texts(alone)
    assert "There is no query set" in texts(page("recommend", image=birds[0], set="Beasts"))


def test_a_bundle_of_nothing_known_still_makes_sets_of_files(
    demo_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare = without_pairs(demo_bundle, tmp_path / "bare")
    monkeypatch.setenv("MMREC_BUNDLE", str(bare))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    app = opened(page("compare", reviewer="Ann"))
    assert not app.exception
    app.text_input(key="query-sets.name").input("None")
    app.button(key="query-sets.save").click()
    app.run()
    assert not app.exception
    assert QuerySets(verdict_place(bare)).all() == []
