"""Pages keep still while they load, and what is turned to starts at its top."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.clicks import of_query
from mmrec_app.served.scripts import module_address
from mmrec_core.bundle import Bundle
from tests.e2e import shifts
from tests.e2e.serving import PATIENCE, Server, settled

MAIN = "document.querySelector('[data-testid=stMain]')"


@pytest.mark.parametrize(("width", "language"), [(1440, "en-US"), (390, "ru-RU")])
def test_pages_keep_still_while_they_load(
    server: Server, browser: Browser, bundle: Bundle, width: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 850}, locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    shifts.observe(page)
    for path in ("", of_query(bundle), "map", "clusters?cluster=1", "errors?view=queue"):
        page.goto(f"{server.url}/{path}")
        loaded(page)
        value, moved = shifts.shift(page)
        assert value < shifts.GOOD, (path, moved)
    context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1279, 1440])
def test_actions_that_wait_for_the_answer_find_their_room(
    server: Server, browser: Browser, bundle: Bundle, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 850}, locale="ru-RU")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/{of_query(bundle)}")
    loaded(page)
    head = page.locator(".st-key-page-head")
    with_all = head.evaluate("head => head.getBoundingClientRect().height")
    late = page.locator(".st-key-head-recommend > :nth-child(n + 3)")
    assert late.count() >= 4
    late.evaluate_all("actions => actions.forEach((action) => action.remove())")
    assert head.evaluate("head => head.getBoundingClientRect().height") == with_all
    context.close()


def test_a_block_that_a_run_still_fills_is_not_whole(server: Server, page: Page) -> None:
    page.goto(server.url)
    loaded(page)
    whole = page.evaluate(
        """async ([address, columns]) => {
            const { wholeBlocks, blocks } = await import(address);
            const count = (state, more) => {
                document.body.innerHTML = `<div data-testid=stApp data-test-script-state=${state}>
                    <div data-testid=stMainBlockContainer>
                    <div data-testid=stVerticalBlock>${columns}${more}</div></div></div>`;
                return wholeBlocks(blocks()).length;
            };
            return [count("running", ""), count("running", "<p>Next"), count("notRunning", "")];
        }""",
        [
            f"{server.url}/{module_address('curtain/page.js')}",
            "<div><div data-testid=stColumn></div><div data-testid=stColumn>Beside</div></div>",
        ],
    )
    assert whole == [0, 1, 1]


def test_a_page_comes_into_sight_without_what_failed(server: Server, page: Page) -> None:
    """Also where neither a component's scripts nor the one that waits for them come."""
    page.route("**/scripts/**", lambda route: route.abort())
    page.goto(server.url)
    gallery = page.locator(".st-key-browse-gallery")
    page.wait_for_function(
        "box => box.checkVisibility({ opacityProperty: true })", arg=gallery.element_handle()
    )


def test_a_page_turned_to_starts_at_its_top(server: Server, page: Page) -> None:
    page.goto(server.url)
    loaded(page)
    page.evaluate(f"{MAIN}.scrollTo(0, 1e6)")
    page.get_by_role("link", name="Clusters", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clusters")
    loaded(page)
    assert page.evaluate(f"{MAIN}.scrollTop") == 0


def test_the_next_page_of_pictures_starts_at_its_top(server: Server, page: Page) -> None:
    page.goto(server.url)
    loaded(page)
    first = page.get_by_role("list").locator(".pick").first
    before = first.get_attribute("title") or ""
    page.get_by_role("button", name="Next", exact=True).click()
    expect(first).not_to_have_attribute("title", before)
    expect(first).to_be_in_viewport(ratio=1)


def test_another_query_starts_at_its_top(server: Server, page: Page, bundle: Bundle) -> None:
    page.goto(f"{server.url}/{of_query(bundle)}")
    loaded(page)
    before = page.url
    page.locator(".lists .follow").last.evaluate("link => link.click()")
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile("image="))
    loaded(page)
    assert page.evaluate(f"{MAIN}.scrollTop") == 0


def loaded(page: Page) -> None:
    """Wait until all that belongs into the window is in sight, and nothing more comes."""
    expect(page.locator("html[data-shown]")).to_have_count(1)
    settled(page)
    page.wait_for_load_state("networkidle")
