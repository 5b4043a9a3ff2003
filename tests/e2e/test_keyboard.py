"""By keys alone: past the header, through the map's legend, and told what has changed."""

import re
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import PATIENCE, Server, settled


def said(page: Page) -> Locator:
    """Return the last line that a screen reader was given to read."""
    return page.get_by_role("log").locator("p").last


def test_the_first_stop_leads_past_the_header(server: Server, page: Page) -> None:
    page.goto(server.url)
    settled(page)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="About this collection")).to_be_focused()
    assert "#" not in page.url


def test_it_speaks_russian_and_skips_after_a_turn_of_the_page(
    server: Server, browser: Browser
) -> None:
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(server.url)
    settled(page)
    page.get_by_role("link", name="Карта", exact=True).press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Карта")
    expect(said(page)).to_have_text("Карта")
    settled(page)
    page.get_by_role("link", name="Перейти к содержанию").press("Enter")
    expect(heading).to_be_focused()
    context.close()


def test_the_legend_is_one_stop(server: Server, page: Page, bundle: Bundle) -> None:
    page.goto(f"{server.url}/map?colour=label")
    expect(page.locator(".map[data-ready]")).to_be_visible()
    settled(page)
    search = page.get_by_role("searchbox", name="Find in the legend")
    entries = page.get_by_role("toolbar", name="Category").get_by_role("button")
    search.focus()
    page.keyboard.press("Tab")
    expect(entries.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(entries.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(entries.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(entries.last).to_have_attribute("aria-pressed", "true")
    expect(entries.last).to_be_focused()
    settled(page)
    page.keyboard.press("Shift+Tab")
    expect(search).to_be_focused()
    page.keyboard.press("Tab")
    expect(entries.last).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".legend-item:focus")).to_have_count(0)


def test_what_changed_is_said(server: Server, page: Page) -> None:
    page.goto(server.url)
    settled(page)
    words = page.get_by_role("textbox", name="Search captions")
    words.fill("owl")
    words.press("Enter")
    expect(said(page)).to_have_text(re.compile(r"^\d+ images?, page 1 of 1$"))
    words.fill("no such word")
    words.press("Enter")
    expect(said(page)).to_have_text("No images match these filters")
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect(said(page)).to_contain_text("page 1 of")
    page.get_by_role("button", name="Next", exact=True).press("Enter")
    expect(said(page)).to_contain_text("page 2 of")


def test_a_result_says_what_is_known_of_it(server: Server, page: Page, bundle: Bundle) -> None:
    label = bundle.items["label"].value_counts().index[0]
    image = bundle.items["image"][bundle.items["label"] == label].iloc[0]
    page.goto(f"{server.url}/recommend?image={quote(image)}")
    results = page.locator(".lists .pick")
    expect(results.first).to_be_visible()
    settled(page)
    marked = 0
    for result in results.all():
        for sign, words in ((".known.yes", "same category"), (".only", "only here")):
            if result.locator(sign).is_visible():
                marked += 1
                expect(result).to_have_accessible_name(re.compile(rf"^\d+\. .*{words}", re.DOTALL))
    assert marked
    page.get_by_role("link", name=re.compile(r"^3\. ")).first.press(" ")
    expect(said(page)).to_contain_text("ranks it number 3")


def test_a_grade_and_its_undoing_are_said(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/errors?view=queue&reviewer=Eve")
    expect(page.locator(".candidate").first).to_be_visible()
    settled(page)
    status = page.locator(".spoken[role=status]")
    page.keyboard.press("3")
    expect(status).to_have_text("Relevant · saved")
    page.keyboard.press("u")
    expect(status).to_contain_text("undone")
    page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text("query 2 of")
