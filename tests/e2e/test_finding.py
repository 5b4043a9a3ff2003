"""A finding saved from the app and opened without it."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import OUTPUT, Server

NOTE = "<b onclick='x'>Look</b> at number 2"


def test_a_finding_with_its_note_opens_offline(
    server: Server, page: Page, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/recommend?image=animals/birds/crow.png&ranker=model&k=4&parts=score")
    page.get_by_role("button", name="Save finding").click()
    page.get_by_role("textbox", name="Note", exact=True).fill(NOTE)
    with page.expect_download() as started:
        page.get_by_role("button", name="Save as a page").click()
    assert started.value.suggested_filename == "finding-animals-birds-crow.html"
    started.value.save_as(tmp_path / "finding.html")

    requested, said = [], []
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900})
    card = context.new_page()
    card.on("request", lambda request: requested.append(request.url))
    card.on("console", lambda message: said.append(message.text))
    address = (tmp_path / "finding.html").as_uri()
    card.goto(address)
    expect(card.get_by_text(NOTE)).to_have_css("font-weight", "600")
    widths = card.eval_on_selector_all("img", "all => all.map(image => image.naturalWidth)")
    assert len(widths) == 5 + 4  # two pictures more, and their heat
    assert all(widths)
    link = card.get_by_role("link", name="Open in the app").get_attribute("href")
    assert str(link).startswith(f"{server.url}/recommend?")
    assert "image=animals%2Fbirds%2Fcrow.png" in str(link)
    assert [url for url in requested if not url.startswith("data:")] == [address]
    assert said == []
    card.screenshot(path=OUTPUT / "finding.png", full_page=True)
    context.close()


def test_a_copied_link_is_the_address_and_is_said_to_be_copied(server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/recommend?image=animals/birds/crow.png&k=4")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").get_by_text("Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "crow.png" in page.url
