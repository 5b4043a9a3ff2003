"""What Evaluation counts opens, with a mouse and by keyboard, and Back returns to it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, settled


def listed(page: Page) -> str:
    """Return how many pairs Errors shows, as it is written."""
    expect(page).to_have_url(re.compile("/errors\\?"))
    settled(page)
    line = page.get_by_text(re.compile("pairs?, page"))
    expect(line).to_be_visible()
    return line.inner_text().split()[0]


def back(page: Page) -> None:
    page.go_back()
    expect(page).to_have_url(re.compile("/evaluation"))
    settled(page)


def test_counts_open_by_keyboard_and_bars_by_a_click(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation")
    missed = page.get_by_role("link", name="missed")
    missed.focus()
    count = missed.inner_text().split()[0]
    page.keyboard.press("Enter")
    assert listed(page) == count
    back(page)

    page.get_by_text("Pairs by probability").press("Enter")
    point = page.get_by_role("link", name=re.compile("^predicted")).last
    count = point.inner_text().split()[-2]
    point.press("Enter")
    assert listed(page) == count
    back(page)

    relevant = page.locator(".trace.bars").nth(1).locator(".point path")
    relevant.nth(20).scroll_into_view_if_needed()
    relevant.nth(20).click(force=True)
    expect(page).to_have_url(re.compile("known=relevant&bin=score%3A20"))
    assert listed(page) != "0"
    back(page)


def test_a_point_opens_a_slice_and_the_table_of_its_queries(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation")
    settled(page)
    dots = page.locator(".stPlotlyChart").last.locator(".scatterlayer .point")
    dots.nth(3).scroll_into_view_if_needed()
    dots.nth(3).click(force=True)
    table = page.get_by_role("link", name=re.compile("All in a table"))
    count = table.inner_text().split()[-2]
    table.click()
    expect(page.get_by_text(re.compile(f"^{count} held-out quer"))).to_be_visible()
    entries = page.evaluate("history.length")
    page.get_by_role("link", name="BERT", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("BERT")
    assert page.evaluate("history.length") == entries + 1
    page.locator(".query").first.click()
    expect(page).to_have_url(re.compile("/recommend\\?"))
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("BERT")
    expect(page.get_by_text(re.compile(f"^{count} held-out quer"))).to_be_visible()
