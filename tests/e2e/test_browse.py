"""Browse in a real browser: search, filters, choosing several, paging, links."""

import re

from playwright.sync_api import Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled, shoot


def test_search_filter_and_keyboard(server: Server, page: Page, bundle: Bundle) -> None:
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Browse")).to_be_visible()
    pictures = page.get_by_role("list").locator(".pick")
    expect(pictures).to_have_count(min(48, len(bundle.items)))
    expect(pictures.first.locator("img")).to_have_js_property("complete", True)
    assert pictures.first.locator("img").evaluate("image => image.naturalWidth") > 0
    shoot(page, "browse", full_page=False)

    search = page.get_by_role("textbox", name="Search captions")
    word = str(bundle.items["text"].dropna().iloc[0]).strip(".").split()[-1]
    search.fill(word)
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"q="))
    expect(pictures.first).to_contain_text(re.compile(re.escape(word), re.IGNORECASE))
    page.get_by_role("button", name=f"“{word}”").click()
    expect(pictures).to_have_count(48)
    settled(page)

    pictures.first.focus()
    page.keyboard.press("ArrowRight")
    expect(pictures.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recommend\?.*image="))


def test_describe_a_picture_and_take_something_away(server: Server, page: Page) -> None:
    page.goto(server.url)
    describe = page.get_by_role("textbox", name="Describe a picture")
    describe.fill("a bird")
    describe.press("Enter")
    expect(page).to_have_url(re.compile("terms="))
    pictures = page.get_by_role("list").locator(".pick")
    expect(pictures.first).to_contain_text(re.compile(r"0\.\d"))
    describe.fill("− a house")  # takes away from the search that is there
    describe.press("Enter")
    expect(page.get_by_role("button", name="a house ×0.6", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("house"))
    linked = page.url
    expect(pictures.first).to_contain_text(re.compile(r"[1-3]\.\d"))  # now in standard deviations
    settled(page)
    first = pictures.first.get_attribute("title")
    shoot(page, "browse-search", full_page=False)
    page.goto(linked)
    expect(pictures.first).to_have_attribute("title", str(first))
    describe.fill("a hat −red")  # another search
    describe.press("Enter")
    expect(page.get_by_role("button", name="a hat", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="red ×0.6", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="a bird", exact=True)).to_have_count(0)


def test_choose_several_then_tag_and_search(server: Server, page: Page) -> None:
    page.goto(server.url)
    boxes = page.get_by_role("checkbox", name=re.compile("^Select: "))
    cards = page.get_by_role("list").locator(".card")
    cards.nth(1).hover()
    boxes.nth(1).click()
    expect(page.get_by_text("1 image selected")).to_be_visible()
    cards.nth(4).locator(".pick").click(modifiers=["Shift"])
    expect(page.get_by_text("4 images selected")).to_be_visible()
    expect(boxes.nth(3)).to_have_attribute("aria-checked", "true")
    page.get_by_test_id("stPopover").get_by_role("button", name="Tag").click()
    tag = page.get_by_role("combobox", name=re.compile("Tags"))
    tag.fill("look again")
    page.keyboard.press("Enter")
    settled(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search with these").click()
    expect(page).to_have_url(re.compile("terms="))
    settled(page)
    page.goto(f"{server.url}/?tag=look%20again")
    expect(cards).to_have_count(4)
