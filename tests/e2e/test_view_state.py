"""What a visitor has set stays: from tab to tab, page to page, by Back and by reload."""

import re

from playwright.sync_api import Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled

LOW_SCORED = re.compile("^Low-scored, relevant")


def turn_to(page: Page, name: str) -> None:
    """Turn to a page by the menu."""
    settled(page)
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    settled(page)


def filter_by(page: Page, word: str) -> None:
    search = page.get_by_role("textbox", name="Search captions")
    search.fill(word)
    search.press("Enter")
    expect(chip(page, word)).to_be_visible()
    settled(page)


def chip(page: Page, word: str):
    return page.get_by_role("button", name=f"“{word}”")


def test_choices_among_pairs_outlast_the_other_tabs(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/errors")
    kind = page.get_by_role("combobox", name="Pairs to show")
    kind.click()
    page.get_by_role("option", name=LOW_SCORED).click()
    expect(page).to_have_url(re.compile("kind=positives"))
    settled(page)
    threshold = page.get_by_role("slider", name="Threshold")
    threshold.focus()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"threshold=1\.0"))
    filter_by(page, "frog")
    for tab in ("Verdicts", "Queue"):
        page.get_by_role("radio", name=tab, exact=True).click()
        expect(page).to_have_url(re.compile(f"view={tab.lower()}"))
        settled(page)
        page.get_by_role("radio", name="Pairs", exact=True).click()
        expect(chip(page, "frog")).to_be_visible()
        settled(page)
        expect(kind).to_have_value(LOW_SCORED)
        expect(threshold).to_have_value("1")

    page.get_by_role("radio", name="Verdicts", exact=True).click()
    expect(page).to_have_url(re.compile("view=verdicts"))
    settled(page)
    page.go_back()
    expect(chip(page, "frog")).to_be_visible()
    page.reload()
    expect(chip(page, "frog")).to_be_visible()
    settled(page)
    expect(kind).to_have_value(LOW_SCORED)
    expect(threshold).to_have_value("1")


def test_a_filter_stays_on_until_it_is_taken_off(
    server: Server, page: Page, bundle: Bundle
) -> None:
    page.goto(f"{server.url}/map")
    filter_by(page, "frog")
    turn_to(page, "Errors")
    expect(chip(page, "frog")).to_be_visible()
    turn_to(page, "Recommend")  # does not filter
    turn_to(page, "Browse")
    expect(chip(page, "frog")).to_be_visible()
    page.reload()
    expect(chip(page, "frog")).to_be_visible()
    settled(page)

    turn_to(page, "Errors")
    chip(page, "frog").click()  # taken off in a part of a page, for all pages
    expect(chip(page, "frog")).to_have_count(0)
    for name in ("Map", "Browse"):
        turn_to(page, name)
        expect(chip(page, "frog")).to_have_count(0)
    everything = f"{len(bundle.items):,} images"
    expect(page.get_by_text(everything, exact=True)).to_be_visible()


def test_a_filter_set_on_errors_is_on_where_one_goes(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/?q=bird")
    expect(chip(page, "bird")).to_be_visible()
    turn_to(page, "Errors")
    filter_by(page, "frog")
    turn_to(page, "Map")
    expect(chip(page, "frog")).to_be_visible()
    expect(chip(page, "bird")).to_have_count(0)


def test_a_search_by_chosen_pictures_shows_at_once(server: Server, page: Page) -> None:
    page.goto(server.url)
    cards = page.get_by_role("list").locator(".card")
    cards.nth(1).hover()
    page.get_by_role("checkbox", name=re.compile("^Select: ")).nth(1).click()
    page.get_by_role("button", name="Search with these").click()
    expect(page.get_by_role("button", name=re.compile("like “"))).to_be_visible()
    expect(cards.first.locator(".pick")).to_contain_text("1.0")


def test_a_saved_view_is_found_on_every_page(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/")
    filter_by(page, "frog")
    page.get_by_role("button", name="Saved views").click()
    name = page.get_by_role("textbox", name="Save this view as")
    name.fill("Only [frogs]")
    name.press("Enter")
    saved = page.get_by_role("link", name="Browse: Only [frogs]")
    expect(saved).to_be_visible()
    settled(page)
    chip(page, "frog").click()
    expect(chip(page, "frog")).to_have_count(0)

    turn_to(page, "Errors")
    page.get_by_role("button", name="Saved views").click()
    saved.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Browse")
    expect(chip(page, "frog")).to_be_visible()
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Errors")

    settled(page)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Remove this view").click()
    expect(saved).to_have_count(0)
