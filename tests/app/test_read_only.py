"""``mmrec app --read-only``: every page without what writes, and nothing written by any way."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from mmrec_app.served.uploads import Uploads
from mmrec_app.shared import reviews
from mmrec_app.state.navigation import PAGES
from mmrec_core.bundle import Bundle
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.stories.model import Step, Story
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.saved_views import SavedView, SavedViews
from mmrec_core.verdicts.store import VerdictStore
from tests.app.pages import gallery_of, page, texts

WRITES = {
    "Accept",
    "Add",
    "Edit",
    "Name",
    "Name of the story",
    "Next query that nobody graded",
    "Reject",
    "Remove this set",
    "Remove this view",
    "Rename",
    "Reviewer",
    "Reviewers who share the queue",
    "Save as query set",
    "Save this view as",
    "Tags",
    "Title",
}
"""The names of fields and buttons that write, or that nobody needs who does not."""


def views(bundle: Bundle) -> list[tuple[str, dict[str, str]]]:
    """Every page, and what more of it has such fields."""
    image, other = bundle.image(0), bundle.image(1)
    more = [
        ("recommend", {"image": image, "result": other}),
        ("map", {"image": image}),
        ("errors", {"view": "queue"}),
        ("errors", {"view": "near-duplicates", "least": "0.7"}),
        ("errors", {"view": "verdicts"}),
        ("errors", {"set": "some"}),
        ("compare", {"view": "interleaved"}),
        ("stories", {"story": "mine"}),
        ("stories", {"story": "mine", "edit": "true"}),
    ]
    return [*((name, {}) for name in PAGES), *more]


def names(app: AppTest) -> set[str]:
    kinds = ("button", "text_input", "text_area", "multiselect", "number_input")
    kinds += ("file_uploader", "link_button", "button_group", "segmented_control")
    nodes = [node for kind in kinds for node in app.get(kind)]
    return {str(getattr(node, "label", "") or node.proto.label) for node in nodes}


def opened(app: AppTest) -> AppTest:
    """Open the popover of query sets."""
    app.session_state["query-sets"] = True
    return app.run()


@pytest.fixture
def kept(bundle: Bundle) -> Path:
    """A folder that has something of everything, so that pages have something to change."""
    place = verdict_place(bundle.path)
    assert isinstance(place, Path)
    VerdictStore(place).grade(bundle.image(0), bundle.image(1), 4, reviewer="Ann")
    SavedViews(place).save(SavedView("one", "browse", {"q": "red"}, "Ann", bundle.digest))
    QuerySets(place).add(QuerySet("some", bundle.items["image"].tolist()[:9], "", "Ann", ""))
    story = Story(name="mine", language="en", steps=(Step(title="A step"),))
    Stories(place).add(story, reviewer="Ann", digest=bundle.digest)
    return place


def test_no_page_has_a_field_that_writes(
    bundle: Bundle, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = VerdictStore(kept).version()
    found: set[str] = set()
    for name, params in views(bundle):
        monkeypatch.setenv("MMREC_READ_ONLY", "1")
        app = opened(page(name, **params))
        assert not names(app) & WRITES, (name, params)
        assert not app.get("file_uploader"), name
        assert "switched off" in texts(app), name
        monkeypatch.setenv("MMREC_READ_ONLY", "")
        if params or name in ("recommend", "stories"):
            found |= names(opened(page(name, **params)))
    assert WRITES - found == set()  # else this test looks for names that there are not
    monkeypatch.setenv("MMREC_READ_ONLY", "1")
    assert VerdictStore(kept).version() == before


def test_grades_are_neither_shown_nor_asked_for(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    for read_only in ("", "1"):
        monkeypatch.setenv("MMREC_READ_ONLY", read_only)
        queue = gallery_of(page("errors", view="queue"), "errors.queue")
        assert queue["closed"] == queue["open"] == bool(read_only)
        assert ("1 2 3 4" in str(queue["keys"])) != bool(read_only)
        app = page("recommend", image=bundle.image(0), result=bundle.image(1))
        drawn = [node for node in app.get("bidi_component") if "grades" in node.proto.id]
        assert bool(drawn) != bool(read_only)


def test_nothing_is_written(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMREC_READ_ONLY", "true")
    page("evaluation")  # which records the figures of a build
    done: list[int] = []
    assert not reviews.attempt(lambda: done.append(1))
    assert not done
    assert list(tmp_path.iterdir()) == []


def test_no_files_are_taken_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    async def taken(_request: object) -> PlainTextResponse:
        return PlainTextResponse("taken")

    route = "/_stcore/upload_file/{session}/{file}"
    routes = [Route(prefix + route, taken, methods=["PUT"]) for prefix in ("", "/tools/mmrec")]
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(Uploads)]))
    for prefix in ("", "/tools/mmrec"):
        path = f"{prefix}/_stcore/upload_file/a/b"
        assert client.put(path, content=b"x").text == "taken"
        monkeypatch.setenv("MMREC_READ_ONLY", "1")
        assert client.put(path, content=b"x").status_code == 403
        monkeypatch.setenv("MMREC_READ_ONLY", "")
