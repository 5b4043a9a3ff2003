"""What each word and region of the query did, in a real browser."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, settled

PICTURE = "animals/birds/magpie.png"


def test_a_region_is_drawn_and_asked_by_key_and_back_undoes_it(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=clip")
    page.get_by_text("What each word and region of the query did", exact=True).click()
    panel = page.locator(".st-key-recommend-each_word")
    expect(panel.locator("ul.altered li").first).to_be_visible()
    frame = panel.get_by_role("application")
    settled(page)
    before = page.url
    frame.hover()  # waits until it keeps still
    box = frame.bounding_box()
    assert box
    width, height = box["width"], box["height"]
    frame.hover(position={"x": width * 0.2, "y": height * 0.1})
    page.mouse.down()
    frame.hover(position={"x": width * 0.8, "y": height * 0.6})
    page.mouse.up()
    expect(panel.locator("ol.moved li")).not_to_have_count(0)
    expect(panel.get_by_text("This part only", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("region=only"))
    settled(page)
    drawn = page.url
    frame.press("Shift+ArrowRight")
    frame.press("Enter")
    expect(page).not_to_have_url(drawn)
    settled(page)
    panel.get_by_role("button", name="Without this part").click()
    expect(page).to_have_url(re.compile("region=without"))
    expect(panel.get_by_role("button", pressed=True)).to_have_text("Without this part")
    page.reload()
    expect(panel.locator("ol.moved li")).not_to_have_count(0)
    settled(page)
    for _ in range(3):
        page.go_back()
        settled(page)
    expect(page).to_have_url(before)
    expect(panel.locator("ol.moved")).to_have_count(0)
    expect(panel.locator("ul.altered li").first).to_be_visible()
