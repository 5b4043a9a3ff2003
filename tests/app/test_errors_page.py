"""The page Errors: the pair browser, the queue, verdicts, and the widgets that other pages use."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmrec_app.errors.pairs import PAGE_SIZE
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.evaluation.scored_pairs import per_query_table, scored_pairs
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.queue import ORDERS
from mmrec_core.verdicts.store import VerdictStore
from tests.altered_bundles import altered, cross_fitted, without_pairs

from .pages import follow, gallery_of, page, texts

HOSTILE = '**Eve** <img src=x onerror="owned=1">'


@pytest.fixture
def store(bundle: Bundle) -> VerdictStore:
    return VerdictStore(verdict_place(bundle.path))


@pytest.fixture
def scored(bundle: Bundle) -> pd.DataFrame:
    return scored_pairs(Recommender(bundle))


def test_the_pair_browser_shows_the_worst_pairs_first(bundle: Bundle, scored: pd.DataFrame) -> None:
    app = page("errors", threshold="0.5")
    shown = gallery_of(app, "errors.pairs")
    wrong = scored[(scored["relevance"] == 0) & (scored["model_probability"] >= 0.5)]
    worst = wrong.sort_values("model_probability", ascending=False, kind="stable").iloc[0]
    assert len(shown["pairs"]) == PAGE_SIZE
    assert not any(pair["relevant"] for pair in shown["pairs"])
    assert shown["pairs"][0]["query"]["id"] == bundle.image(int(worst["query"]))
    assert shown["pairs"][0]["candidate"]["id"] == bundle.image(int(worst["candidate"]))
    assert f"{len(wrong):,} pairs, page 1 of {-(-len(wrong) // PAGE_SIZE)}" in texts(app)


def test_kind_ranker_threshold_and_filters_live_in_the_url(
    bundle: Bundle, scored: pd.DataFrame
) -> None:
    app = page("errors", kind="positives", ranker="clip")
    app.slider(key="errors.threshold").set_value(0.9).run()
    assert app.query_params["threshold"] == "0.9"
    shown = gallery_of(app, "errors.pairs")
    assert (shown["ranker"], shown["threshold"]) == ("clip", 0.9)
    assert all(pair["relevant"] for pair in shown["pairs"])
    query = bundle.image(int(scored["query"].iloc[0]))
    app = page("errors", kind="all", query=query)
    assert {pair["query"]["id"] for pair in gallery_of(app, "errors.pairs")["pairs"]} == {query}
    app = page("errors", kind="all", cluster="3")
    for pair in gallery_of(app, "errors.pairs")["pairs"]:
        rows = [bundle.index_of(pair[side]["id"]) for side in ("query", "candidate")]
        assert 3 in bundle.cluster_of[rows]
    assert "No such pairs" in texts(page("errors", kind="positives", threshold="0"))


def test_the_queue_goes_by_what_is_asked(bundle: Bundle, scored: pd.DataFrame) -> None:
    table = per_query_table(scored)
    app = page("errors", view="queue", open="1")
    first = bundle.image(int(table.sort_values("disagreement", kind="stable")["query"].iloc[-1]))
    shown = gallery_of(app, "errors.queue")
    assert shown["query"]["id"] == first
    assert [column["ranker"] for column in shown["columns"]] == ["model", "clip", "bert"]
    assert f"query 1 of {len(table)} · graded: 0 of {len(table)}, 0 reviewers" in texts(app)
    app.button(key="errors.step.1").click().run()
    second = gallery_of(app, "errors.queue")["query"]["id"]
    assert second != first
    assert app.query_params["query"] == second

    worst = table.sort_values("model_ndcg", kind="stable")["query"].iloc[0]
    shown = gallery_of(page("errors", view="queue", order="ndcg"), "errors.queue")
    assert shown["query"]["id"] == bundle.image(int(worst))
    shown = gallery_of(page("errors", view="queue", scope="training"), "errors.queue")
    names = [card["id"] for column in shown["columns"] for card in column["cards"]]
    splits = bundle.items.set_index("image")["split"]
    assert splits[shown["query"]["id"]] != "test"
    assert ["nDCG@5 from", "a ranker that never met this query"] in shown["answers"]
    assert not (splits[names] == "test").any()


def test_reviewers_share_the_queue_in_parts(bundle: Bundle, scored: pd.DataFrame) -> None:
    everything = page("errors", view="queue")
    everything.number_input(key="errors.queue.parts").set_value(3).run()
    assert everything.query_params["share"] == "1/3"
    links = [link.proto for link in everything.get("link_button") if "Part" in link.proto.label]
    sizes = [int(re.search(r"0 of (\d+) graded", link.label)[1]) for link in links]
    assert sum(sizes) == scored["query"].nunique()
    second = follow(everything, links[1].url)
    assert f"query 1 of {sizes[1]}" in texts(second)
    shown = gallery_of(second, "errors.queue")["query"]["id"]
    first = gallery_of(page("errors", view="queue", share="1/3"), "errors.queue")["query"]["id"]
    assert shown != first
    assert f"query 1 of {sum(sizes)}" in texts(page("errors", view="queue", share="7/3"))


def test_a_link_opens_the_queue_at_its_query_with_its_grades(
    bundle: Bundle, store: VerdictStore, scored: pd.DataFrame
) -> None:
    query = bundle.image(int(scored.loc[scored["fold"] == HELD_OUT, "query"].iloc[-1]))
    shown = gallery_of(page("errors", view="queue", query=query), "errors.queue")
    candidate = shown["columns"][0]["cards"][0]["id"]
    store.grade(query, candidate, 4, reviewer="Ann", note="a twin")
    store.grade(query, candidate, 2, reviewer=HOSTILE)
    store.tag([candidate], "twins", reviewer="Ann")
    app = page("errors", view="queue", query=query, reviewer="Ann")
    shown = gallery_of(app, "errors.queue")
    assert shown["query"]["id"] == query
    said = shown["grades"][query][candidate]
    assert said == {"grade": 4, "note": "a twin", "others": f"{HOSTILE} 2"}
    assert shown["tags"] == {candidate: ["twins"]}
    assert "1 verdict by Ann" in texts(app)


def test_a_link_that_names_no_image_is_told(bundle: Bundle) -> None:
    assert "none.png" in texts(page("errors", view="queue", query="none.png"))


def reviewing() -> None:
    """Take events as a component sends them."""
    import streamlit as st

    from mmrec_app.frame import opening
    from mmrec_app.shared import grading, reviewer

    reviewer.name()
    grading.take(opening.current_bundle(), "k", go=lambda event: st.write(f"went {event['step']}"))


def test_events_are_kept_in_order_and_once(bundle: Bundle, store: VerdictStore) -> None:
    query, first, second = map(bundle.image, (0, 1, 2))
    pair = {"query": query, "candidate": first, "ranker": "clip", "rank": 2}
    app = AppTest.from_function(reviewing)
    app.query_params["reviewer"] = "Ann"
    events = [
        {"n": 1, "kind": "grade", "grade": 1, **pair},
        {"n": 2, "kind": "grade", "grade": 3, **pair},
        {"n": 3, "kind": "note", "note": "why", "query": query, "candidate": first},
        {"n": 4, "kind": "grade", "grade": 2, **pair, "candidate": second},
        {"n": 5, "kind": "withdraw", **pair, "candidate": second},
        {"n": 6, "kind": "grade", "grade": 4, **pair, "candidate": "none.png"},
        {"n": 7, "kind": "tag", "candidate": second, "tag": "odd"},
        {"n": 8, "kind": "go", "step": 1},
    ]
    app.session_state["k"] = {"events": events}
    app.run()
    assert not app.exception
    given = store.verdicts()
    columns = ["query", "candidate", "grade", "reviewer", "note", "ranker", "rank"]
    assert given[columns].to_numpy().tolist() == [[query, first, 3, "Ann", "why", "clip", 2]]
    assert given["digest"].tolist() == [bundle.digest]
    assert store.tags()["image"].tolist() == [second]
    assert texts(app) == "went 1"
    store.withdraw(query, first, reviewer="Ann")
    app.run()  # the same events again
    assert store.verdicts().empty


def test_strange_events_are_no_events(bundle: Bundle, store: VerdictStore) -> None:
    query, first = map(bundle.image, (0, 1))
    grade = {"kind": "grade", "grade": 1, "query": query, "candidate": first, "ranker": "clip"}
    strange = [
        *(5, None, {}, {"n": 1}, {"n": None, **grade, "rank": 1}, {"kind": "reviewer", "n": 1}),
        *({"n": 1, "kind": "go"}, {"n": 1, "kind": "go", "step": "x"}, {"n": 1, "kind": ["go"]}),
        *({"n": 1, **grade}, {"n": 1, **grade, "rank": 1, "query": [query]}),
        {"n": float("nan"), **grade, "rank": 1},
    ]
    app = AppTest.from_function(reviewing)
    for events in (5, [*strange, {"n": 2, "kind": "tag", "candidate": first, "tag": "odd"}]):
        app.session_state["k"] = {"events": events}
        app.run()
        assert not app.exception
    assert store.verdicts().empty
    assert store.tags()["tag"].tolist() == ["odd"]


def test_a_verdict_that_cannot_be_kept_is_told_and_not_a_traceback(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "file"))
    app = AppTest.from_function(reviewing)
    pair = {"query": bundle.image(0), "candidate": bundle.image(1), "ranker": "clip", "rank": 1}
    app.session_state["k"] = {"events": [{"n": 1, "kind": "grade", "grade": 1, **pair}]}
    app.run()
    assert not app.exception
    said = app.toast[0].value.replace("\\", "")
    assert "MMREC" in said
    assert "nothing was saved" in said


def test_damaged_verdicts_are_told_on_the_page(
    bundle: Bundle, store: VerdictStore, tmp_path: Path
) -> None:
    store.path.write_text("no database, by far " * 100)
    for view in ("queue", "verdicts"):
        assert "damaged" in texts(page("errors", view=view))


def test_verdicts_are_listed_compared_and_filtered(
    bundle: Bundle, store: VerdictStore, scored: pd.DataFrame
) -> None:
    assert "No verdicts yet" in texts(page("errors", view="verdicts"))
    held_out = scored[scored["fold"] == HELD_OUT]
    pairs = held_out[held_out["query"] == held_out["query"].iloc[0]].iloc[:6]
    for place, (query, candidate) in enumerate(pairs[["query", "candidate"]].to_numpy()):
        for reviewer, grade in (("Ann", 1 + place % 4), (HOSTILE, 1 + (place + 1) % 4)):
            store.grade(
                bundle.image(query), bundle.image(candidate), grade, reviewer=reviewer,
                note="odd" if place == 0 and reviewer == "Ann" else None,
            )  # fmt: skip
    app = page("errors", view="verdicts")
    assert "12 verdicts" in texts(app)
    assert "over 6 pairs" in texts(app)
    assert app.metric[0].label == "Krippendorff's α"
    assert "12 verdicts on 6 pairs of 1 queries held out" in texts(app)
    assert HOSTILE not in texts(app)
    assert [button.label for button in app.get("download_button")] == [
        "CSV", "JSON Lines", "Parquet",
    ]  # fmt: skip
    app.selectbox(key="errors.verdicts.by").set_value("Ann").run()
    assert app.query_params["by"] == "Ann"
    assert set(app.dataframe[0].value["reviewer"]) == {"Ann"}
    assert len(page("errors", view="verdicts", noted="1").dataframe[0].value) == 1


def widgets() -> None:
    """Draw the widgets that other pages use."""
    from mmrec_app.frame import opening
    from mmrec_app.shared import reviewer
    from mmrec_app.shared.tag_editor import tag_editor

    bundle = opening.current_bundle()
    reviewer.field()
    tag_editor(bundle, [bundle.image(0), bundle.image(1)], "tags")


def test_tags_are_kept_under_the_reviewer_s_name(bundle: Bundle, store: VerdictStore) -> None:
    first, second = bundle.image(0), bundle.image(1)
    app = AppTest.from_function(widgets).run()
    app.text_input(key="reviewer.toolbar.name").input("  Ann\n Lee ").run()
    app.multiselect(key="tags.tags").set_value(["bird"]).run()
    assert store.tags()[["image", "reviewer"]].to_numpy().tolist() == [
        [first, "Ann Lee"], [second, "Ann Lee"],
    ]  # fmt: skip
    app.multiselect(key="tags.tags").set_value([]).run()
    assert store.tags().empty


def test_lists_of_the_queue_are_those_that_the_figures_count(
    bundle: Bundle, scored: pd.DataFrame
) -> None:
    query = int(scored.loc[scored["fold"] > HELD_OUT, "query"].iloc[0])
    shown = gallery_of(page("errors", view="queue", query=bundle.image(query)), "errors.queue")
    of_query = scored[scored["query"] == query]
    assert len(shown["columns"]) == 3
    for column in shown["columns"]:
        order = of_query.sort_values(f"{column['ranker']}_rank")["candidate"].iloc[:6]
        assert [card["id"] for card in column["cards"]] == [bundle.image(row) for row in order]


def test_until_all_is_graded_rankers_have_letters_in_an_order_of_the_query(
    bundle: Bundle,
) -> None:
    app = page("errors", view="queue")
    orders = set()
    for _ in range(8):
        columns = gallery_of(app, "errors.queue")["columns"]
        assert [column["letter"] for column in columns] == ["A", "B", "C"]
        orders.add(tuple(column["ranker"] for column in columns))
        app.run()
        again = gallery_of(app, "errors.queue")["columns"]
        assert [column["ranker"] for column in again] == [column["ranker"] for column in columns]
        app.button(key="errors.step.1").click().run()
    assert len(orders) > 1


def test_anonymous_verdicts_are_taken_over_by_a_name(bundle: Bundle, store: VerdictStore) -> None:
    app = page("errors", view="queue")
    anonymous = app.session_state["reviewer.anonymous"]
    store.grade(bundle.image(0), bundle.image(1), 3, reviewer=anonymous)
    app.run()
    assert "given in this browser" not in texts(app)
    app.text_input(key="reviewer.toolbar.name").input("Ann").run()
    assert f"1 verdict, preference or tag was given in this browser as {anonymous}" in texts(app)
    app.button(key="reviewer.take").click().run()
    assert store.verdicts()["reviewer"].tolist() == ["Ann"]
    assert "given in this browser" not in texts(app)


def test_a_page_can_show_the_worst_pair_of_each_query_alone(bundle: Bundle) -> None:
    pairs = gallery_of(page("errors", once="1"), "errors.pairs")["pairs"]
    queries = [pair["query"]["id"] for pair in pairs]
    assert len(queries) == PAGE_SIZE == len(set(queries))


def test_the_next_query_is_one_without_own_verdicts_or_without_any(
    bundle: Bundle, store: VerdictStore
) -> None:
    app = page("errors", view="queue", reviewer="Ann")
    names = []
    for _ in range(4):
        names.append(gallery_of(app, "errors.queue")["query"]["id"])
        app.button(key="errors.step.1").click().run()
    other = next(bundle.image(row) for row in range(9) if bundle.image(row) not in names)
    for name, by in ((names[1], "Ann"), (names[2], "Bob")):
        store.grade(name, other, 2, reviewer=by)
    for to, expected in (("mine", names[2]), ("anybody", names[3])):
        app = page("errors", view="queue", reviewer="Ann", query=names[0])
        assert "graded: 2 of" in texts(app)
        assert ", 2 reviewers" in texts(app)
        app.button(key=f"errors.step.{to}").click().run()
        assert gallery_of(app, "errors.queue")["query"]["id"] == expected


def test_without_pairs_the_queue_says_what_it_needs(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "verdicts"))
    monkeypatch.setenv("MMREC_BUNDLE", str(without_pairs(demo_bundle, tmp_path / "bundle")))
    for order in ORDERS:
        assert "No queries to review here" in texts(page("errors", view="queue", order=order))


def test_without_cross_fitting_the_held_out_queries_come_first(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = altered(demo_bundle, tmp_path / "bundle", removed=cross_fitted(demo_bundle))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "verdicts"))
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    held_out = open_bundle(folder).manifest.counts.held_out_queries
    app = page("errors", view="queue")
    assert f"query 1 of {held_out} " in texts(app)
    app = page("errors", view="queue", scope="training", order="recall")
    assert f"query 1 of {held_out} " not in texts(app)
    assert gallery_of(app, "errors.queue")["columns"]


def test_a_picture_in_two_categories_is_accepted_as_one(
    bundle: Bundle, store: VerdictStore
) -> None:
    app = page("errors", view="near-duplicates", reviewer="Ann")
    assert "Decided: 0 of 1, 0 reviewers." in texts(app)
    key = "errors.near-duplicates.military/fireman240a.png.people/fireman240a.png"
    app.button(key=f"{key}.True").click().run()
    assert "Nothing is left here" in texts(app)
    given = store.verdicts()
    assert sorted(given["query"]) == ["military/fireman240a.png", "people/fireman240a.png"]
    assert set(given["grade"]) == {4}

    again = page("errors", view="near-duplicates", decided="accepted", reviewer="Ann")
    assert "Decided: 1 of 1, 1 reviewer." in texts(again)
    again.button(key=f"{key}.undo").click().run()
    assert store.verdicts().empty
    rejecting = page("errors", view="near-duplicates", reviewer="Ann")
    rejecting.button(key=f"{key}.False").click().run()
    assert "Nothing is left here" in texts(rejecting)
    assert store.verdicts().empty


def test_categories_that_pictures_deny_are_listed_or_it_is_said_why_not(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page("errors", view="labels")
    assert "vehicles › locomotive → town › roadsigns? Confidence" in texts(app)
    without = altered(bundle.path, tmp_path / "without")
    manifest = json.loads((without / layout.MANIFEST).read_text())
    manifest["counts"]["with_label"] = 0
    (without / layout.MANIFEST).write_text(json.dumps(manifest))
    monkeypatch.setenv("MMREC_BUNDLE", str(without))
    assert "This bundle has no categories" in texts(page("errors", view="labels"))
