"""Every page in a real browser: sizes, themes, languages, hostile captions, addresses."""

import io
import re
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_app.served import memory
from mmrec_app.state.navigation import PAGES as ALL_PAGES
from mmrec_core.bundle import Bundle, layout
from tests.altered_bundles import altered
from tests.e2e.serving import PATIENCE, Server, settled, shoot

HOSTILE = '<img src=x onerror="window.owned=1"> **bold** [link](javascript:alert(1)) $x^2$'
PAGES = ("", "recommend", "map", "clusters", "evaluation", "errors", "compare", "stories", "about")
TOUR = (*(name for name in ALL_PAGES if name != "stories"), "stories")
RUSSIAN = (
    "Коллекция",
    "Рекомендации",
    "Карта",
    "Кластеры",
    "Качество",
    "Ошибки",
    "Сравнение",
    "Истории",
    "Об этой сборке",
)


def address(name: str, bundle: Bundle) -> str:
    """Return a page's address; Recommend with a query."""
    return f"recommend?image={quote(bundle.image(2))}" if name == "recommend" else name


@pytest.mark.parametrize(
    ("size", "theme"),
    [((390, 844), "dark"), ((1440, 900), "dark"), ((1920, 1080), "light")],
)
def test_nothing_is_wider_than_the_screen(
    server: Server, browser: Browser, bundle: Bundle, size: tuple[int, int], theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale="en-US"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for name in PAGES:
        page.goto(f"{server.url}/{address(name, bundle)}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        shoot(page, f"{name or 'browse'}-{size[0]}-{theme}", full_page=False)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
        expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def test_russian_interface(server: Server, browser: Browser, bundle: Bundle) -> None:
    """A browser that asks for Russian gets it, on every page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for name, heading in zip(PAGES, RUSSIAN, strict=True):
        page.goto(f"{server.url}/{address(name, bundle)}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        shoot(page, f"{name or 'browse'}-russian", full_page=False)
    assert page.evaluate("document.documentElement.lang") == "ru"
    page.get_by_role("radio", name="EN").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("About")
    context.close()


def test_a_script_that_does_not_come_is_missed_in_words(server: Server, page: Page) -> None:
    page.route("**/scripts/**", lambda route: route.abort())
    page.goto(server.url)
    said = page.get_by_text("This part of the page cannot be loaded.")
    expect(said.locator("visible=true").first).to_be_visible()


def test_tour_leads_through_the_pages(server: Server, page: Page) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Tour").click()
    for path in TOUR[1:]:
        page.get_by_role("button", name="Next stop").click()
        expect(page).to_have_url(re.compile(rf"/{path}\?"))
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("How the recommender works")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Done")).to_have_count(0)


@pytest.mark.parametrize(("width", "most"), [(1440, 90), (390, 270)])
@pytest.mark.parametrize("language", ["en-US", "ru-RU"])
def test_controls_are_one_line_and_leave_a_phone_its_screen(
    server: Server, browser: Browser, bundle: Bundle, width: int, most: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    lines = {
        address("recommend", bundle): "recommend-line",
        "errors": "errors-pairs-line",
        "errors?view=queue": "errors-queue-line",
    }
    for path, key in lines.items():
        page.goto(f"{server.url}/{path}")
        expect(page.locator(f".st-key-{key}")).to_be_visible()
        settled(page)
        height = page.locator(f".st-key-{key}").evaluate("line => line.offsetHeight")
        assert height <= most, (path, height)
    context.close()


def test_the_tour_leads_to_what_it_speaks_of(server: Server, browser: Browser) -> None:
    """On a phone and by keyboard: each stop has a part that is outlined, and goes to it."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    page.locator(".st-key-tour-start button").locator("visible=true").click()
    for name in TOUR:
        words = ALL_PAGES[name]
        shown = f".st-key-{words.shows.replace('.', '-')}"
        part = page.locator(f"{shown}:not([data-stale=true])")
        expect(part).to_have_css("outline-style", "solid")
        settled(page)
        page.get_by_role("button", name="Show me").press("Enter")
        expect(part).to_be_focused()
        expect(part).to_be_in_viewport()
        if name != TOUR[-1]:
            page.get_by_role("button", name="Next stop").click()
    context.close()


def test_cold_deep_link_has_the_frame(
    demo_bundle: Path, page: Page, bundle: Bundle, tmp_path: Path
) -> None:
    with Server(demo_bundle, tmp_path) as fresh:
        page.goto(f"{fresh.url}/{address('recommend', bundle)}&k=5&ranker=clip")
        expect(page.get_by_role("list", name="5 recommendations by CLIP")).to_be_visible()
        expect(page.get_by_role("link", name="Browse")).to_be_visible()
        expect(page.get_by_text("streamlit app", exact=True)).to_have_count(0)
        expect(page).to_have_url(re.compile(r"/recommend\?.*k=5"))
        expect(page).to_have_title(re.compile("Recommend"))


def test_the_server_finds_visitors_who_left(server: Server) -> None:
    assert memory.UNKNOWN not in Path(server.log.name).read_text()


def test_served_below_a_sub_path(demo_bundle: Path, page: Page, tmp_path: Path) -> None:
    option = ("--server.baseUrlPath", "tools/mmrec")
    with Server(demo_bundle, tmp_path, *option, base="/tools/mmrec") as below:
        page.goto(f"{below.url}/recommend")
        picture = page.get_by_role("list").locator("img").first
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        failed: list[str] = []
        page.on("response", lambda answer: answer.ok or failed.append(answer.url))
        page.goto(f"{below.url}/map")
        expect(page.locator("canvas").first).to_be_visible()
        settled(page)
        assert [url for url in failed if "_stcore" not in url] == []


def test_captions_and_names_are_text(
    demo_bundle: Path, page: Page, bundle: Bundle, tmp_path: Path
) -> None:
    """A caption with HTML and Markdown, in a copy of the bundle's catalogue, shows as it is."""
    items = pd.read_parquet(demo_bundle / layout.CATALOGUE)
    for column in ("text", "text_ru", "label"):
        items[column] = HOSTILE
    items["image"] = [f"{row} {HOSTILE.replace('/', '')}.png" for row in range(len(items))]
    written = io.BytesIO()
    items.to_parquet(written)
    content = {layout.CATALOGUE: written.getvalue()}
    hostile = altered(demo_bundle, tmp_path / "hostile", written=content)
    with Server(hostile, tmp_path) as server:
        page.goto(server.url)
        first = page.get_by_role("list").locator(".pick").first
        expect(first.locator(".caption")).to_have_text(HOSTILE)
        first.click()
        expect(page.get_by_role("heading", name=re.compile("ranks it number 1$"))).to_be_visible()
        expect(page.locator("figure.one").first).to_contain_text(HOSTILE)
        for name in PAGES[2:]:
            page.goto(f"{server.url}/{name}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            settled(page)
            assert page.evaluate("window.owned") is None
            expect(page.locator("img[src='x']")).to_have_count(0)
            expect(page.get_by_role("link", name="link", exact=True)).to_have_count(0)
