"""Stories: listed, read, made, changed step by step, and served as a page."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmrec_app.served.document import Document
from mmrec_app.served.routes import routes
from mmrec_app.served.stories import kept, story_url
from mmrec_app.stories.from_view import step_of_view
from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import INTRODUCTION, Map, Step, Story
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.saved_views import SavedView, SavedViews
from tests.altered_bundles import altered
from tests.app.pages import gallery_of, links_of, page, press, texts


@pytest.fixture
def stories(bundle: Bundle) -> Stories:
    made = kept(bundle)
    steps = tuple(Step(title=title) for title in ("One", "Two", "Three"))
    made.add(Story(name="Birds <b>", steps=steps), reviewer="Ann")
    return made


def titles(stories: Stories) -> list[str]:
    return [step.title for step in stories.find("Birds <b>").steps]


def field(app, label: str):
    return next(w for w in (*app.text_input, *app.text_area) if w.label == label)


def button(app, label: str):
    return next(button for button in app.button if button.label == label)


def parameter(app, name: str) -> str:
    """Return a parameter of the address, which is a list where the test set it."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def test_the_bundles_own_story_and_those_of_people_are_listed(bundle: Bundle, stories: Stories):
    links = links_of(page("stories"), "class='stories'")
    assert [text for text, _ in links] == ["How the recommender works", "Birds <b>"]
    assert f"story={INTRODUCTION}" in links[0][1]


def test_a_story_is_read_step_by_step(bundle: Bundle):
    app = page("stories", story=INTRODUCTION, step="6")
    assert "Three opinions on one query" in texts(app)
    shown = gallery_of(app, "stories.finding")["html"]
    assert f"thumbnails/{bundle.digest}/" in shown
    assert "data:image/webp" not in shown
    steps = links_of(app, "story-steps")
    assert len(steps) == 1 + 9
    app = press(app, "Next step")
    assert parameter(app, "step") == "7"
    live = next(link for link in app.get("link_button") if "Open live" in link.proto.label)
    assert live.proto.url.startswith("recommend?")
    assert "parts=score" in live.proto.url


def test_in_russian_it_is_the_russian_one(bundle: Bundle):
    app = page("stories", story=INTRODUCTION, lang="ru")
    assert "Что поставить рядом с этой картинкой?" in texts(app)


def test_steps_are_changed_moved_taken_out_and_put_back(bundle: Bundle, stories: Stories):
    app = page("stories", story="Birds <b>", step="2", edit="1")
    field(app, "Title").set_value("Second")
    app.run()
    field(app, "Speaker's notes").set_value("Say it slowly.")
    app.run()
    assert titles(stories) == ["One", "Second", "Three"]
    assert stories.find("Birds <b>").steps[1].notes == "Say it slowly."
    button(app, "Move up").click()
    app.run()
    assert titles(stories) == ["Second", "One", "Three"]
    assert "step" not in app.query_params
    assert button(app, "Move up").disabled
    button(app, "Take out").click()
    app.run()
    assert titles(stories) == ["One", "Three"]
    button(app, r"Put “Second” back").click()
    app.run()
    assert titles(stories) == ["Second", "One", "Three"]
    assert not app.exception


def test_what_somebody_else_changed_meanwhile_is_kept(bundle: Bundle, stories: Stories):
    app = page("stories", story="Birds <b>", step="2", edit="1")
    stories.update(
        "Birds <b>", lambda story: story.model_copy(update={"steps": (Step(title="Theirs"),)})
    )
    button(app, "Take out").click()
    app.run()
    assert titles(stories) == ["Theirs"]
    assert "somebody else" in app.toast[0].value


def test_a_story_is_made_renamed_and_removed_with_undo(bundle: Bundle):
    app = page("stories")
    field(app, "Name of the story").set_value("  My   st\N{SOFT HYPHEN}ory ").run()
    assert [entry.story.name for entry in kept(bundle).all()] == ["My story"]
    assert "story=My+story&" in gallery_of(app, "navigator")["turn"]["href"]
    app = page("stories", story="My story", edit="1")
    assert "This story has no steps yet" in texts(app)
    button(app, "A step of words alone").click()
    app.run()
    assert kept(bundle).find("My story").steps == (Step(title="New step"),)
    field(app, "Name of the story").set_value("Ou\N{SOFT HYPHEN}rs").run()
    assert parameter(app, "story") == "Ours"
    button(app, "Remove this story").click()
    app.run()
    assert kept(bundle).all() == []


def test_the_bundles_own_story_is_copied_to_be_changed(bundle: Bundle):
    app = page("stories", story=INTRODUCTION)
    assert "Edit" not in [link.proto.label for link in app.get("link_button")]
    button(app, "Copy to edit").click()
    app.run()
    (entry,) = kept(bundle).all()
    assert entry.story.name == "How the recommender works (2)"
    assert len(entry.story.steps) == 9


def test_saved_views_become_steps(bundle: Bundle, stories: Stories):
    image = bundle.image(5)
    views = [
        SavedView("lists", "recommend", {"image": image, "ranker": "clip"}, "Ann"),
        SavedView("words", "recommend", {"text": "a red bird"}, "Ann"),
        SavedView("cluster", "clusters", {"cluster": "3"}, "Ann"),
        SavedView("figures", "evaluation", {"miss": "3"}, "Ann"),
        SavedView("gone", "recommend", {"image": "no such.png"}, "Ann"),
        SavedView("wrong", "clusters", {"cluster": "x"}, "Ann"),
        SavedView("pictures", "browse", {"q": "bird"}, "Ann"),
    ]
    steps = [step_of_view(bundle, view) for view in views]
    kinds = [step.finding.kind if step.finding else None for step in steps]
    assert kinds == ["lists", "lists", "map", "figures", None, None, None]
    assert isinstance(steps[2].finding, Map)
    assert int(bundle.cluster_of[bundle.index_of(steps[2].finding.cluster_of)]) == 3
    assert all(step.link and step.link.page == v.page for step, v in zip(steps, views, strict=True))
    many = SavedView("many", "recommend", {f"a{n}": "1" for n in range(41)}, "Ann")
    assert step_of_view(bundle, many).link is None
    SavedViews(verdict_place(bundle.path)).save(views[0])
    app = page("stories", story="Birds <b>", edit="1")
    next(box for box in app.selectbox if box.label == "From a saved view").set_value("lists").run()
    assert titles(stories) == ["One", "Two", "Three", "lists"]
    assert parameter(app, "step") == "4"


def test_what_recommend_shows_is_added_to_a_story(bundle: Bundle, stories: Stories):
    image = bundle.image(5)
    app = page("recommend", image=image, k="4")
    field(app, "Title").set_value("Look here")
    next(box for box in app.selectbox if box.label == "Story").set_value("Birds <b>").run()
    field(app, "Title").set_value("Look here").run()
    button(app, "Add").click()
    app.run()
    step = stories.find("Birds <b>").steps[-1]
    assert step.title == "Look here"
    assert step.link
    assert step.link.parameters == {"image": image, "k": "4"}
    assert step.finding
    assert step.finding.kind in ("lists", "reasons")
    assert step.finding.query.image == image


def test_a_new_story_is_made_of_what_recommend_shows(bundle: Bundle):
    app = page("recommend", image=bundle.image(5), **{f"a{n}": "1" for n in range(41)})
    field(app, "Name of the story").set_value("\N{RIGHT-TO-LEFT MARK}👩‍🚀 trip")
    field(app, "Title").set_value("Look here")
    button(app, "Add").click()
    app.run()
    assert not app.exception
    (step,) = kept(bundle).find("👩‍🚀 trip").steps
    assert step.link is None
    assert any("👩‍🚀 trip" in link.proto.label for link in app.get("link_button"))


def test_a_bundle_without_stories_says_how_to_get_one(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = altered(demo_bundle, tmp_path / "plain", removed=("story.json",))
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    assert "No stories yet" in texts(page("stories"))
    assert "cannot be opened" in texts(page("stories", story=INTRODUCTION))


def test_a_story_that_is_gone_says_so(bundle: Bundle):
    assert "there is no story" in texts(page("stories", story="Owls"))


@pytest.fixture
def client() -> TestClient:
    return TestClient(Document(Starlette(routes=routes())), headers={"Accept": "text/html"})


def test_the_page_of_a_story_is_served_whole_and_saved(bundle: Bundle, client: TestClient):
    answer = client.get(f"/{story_url(bundle, INTRODUCTION, 'ru')}")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "curtain" not in answer.text
    assert f"http://testserver/recommend?bundle={bundle.path.name}%40{bundle.digest[:8]}" in (
        answer.text.replace("&amp;", "&")
    )
    saved = client.get(f"/{story_url(bundle, INTRODUCTION, 'en', 'html')}")
    assert "how-the-recommender-works.html" in saved.headers["content-disposition"]
    pdf = client.get(f"/{story_url(bundle, INTRODUCTION, 'ru', 'pdf')}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


@pytest.mark.parametrize("query", ["", "bundle=x&story=introduction", "bundle={}&story=Owls"])
def test_another_address_is_not_found(bundle: Bundle, client: TestClient, query: str):
    answer = client.get(f"/story?{query.format(bundle.digest)}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
