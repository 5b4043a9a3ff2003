"""A Russian speaker asks in Russian: Browse, Recommend and the map find red flowers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import PATIENCE, Server, settled, shoot

QUERY = "красный цветок"


@pytest.fixture
def russian(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def flowers(bundle: Bundle, pictures: Locator, count: int) -> int:
    """Return how many of the first pictures have the caption of a flower."""
    items = bundle.items
    captions = items.loc[items["label"] == "plants/flowers", "text_ru"]
    shown = [pictures.nth(i).inner_text() for i in range(count)]
    return sum(any(caption in text for caption in captions) for text in shown)


def red(pictures: Locator, count: int) -> int:
    """Return how many of the first pictures have a caption that says they are red."""
    shown = [pictures.nth(i).inner_text().lower() for i in range(count)]
    return sum("красн" in text for text in shown)


def test_browse_finds_red_flowers(server: Server, russian: Page, bundle: Bundle) -> None:
    russian.goto(server.url)
    describe = russian.get_by_role("textbox", name="Опишите картинку")
    describe.fill(QUERY)
    describe.press("Enter")
    expect(russian).to_have_url(re.compile("terms="))
    pictures = russian.get_by_role("list").locator(".pick")
    expect(pictures.first).to_contain_text(re.compile(r"0\.\d"))
    settled(russian)
    assert flowers(bundle, pictures, 10) >= 6
    assert red(pictures, 10) >= 2
    shoot(russian, "browse-russian-query", full_page=False)


def test_recommend_finds_red_flowers(server: Server, russian: Page, bundle: Bundle) -> None:
    russian.goto(f"{server.url}/recommend?text={QUERY}")
    results = russian.get_by_role("list", name=re.compile("CLIP$")).get_by_role("listitem")
    expect(results.first).to_be_visible()
    settled(russian)
    assert flowers(bundle, results, 5) >= 3
    assert red(results, 5) >= 1


def test_the_map_finds_red_flowers(server: Server, russian: Page, bundle: Bundle) -> None:
    russian.goto(f"{server.url}/map?query={QUERY}")
    panel = russian.locator(".st-key-map-panel")
    results = panel.get_by_role("list").first.get_by_role("listitem")
    expect(results.first).to_be_visible()
    settled(russian)
    assert flowers(bundle, results, 5) >= 3
    assert red(results, 5) >= 2
