"""From figures to a decision: what got worse without captions, followed over the pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_app.words import formats
from mmrec_core.bundle import open_bundle
from mmrec_core.config import make_config
from mmrec_core.differences.compare import Differences, differences
from mmrec_core.differences.matching import System
from mmrec_core.serving.recommender import Recommender
from tests.core.building.shapes import collection, options, quietly
from tests.e2e.serving import PATIENCE, Server, settled, shoot
from tests.e2e.test_map import loneliest, on_screen


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same shapes by the offline encoder, with captions and without."""
    images, out = (tmp_path_factory.mktemp(name) for name in ("shapes", "bundles"))
    captions = collection(images)
    captions.to_csv(images / "captions.csv", index=False)
    quietly(make_config(**options(images, out / "with")))
    labels = images / "labels.csv"
    captions.assign(text=None).drop(columns="text_ru").to_csv(labels, index=False)
    quietly(make_config(**options(images, out / "without", captions=labels)))
    return out


@pytest.fixture(scope="module")
def compared(bundles: Path) -> Differences:
    a, b = (System.of(Recommender(open_bundle(bundles / name))) for name in ("with", "without"))
    return differences(a, b)


@pytest.fixture(scope="module")
def two(
    bundles: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    server = Server(bundles, tmp_path_factory.mktemp("verdicts"))
    del server.environment["MMREC_BUNDLE"]
    server.environment["MMREC_BUNDLES"] = str(bundles)
    with server:
        yield server


WORDS = {
    "en-US": {
        "compare": "Compare with bundle",
        "both": r"A: with, this bundle\. B: without\.",
        "figures": "Differences: B − A",
        "map": "The map, coloured by who wins",
        "wins": "A better by 0.25 or more",
        "grade": "Grade the queries that got worse in B",
        "worse": "{n} of {all} queries are worse here than in with",
        "at": "query {at} of {n}",
        "lists": "Both lists",
    },
    "ru-RU": {
        "compare": "Сравнить со сборкой",
        "both": r"A: with, эта сборка\. B: without\.",
        "figures": "Разности: B − A",
        "map": "Карта: кто лучше",
        "wins": "A лучше на 0.25 и больше",
        "grade": "Оценить запросы, которые в B стали хуже",
        "worse": "Здесь хуже, чем в with: {n} из {all}",
        "at": "запрос {at} из {n}",
        "lists": "Оба списка",
    },
}


@pytest.mark.parametrize("language", WORDS)
def test_a_query_that_got_worse_is_followed_over_the_pages(
    two: Server, bundles: Path, compared: Differences, browser: Browser, language: str
) -> None:
    words = WORDS[language]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    main = page.get_by_test_id("stMain")

    page.goto(f"{two.url}/evaluation?bundle=with&view=systems")
    settled(page)
    page.get_by_role("combobox", name=words["compare"]).focus()
    page.keyboard.type("without")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("against=without"))
    first = compared.queries.iloc[0]
    assert first["difference"] < 0
    page.locator(".figures-wrap.queries").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/recommend\?.*other=without"))
    assert str(first["image"]).replace("/", "%2F") in page.url
    _lists_stand(page, words["both"])
    shoot(page, f"two-lists-{language}", full_page=False)
    page.reload()
    _lists_stand(page, words["both"])
    page.go_back()
    expect(main.get_by_role("heading", name=words["figures"])).to_be_visible()

    main.get_by_role("link", name=words["map"]).click()
    expect(page).to_have_url(re.compile("colour=wins.*against=without"))
    expect(page.locator(f'.map[data-ready="{compared.matching.images}"]')).to_be_visible()
    settled(page)
    far = (compared.queries["difference"] <= -0.25).sum()
    worst = page.locator(".legend-item").filter(has_text=words["wins"])
    expect(worst.locator(".legend-count")).to_have_text(str(far))
    bundle = open_bundle(bundles / "with")
    points = on_screen(page.locator(".stage"), bundle)
    row = loneliest(points)
    page.mouse.move(*points[row])
    expect(page.locator(".tip")).to_contain_text(_figures(compared, row))
    shoot(page, f"who-wins-{language}", full_page=False)
    page.mouse.click(*points[row])
    expect(page).to_have_url(re.compile(r"/recommend\?.*other=without"))
    _lists_stand(page, words["both"])
    page.go_back()
    expect(worst).to_be_visible()
    page.go_back()
    expect(main.get_by_role("heading", name=words["figures"])).to_be_visible()

    main.get_by_role("link", name=words["grade"]).click()
    expect(page).to_have_url(re.compile(r"/errors\?.*order=worse.*against=with"))
    lost = _worse_in_b(bundles)
    expect(main).to_contain_text(words["worse"].format(n=len(lost), all=len(compared.queries)))
    expect(main).to_contain_text(words["at"].format(at=1, n=len(lost)))
    expect(page.locator(".candidate .loaded").first).to_be_visible()
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(main).to_contain_text(words["at"].format(at=2, n=len(lost)))
    page.reload()
    expect(main).to_contain_text(words["at"].format(at=2, n=len(lost)))
    main.get_by_role("link", name=words["lists"]).click()
    expect(page).to_have_url(re.compile(r"/recommend\?bundle=without.*other=with"))
    expect(page.locator(".column")).to_have_count(2)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def _lists_stand(page: Page, both: str) -> None:
    expect(page.get_by_text(re.compile(both))).to_be_visible()
    expect(page.locator(".column")).to_have_count(2)
    expect(page.locator(".joins path").first).to_be_attached()


def _figures(compared: Differences, row: int) -> str:
    found = compared.queries.set_index("query").loc[row]
    return f"({formats.digits(float(found['difference']), signed=True)})"


def _worse_in_b(bundles: Path) -> pd.DataFrame:
    b, a = (System.of(Recommender(open_bundle(bundles / name))) for name in ("without", "with"))
    moved = differences(b, a).queries
    return moved[moved["difference"] > 0]
