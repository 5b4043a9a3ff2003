"""The reasons on Recommend in a real browser: each leads on by a link, and Back leads back."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, settled

PICTURE = "animals/birds/magpie.png"


def test_a_training_pair_is_a_link_that_back_undoes(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model")
    page.get_by_text("Training pairs like this one", exact=True).click()
    pair = page.locator(".training-pairs a").first
    expect(pair.locator("img").first).to_be_visible()
    settled(page)
    before = page.url
    pair.click()
    expect(page).to_have_url(re.compile(r"result="))
    expect(page.get_by_role("heading", name=re.compile("CatBoost ranks it number"))).to_be_visible()
    settled(page)
    page.go_back()
    expect(page).to_have_url(before)
    expect(page.get_by_text(PICTURE)).to_be_visible()
