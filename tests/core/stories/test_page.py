"""The page of a story: text stays text, it asks for nothing, a large map is density."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import Link, Map, Picture, Pictures, Step, Story
from mmrec_core.stories.page import file_name, finding_html, story_page
from mmrec_core.stories.places import HEIGHT, WIDTH, places
from mmrec_core.stories.shown import embedded

HOSTILE = "</title><script>alert(1)</script><img src=http://x/ onerror=alert(2)>\" ' &"
ATTRIBUTES = {
    *("aria-label", "aria-labelledby", "charset", "class", "content", "dir", "hidden"),
    *("http-equiv", "id", "lang", "max", "name", "role", "title", "value"),
    *(f"data-{name}" for name in ("step", "coming", "last", "no-notes", "elapsed", "blocked")),
    "data-notes",
}


def elements(page: str) -> list[tuple[str, set[str]]]:
    """Return the elements of a page with the names of their attributes."""
    found: list[tuple[str, set[str]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name for name, _ in attrs}))

    Reader().feed(page)
    return found


def test_text_of_strangers_stays_text(demo: Bundle):
    picture = Picture(image="no such.png", caption=HOSTILE, note=HOSTILE)
    step = Step(
        title=HOSTILE,
        text=HOSTILE,
        notes=HOSTILE,
        finding=Pictures(pictures=(picture,), words=(HOSTILE,)),
        link=Link(page="recommend", parameters={"image": HOSTILE}),
    )
    story = Story(name=HOSTILE[:80], steps=(step,))
    page = story_page(demo, story, link=lambda link: "javascript:alert(3)")
    part = finding_html(demo, step, embedded(demo), "en")
    assert [tag for tag, _ in elements(page)].count("script") == 1
    assert {name for _, names in elements(page) for name in names} <= ATTRIBUTES
    assert "javascript:" not in page
    assert not {"img", "script", "a"} & {tag for tag, _ in elements(part)}
    assert "no picture" in part


def test_its_policy_allows_its_own_style_and_script_alone(demo: Bundle):
    page = story_page(demo, Story(name="Birds", steps=(Step(title="One"),)))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    for tag in ("style", "script"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert text
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy[1].replace("'", "&#39;")
    assert "default-src &#39;none&#39;" in policy[1].replace("'", "&#39;")
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_a_story_without_steps_says_so(demo: Bundle):
    assert "no steps yet" in story_page(demo, Story(name="Empty"))


def test_pictures_come_from_the_bundle_or_the_story(demo: Bundle):
    known = Picture(image=demo.image(0), caption="known")
    page = story_page(
        demo, Story(name="s", steps=(Step(title="t", finding=Pictures(pictures=(known,))),))
    )
    thumbnail = base64.b64encode(demo.thumbnail_path(0).read_bytes()).decode()
    assert thumbnail in page


def test_points_keep_their_places_on_the_sheet(demo: Bundle):
    name = demo.image(7)
    there = places(demo, Map(query=name, cluster_of=name, marked=(demo.image(3), "gone.png")))
    assert len(there.points) == there.images == len(demo.map)
    assert there.query == tuple(there.points[7])
    cluster = set(np.flatnonzero(demo.cluster_of == demo.cluster_of[7])) | {3}
    assert there.marked_of == len(cluster)
    assert {tuple(place) for place in there.marked} == {tuple(there.points[r]) for r in cluster}
    across, up = demo.map[:, 0].argmax(), demo.map[:, 1].argmax()
    assert there.points[across][0] == there.points[:, 0].max()
    assert there.points[up][1] == there.points[:, 1].min()


def test_a_large_collection_is_drawn_as_density_and_said_to_be(demo: Bundle):
    spots = np.random.default_rng(0).normal(size=(125_000, 2)).astype(np.float32)
    large = replace(demo, map=spots)
    there = places(large, Map())
    assert not len(there.points)
    corners = np.concatenate(there.density)
    assert (corners >= 0).all()
    assert (corners <= (WIDTH, HEIGHT)).all()
    part = finding_html(large, Step(title="t", finding=Map()), embedded(large), "en")
    assert "All 125,000 images are drawn as density" in part
    assert len(part) < 300_000


def test_a_file_has_a_plain_name():
    assert file_name(Story(name="../Птицы & co: <1>"), "html") == "птицы-co-1.html"
    assert file_name(Story(name="?!"), "pdf") == "story.pdf"
