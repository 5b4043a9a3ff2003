"""Every jump is one entry of the browser's history: Back and Forward show what was left."""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from mmrec_app.state.navigation import FIRST, PAGES
from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, all_drawn, settled


def header(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=name, exact=True).click()


def first_picture(page: Page) -> None:
    page.locator(".card .pick").first.click()


def first_far(page: Page) -> None:
    all_drawn(page)
    first_picture(page)


def button(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name).first.click()


def link(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=name).first.click()


def open_candidate(page: Page) -> None:
    expect(page.locator(".candidate.here")).to_be_visible()
    page.keyboard.press("o")


JUMPS = {
    "the header": ("?q=bird", header("Map"), "map"),
    "the header to a page without filters": ("errors?view=queue", header("Recommend"), "recommend"),
    "a picture of a filtered Browse": ("?q=bird", first_picture, "recommend"),
    "a result as the next query": ("recommend?image={image}", link("Use as the query"), None),
    "a picture to start from": ("recommend", first_picture, None),
    "a query's place on the map": ("recommend?image={image}", link("Open on the map"), "map"),
    "a cluster's picture": ("clusters?cluster=1", first_picture, "recommend"),
    "a cluster on the map": ("clusters?cluster=1", link("Show on the map"), "map"),
    "a picture of the map": ("map?image={image}", first_picture, "recommend"),
    "a candidate of the queue": ("errors?view=queue", open_candidate, "recommend"),
    "a query of a slice": (
        "evaluation?slice=label:animals%2Fbirds",
        first_far,
        "recommend",
    ),
    "the tour": ("about", button("Tour"), ""),
}


class Shown(NamedTuple):
    path: str
    params: dict[str, list[str]]
    heading: str


def shown(page: Page) -> Shown:
    """Return what the page shows once it has settled."""
    expect(page).to_have_url(re.compile("bundle="))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    settled(page)
    address = urlsplit(page.url)
    return Shown(address.path, parse_qs(address.query), heading.inner_text())


def expect_shown(page: Page, before: Shown) -> None:
    expect(page).to_have_url(re.compile(f"{before.path}(\\?|$)"))
    expect(page.get_by_role("heading", level=1)).to_have_text(before.heading)
    assert shown(page) == before


@pytest.mark.parametrize("jump", JUMPS)
def test_a_jump_is_one_step_of_back(server: Server, page: Page, bundle: Bundle, jump: str) -> None:
    start, act, to = JUMPS[jump]
    image = quote(bundle.image(2), safe="")
    page.goto(f"{server.url}/{start.format(image=image)}")
    before = shown(page)
    entries = page.evaluate("history.length")
    act(page)
    if to is None:
        expect(page).to_have_url(re.compile("[?&]image="))
        expect(page).not_to_have_url(re.compile(f"[?&]image={image}(&|$)"))
    else:
        expect(page).to_have_url(re.compile(f"{server.url}/{to}(\\?|$)"))
        turned_to = PAGES[to or FIRST]
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(turned_to.heading or turned_to.title)
    settled(page)
    after = shown(page)
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect_shown(page, before)
    page.go_forward()
    expect_shown(page, after)


def test_a_header_link_opens_a_page_as_it_was_left(
    server: Server, page: Page, bundle: Bundle
) -> None:
    image = quote(bundle.image(2), safe="")
    page.goto(f"{server.url}/recommend?image={image}&k=7")
    left = shown(page)
    header("Clusters")(page)
    page.locator(".card .pick").nth(2).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Clusters")
    cluster = shown(page)
    page.reload()  # what was left outlasts the session
    expect_shown(page, cluster)
    header("Recommend")(page)
    expect_shown(page, left)
    header("Clusters")(page)
    expect_shown(page, cluster)
    header("Clusters")(page)  # the open page itself starts afresh
    expect(page).not_to_have_url(re.compile("cluster="))


def test_a_picture_opens_in_a_new_tab(server: Server, page: Page, bundle: Bundle) -> None:
    page.goto(f"{server.url}/?q=bird")
    with page.context.expect_page() as opened:
        page.locator(".card .pick").first.click(modifiers=["ControlOrMeta"])
    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_have_text("Recommend")
    assert shown(tab).params["bundle"] == shown(page).params["bundle"]
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Map", exact=True).click(modifiers=["ControlOrMeta"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Map")
    assert shown(page).heading == "Browse"
