"""Compare: two lists blind, the next query, and what the preferences say."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmrec_app.compare.comparisons import Comparison
from mmrec_app.served.thumbnails import thumbnail_url
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.preferences.interleaving import Draft
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.store import Preferences, ShownList
from mmrec_core.preferences.systems import bundle_of, ranker_of
from mmrec_core.verdicts.places import verdict_place
from tests.altered_bundles import with_captions_dealt_out, without_pairs
from tests.app.pages import gallery_of, links_of, page, press, texts

KEY, INTERLEAVED = "compare.session", "compare.interleaved"


def prefer(bundle: Bundle, shown: dict, choice: str, reviewer: str = "Ann") -> None:
    """Keep a choice of what the page shows, as its component would send it."""
    item = shown["items"][0]
    left, right = (
        ShownList(
            item[side]["system"],
            tuple(picture["id"] for picture in item[side]["pictures"]),
            bundle.digest,
        )
        for side in ("left", "right")
    )
    Preferences(verdict_place(bundle.path)).prefer(
        item["query"]["id"], left, right, choice, k=shown["k"], reviewer=reviewer
    )


def side_of(item: dict, system: str) -> str:
    return next(side for side in ("left", "right") if item[side]["system"] == system)


def test_two_lists_stand_beside_each_other_and_differ(bundle: Bundle):
    shown = gallery_of(page("compare", reviewer="Ann"), KEY)
    for item in shown["items"]:
        assert {item["left"]["system"], item["right"]["system"]} == {"model", "fused"}
        lists = [
            [picture["id"] for picture in item[side]["pictures"]] for side in ("left", "right")
        ]
        assert [len(names) for names in lists] == [5, 5]
        assert lists[0] != lists[1]
        assert item["query"]["id"] not in lists[0] + lists[1]


def test_sides_stay_for_a_reviewer_and_hang_on_who_it_is(bundle: Bundle):
    first, again = (gallery_of(page("compare", reviewer="Ann"), KEY) for _time in range(2))
    assert first["items"] == again["items"]
    sides = {
        tuple(
            side_of(item, "model")
            for item in gallery_of(page("compare", reviewer=name), KEY)["items"]
        )
        for name in ("Ann", "Bob", "Cem", "Dee")
    }
    assert len(sides) > 1


def test_what_was_judged_comes_no_more_for_this_reviewer(bundle: Bundle):
    shown = gallery_of(page("compare", reviewer="Ann"), KEY)
    prefer(bundle, shown, "left")
    app = page("compare", reviewer="Ann")
    later = gallery_of(app, KEY)
    queries = [item["query"]["id"] for item in shown["items"]]
    assert [item["query"]["id"] for item in later["items"]][:-1] == queries[1:]
    assert "1 preference by Ann" in texts(app).replace("\\", "")
    other = gallery_of(page("compare", reviewer="Bob"), KEY)
    assert other["items"][0]["query"]["id"] == queries[0]


def test_choices_are_in_the_address(bundle: Bundle):
    app = page("compare", first="bert", second="clip", k="10")
    item = gallery_of(app, KEY)["items"][0]
    assert {item["left"]["system"], item["right"]["system"]} == {"clip", "bert"}
    assert len(item["left"]["pictures"]) == 10
    app.selectbox(key="compare.rankers").select(("model", "clip")).run()
    assert app.query_params["first"] == "model"
    strange = gallery_of(page("compare", first="nothing", k="7"), KEY)
    assert strange["k"] == 5
    assert {strange["items"][0][side]["system"] for side in ("left", "right")} == {"model", "fused"}


def test_figures_say_who_wins_in_a_sentence(bundle: Bundle):
    app = page("compare", view="figures")
    assert "No preferences on these lists yet" in texts(app)
    for reviewer in ("Ann", "Bob"):
        for _time in range(8):
            shown = gallery_of(page("compare", reviewer=reviewer), KEY)
            prefer(bundle, shown, side_of(shown["items"][0], "model"), reviewer)
    app = press(app, "Compare")
    assert gallery_of(app, KEY)["items"]
    said = texts(page("compare", view="figures")).replace("\\", "")
    assert re.search(r"CatBoost wins .+ % \[\d+, \d+\] of \d+ queries against CLIP \+ BERT", said)
    assert "Chance alone is ruled out" in said
    assert "8 judged queries, 2 reviewers" in said
    turned = texts(page("compare", view="figures", first="fused", second="model"))
    assert "CatBoost wins" in turned


def test_preferences_on_lists_that_have_changed_are_said_not_to_count(bundle: Bundle):
    shown = gallery_of(page("compare", reviewer="Ann"), KEY)
    prefer(bundle, shown, "left")
    changed = shown["items"][1]
    changed["left"]["pictures"] = changed["left"]["pictures"][::-1]
    prefer(bundle, {"items": [changed], "k": 5}, "right")
    said = texts(page("compare", view="figures")).replace("\\", "")
    assert "1 judged query" in said
    assert "1 older judgement is of lists that have changed since" in said


def test_several_comparisons_lead_to_each_other_and_give_strengths(bundle: Bundle):
    for first, second in (("model", "clip"), ("clip", "bert"), ("model", "bert")):
        for choice in ("left", "right", "both bad"):
            shown = gallery_of(page("compare", first=first, second=second, reviewer="Ann"), KEY)
            prefer(bundle, shown, choice)
    app = page("compare", view="figures", first="clip", second="bert")
    assert "All comparisons" in texts(app)
    names = [text for text, _href in links_of(app, "CLIP or BERT")]
    assert names == ["CatBoost or CLIP", "CatBoost or BERT", "CLIP or BERT"]
    assert any("Strength" in node.proto.body for node in app.get("html"))


def test_a_bundle_without_relevance_is_compared_as_well(
    demo_bundle, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    monkeypatch.setenv("MMREC_BUNDLE", str(without_pairs(demo_bundle, tmp_path / "bare")))
    item = gallery_of(page("compare"), KEY)["items"][0]
    assert {item["left"]["system"], item["right"]["system"]} == {"clip", "bert"}


def test_russian(bundle: Bundle):
    shown = gallery_of(page("compare", lang="ru", reviewer="Анна"), KEY)
    assert shown["words"]["choices"]["both good"] == "Оба хороши"
    prefer(bundle, shown, side_of(shown["items"][0], "model"))
    said = texts(page("compare", lang="ru", view="figures")).replace("\\", "")
    assert "Побеждает «CatBoost», а не «Среднее CLIP и BERT»: " in said
    assert re.search(r"\] из \d+ запросов\. Основание оценки: 1 сравнённый запрос, 1 асессор", said)


def click(bundle: Bundle, shown: dict, places: list[int], reviewer: str = "Ann") -> None:
    """Keep clicks in the list that the page shows, as its component would send them."""
    item = shown["items"][0]
    names = tuple(picture["id"] for picture in item["pictures"])
    Interleavings(verdict_place(bundle.path)).click(
        item["query"]["id"],
        (item["first"]["system"], item["second"]["system"]),
        Draft(names, tuple(item["teams"])),
        [names[place] for place in places],
        k=shown["k"],
        reviewer=reviewer,
        digests=(bundle.digest, bundle.digest),
    )


def test_one_list_is_made_of_two_and_is_another_for_another_reviewer(bundle: Bundle):
    sides = gallery_of(page("compare", reviewer="Ann"), KEY)["items"]
    shown = gallery_of(page("compare", view="interleaved", reviewer="Ann"), INTERLEAVED)
    for item, pair in zip(shown["items"], sides, strict=True):
        assert item["query"]["id"] == pair["query"]["id"]
        names = [picture["id"] for picture in item["pictures"]]
        assert len(set(names)) == len(names) == len(item["teams"]) == 5
        lists = {
            pair[side]["system"]: [picture["id"] for picture in pair[side]["pictures"]]
            for side in ("left", "right")
        }
        for name, team in zip(names, item["teams"], strict=True):
            of = item["first" if team == "both" else team]["system"]
            assert name in lists[of]
    other = gallery_of(page("compare", view="interleaved", reviewer="Bob"), INTERLEAVED)
    assert [item["teams"] for item in other["items"]] != [item["teams"] for item in shown["items"]]


def test_lists_that_were_clicked_through_come_no_more_and_give_figures(bundle: Bundle):
    for _time in range(6):
        shown = gallery_of(page("compare", view="interleaved", reviewer="Ann"), INTERLEAVED)
        item = shown["items"][0]
        team = "first" if item["first"]["system"] == "model" else "second"
        teams = item["teams"]  # where both lists begin alike, neither may have one of its own
        click(bundle, shown, [teams.index(team) if team in teams else 0])
    app = page("compare", view="interleaved", reviewer="Ann")
    assert "6 lists by Ann" in texts(app).replace("\\", "")
    app = page("compare", view="figures")
    said = texts(app).replace("\\", "")
    assert re.search(r"CatBoost wins .+ % \[\d+, \d+\] of \d+ queries against CLIP \+ BERT", said)
    assert "6 judged queries, 1 reviewer" in said
    assert "1 interleaved list" not in said
    assert "6 interleaved lists in all" in said
    tables = " ".join(node.proto.body for node in app.get("html"))
    assert "Δ of CatBoost" in tables
    assert "Both good, both bad" not in tables
    shown = gallery_of(page("compare", reviewer="Ann"), KEY)
    prefer(bundle, shown, side_of(shown["items"][0], "model"))
    app = page("compare", view="figures")
    assert {"Side by side", "Interleaved"} <= {node.value for node in app.header}
    tables = " ".join(node.proto.body for node in app.get("html"))
    assert "on 100 % of 1 query that were judged in both ways" in tables


def comparing() -> None:
    """Take events of both ways to compare as their components send them."""
    from functools import partial

    from mmrec_app.compare import interleaved, side_by_side
    from mmrec_app.frame import opening
    from mmrec_app.shared import grading

    bundle = opening.current_bundle()
    for key, kind, write, back in (
        ("s", "prefer", side_by_side._prefer, side_by_side._back),
        ("i", "click", interleaved._click, interleaved._back),
    ):
        asked = {kind: partial(write, bundle), "take back": partial(back, bundle)}
        grading.take(bundle, key, **asked)


def test_strange_events_are_no_events(bundle: Bundle):
    query, first = map(bundle.image, (0, 1))
    lists = {"shown": [first], "teams": ["first"], "clicked": [], "first": "clip", "second": "bert"}
    click = {"n": 1, "kind": "click", "query": query, "k": 5, **lists}
    choice = {"choice": "left", "left": "clip", "right": "bert"}
    prefer = {"n": 1, "kind": "prefer", "query": query, "k": 5, **choice}
    strange = [
        *({**click, "query": [query]}, {**click, "k": [5]}, {**click, "k": 5.0}),
        *({**click, "first": None}, {**click, "shown": 5}, {**click, "shown": [["a"]]}),
        *({**click, "teams": None}, {**click, "clicked": [[1]]}, {"n": 1, "kind": "click"}),
        *({**prefer, "k": True}, {**prefer, "left": ["clip"]}, {"n": 1, "kind": "prefer"}),
        *({**click, "kind": "take back"}, {**prefer, "kind": "take back"}),
    ]
    for event in strange:
        app = AppTest.from_function(comparing)
        app.session_state["s"] = app.session_state["i"] = {"events": [event]}
        app.run()
        assert not app.exception
    path = verdict_place(bundle.path)
    assert Preferences(path).all().empty
    assert Interleavings(path).all().empty


def test_clicks_in_lists_that_have_changed_are_said_not_to_count(bundle: Bundle):
    shown = gallery_of(page("compare", view="interleaved", reviewer="Ann"), INTERLEAVED)
    shown["items"][0]["pictures"].reverse()
    click(bundle, shown, [0])
    said = texts(page("compare", view="figures")).replace("\\", "")
    assert "1 older judgement is of lists that have changed since" in said


@pytest.fixture
def other(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """Serve another bundle beside the demo's, with its captions' cosines dealt out."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "before").symlink_to(demo_bundle.resolve())
    dealt = with_captions_dealt_out(demo_bundle, folder / "dealt")
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(folder))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "verdicts"))
    return open_bundle(dealt)


def test_another_bundle_s_lists_are_compared(other: Bundle, demo_bundle: Path):
    name = demo_bundle.resolve().name
    views = {"bundle": name, "against": "dealt", "first": "bert", "second": "bert"}
    app = page("compare", reviewer="Ann", **views)
    shown = gallery_of(app, KEY)
    item = shown["items"][0]
    sides = {item[side]["system"]: item[side] for side in ("left", "right")}
    assert set(sides) == {"bert", "bert@dealt"}
    assert {side["name"] for side in sides.values()} == {f"BERT · {name}", "BERT · dealt"}
    assert "other=dealt" in item["href"]
    said = texts(app).replace("\\", "")
    assert "queries that both hold out" in said
    assert f"Images that only one has: 1 {name}, 1 dealt." in said
    app.selectbox(key="compare.second").select("clip@dealt").run()
    assert (app.query_params["first"], app.query_params["second"]) == ("bert", "clip")
    app.selectbox(key="compare.against").select(None).run()
    assert "against" not in app.query_params


def test_a_picture_that_only_the_other_bundle_has_comes_from_there(
    other: Bundle, demo_bundle: Path
):
    bundle = open_bundle(demo_bundle.resolve())
    of = Comparison(bundle, other, ("bert", "bert@dealt"), 5)
    assert of.drawing.lists.images[-1] == "renamed.png"
    theirs, ours = of.picture(len(bundle.items)), of.picture(0)
    assert theirs["id"] == "renamed.png"
    assert theirs["src"] == thumbnail_url(other, other.index_of("renamed.png"))
    assert ours["src"] == thumbnail_url(bundle, 0)


def test_a_link_to_a_bundle_that_is_not_served_says_so(other: Bundle, demo_bundle: Path):
    app = page("compare", bundle=demo_bundle.resolve().name, against="gone")
    assert "No bundle named “gone” is served here" in texts(app).replace("\\", "")
    assert {gallery_of(app, KEY)["items"][0][side]["system"] for side in ("left", "right")} == {
        "model",
        "fused",
    }


def test_figures_of_two_bundles_name_both(other: Bundle, demo_bundle: Path):
    name = demo_bundle.resolve().name
    bundle = open_bundle(demo_bundle.resolve())
    views = {"bundle": name, "against": "dealt"}
    for first, second in (("bert", "bert"), ("bert", "fused"), ("clip", "bert")):
        for way in ("judge", "interleaved"):
            key = KEY if way == "judge" else INTERLEAVED
            shown = gallery_of(
                page("compare", view=way, first=first, second=second, reviewer="Ann", **views), key
            )
            item, query = shown["items"][0], shown["items"][0]["query"]["id"]
            digests = {"": bundle.digest, "dealt": other.digest}
            if way == "judge":
                sides = [
                    ShownList(
                        ranker_of(item[side]["system"]),
                        tuple(picture["id"] for picture in item[side]["pictures"]),
                        digests[bundle_of(item[side]["system"])],
                    )
                    for side in ("left", "right")
                ]
                choice = side_of(item, first)
                Preferences(verdict_place(bundle.path)).prefer(
                    query, *sides, choice, k=5, reviewer="Ann"
                )
            else:
                names = [picture["id"] for picture in item["pictures"]]
                Interleavings(verdict_place(bundle.path)).click(
                    query,
                    (first, second),
                    Draft(tuple(names), tuple(item["teams"])),
                    names[:1],
                    k=5,
                    reviewer="Ann",
                    digests=(bundle.digest, other.digest),
                )
    app = page("compare", view="figures", first="bert", second="bert", **views)
    said = texts(app).replace("\\", "")
    assert re.search(rf"BERT · {name} wins 100 % .+ against BERT · dealt: estimated", said)
    assert "1 judged query, 1 reviewer" in said
    assert {"Side by side", "Interleaved", "All comparisons"} <= {n.value for n in app.header}
    names = [text for text, _href in links_of(app, "or BERT · dealt")]
    assert names == [
        f"BERT · {name} or BERT · dealt",
        f"CLIP · {name} or BERT · dealt",
        f"BERT · {name} or CLIP + BERT mean · dealt",
    ]
    clicked = [text for text, _href in links_of(app, "Δ of the first")]
    assert clicked == names
    alone = texts(page("compare", view="figures", bundle=name, first="bert", second="clip"))
    assert "No preferences on these lists yet" in alone
