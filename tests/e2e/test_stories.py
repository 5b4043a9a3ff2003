"""A story made from findings, presented from the app, and saved; in both languages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.stories.model import Step, Story
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import SUFFIX
from tests.e2e.axe import SIZES, violations
from tests.e2e.serving import OUTPUT, PATIENCE, Server, settled, shoot

WORDS = {
    "en-US": ("How the recommender works", "Present", "Step {n} of 9", "Save as HTML", "Next step"),
    "ru-RU": (
        *("Как работает рекомендательная система", "Показать", "Шаг {n} из 9"),
        *("Сохранить как HTML", "Следующий шаг"),
    ),
}


@pytest.fixture
def stories(server: Server, bundle: Bundle) -> Stories:
    folder = Path(server.environment["MMREC_VERDICTS"])
    return Stories(folder / f"{bundle.path.name}{SUFFIX}")


@pytest.mark.parametrize("language", WORDS)
def test_the_bundles_story_is_read_presented_and_opened_offline(
    server: Server, browser: Browser, language: str, tmp_path: Path
) -> None:
    name, present, place, save, following = WORDS[language]
    context = browser.new_context(locale=language, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/stories")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".finding img").first).to_be_visible()
    page.get_by_role("link", name=following).click()
    expect(page).to_have_url(re.compile("step=2"))
    expect(page.locator(".finding .embedding")).to_have_count(3)
    shoot(page, f"stories-{language}", full_page=False)
    page.go_back()
    expect(page.locator(".finding .embedding")).to_have_count(0)
    page.go_forward()
    settled(page)
    expect(page.locator(".finding .embedding")).to_have_count(3)

    with context.expect_page() as opened:
        page.get_by_role("link", name=present).click()
    shown = opened.value
    expect(shown.locator(".place")).to_have_text(place.format(n=2))
    shown.keyboard.press("ArrowRight")
    expect(shown.locator(".place")).to_have_text(place.format(n=3))
    live = shown.locator(".step.present .open").get_attribute("href")
    assert str(live).startswith(f"{server.url}/recommend?")

    with page.expect_download() as started:
        page.get_by_role("link", name=save).click()
    started.value.save_as(tmp_path / "story.html")
    context.close()

    offline = browser.new_context(offline=True).new_page()
    requested: list[str] = []
    offline.on("request", lambda request: requested.append(request.url))
    offline.goto((tmp_path / "story.html").as_uri())
    offline.keyboard.press("End")
    expect(offline.locator(".place")).to_have_text(place.format(n=9))
    assert [url for url in requested if not url.startswith("data:")] == [
        (tmp_path / "story.html").as_uri()
    ]
    offline.context.close()


def test_findings_are_put_in_order(server: Server, page: Page, stories: Stories) -> None:
    page.goto(f"{server.url}/recommend?image=animals/birds/crow.png&k=4&reviewer=Nora")
    page.get_by_role("button", name="Save finding").click()
    form = page.get_by_test_id("stPopoverBody")
    form.get_by_role("textbox", name="Name of the story").fill("Crows")
    form.get_by_role("textbox", name="Title").fill("A crow")
    form.get_by_role("textbox", name="Text").fill("What each ranker puts beside it.")
    form.get_by_role("button", name="Add", exact=True).click()
    form.get_by_role("link", name="Added to").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Crows")
    main = page.get_by_test_id("stMain")
    expect(main.locator(".finding .list")).to_have_count(3)
    main.get_by_role("button", name="Add a step").click()
    page.get_by_role("button", name="A step of words alone").click()
    expect(page).to_have_url(re.compile("step=2"))
    settled(page)
    page.keyboard.press("Escape")
    title = main.get_by_role("textbox", name="Title")
    expect(title).to_have_value("New step")
    title.fill("Before the crow")
    title.press("Enter")
    expect(main.get_by_role("link", name="Before the crow")).to_be_visible()
    main.get_by_role("button", name="Move up").press("Enter")
    expect(main.locator("nav.story-steps ol a").first).to_have_text("Before the crow")
    settled(page)
    shoot(page, "stories-edit", full_page=False)
    (story,) = [entry.story for entry in stories.all() if entry.story.name == "Crows"]
    assert [step.title for step in story.steps] == ["Before the crow", "A crow"]
    assert story.steps[1].text == "What each ranker puts beside it."
    page.get_by_role("link", name="Read").click()
    main.get_by_role("link", name="A crow").click()
    page.get_by_role("link", name="Open live: Recommend").click()
    expect(page).to_have_url(re.compile(r"/recommend\?.*crow\.png"))
    page.goto(f"{server.url}/stories?story=Crows&edit=1")
    main.get_by_role("button", name="Name, removal").click()
    page.get_by_role("button", name="Remove this story").click()
    expect(page.get_by_text("“Crows” is removed.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Crows")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_where_a_story_is_changed(
    server: Server, page: Page, stories: Stories, theme: str
) -> None:
    name = f"Axe {theme}"
    steps = (Step(title="One", text="Words.", notes="Notes."), Step(title="Two"))
    stories.add(Story(name=name, steps=steps), reviewer="Ann")
    page.goto(f"{server.url}/stories?story={name}&edit=1")
    expect(page.get_by_role("textbox", name="Title")).to_be_visible()
    for size in SIZES.values():
        found = [one for one in violations(page, theme, size) if not one.exempt]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.screenshot(path=OUTPUT / f"stories-edit-phone-{theme}.png")
