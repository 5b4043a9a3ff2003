"""A story opened from a file, without a network: keys, full width, notes, and text as text."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.introduction import introduction
from mmrec_core.stories.model import Picture, Pictures, Step, Story
from mmrec_core.stories.page import story_page
from tests.e2e.axe import EXTRA_RULES, RUN, SCRIPT, TAGS
from tests.e2e.serving import OUTPUT

SIZES = {"hall": (1920, 1080), "laptop": (1280, 720), "phone": (390, 844)}


@pytest.fixture(scope="module")
def files(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, recommender = tmp_path_factory.mktemp("stories"), Recommender(bundle)
    files = {}
    for language in ("en", "ru"):
        files[language] = folder / f"{language}.html"
        page = story_page(bundle, introduction(recommender, language))
        files[language].write_text(page, "utf-8")
    return files


@pytest.fixture
def offline(browser: Browser) -> Iterator[Page]:
    """A page without a network, which may ask for nothing but the file, and say nothing."""
    context = browser.new_context(offline=True, viewport={"width": 1600, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield page
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert said == []
    context.close()


def present(page: Page) -> str:
    return page.locator(".step.present h2").inner_text()


def test_it_is_presented_by_keys_and_nothing_is_asked_for(
    offline: Page, files: dict[str, Path]
) -> None:
    offline.goto(files["en"].as_uri())
    place = offline.locator(".place")
    expect(place).to_have_text("Step 1 of 9")
    titles = offline.locator("h2").all_text_contents()
    for n, key in enumerate(("ArrowRight", "ArrowDown", "PageDown", " "), start=2):
        offline.keyboard.press(key)
        expect(place).to_have_text(f"Step {n} of 9")
        assert present(offline) == titles[n - 1]
    offline.keyboard.press("ArrowLeft")
    expect(offline).to_have_url(re.compile("#4$"))
    offline.keyboard.press("End")
    expect(place).to_have_text("Step 9 of 9")
    offline.keyboard.press("ArrowRight")
    expect(place).to_have_text("Step 9 of 9")
    expect(offline.get_by_role("button", name="Next step")).to_be_hidden()
    offline.get_by_role("button", name="Previous step").click()
    expect(place).to_have_text("Step 8 of 9")
    offline.keyboard.press("Home")
    expect(place).to_have_text("Step 1 of 9")
    widths = offline.eval_on_selector_all("img", "all => all.map(image => image.naturalWidth)")
    assert len(widths) > 40
    assert all(widths)
    offline.keyboard.press("f")
    offline.wait_for_function("document.fullscreenElement !== null")


def test_the_notes_are_in_a_second_window_that_turns_the_steps_too(
    offline: Page, files: dict[str, Path]
) -> None:
    offline.goto(files["en"].as_uri() + "#2")
    with offline.expect_popup() as opened:
        offline.keyboard.press("n")
    notes = opened.value
    expect(notes.locator(".where")).to_have_text("Step 2 of 9")
    expect(notes.locator(".spoken")).to_contain_text("cosine")
    expect(notes.locator(".coming")).to_have_text("Next: So does a caption")
    expect(notes.locator(".time")).to_have_text(re.compile(r"\d\d:\d\d since the start"))
    notes.keyboard.press("ArrowRight")
    expect(notes.locator(".now")).to_have_text("So does a caption")
    expect(offline.locator(".place")).to_have_text("Step 3 of 9")
    expect(offline.locator(".step.present .spoken")).to_be_hidden()
    offline.keyboard.press("End")
    expect(notes.locator(".coming")).to_have_text("Next: the last step")
    notes.screenshot(path=OUTPUT / "story-notes.png")


def test_in_russian_and_on_a_russian_keyboard(offline: Page, files: dict[str, Path]) -> None:
    offline.goto(files["ru"].as_uri())
    expect(offline.locator(".place")).to_have_text("Шаг 1 из 9")
    expect(offline.get_by_role("button", name="Следующий шаг")).to_be_visible()
    with offline.expect_popup() as opened:
        offline.evaluate(
            "document.dispatchEvent("
            "new KeyboardEvent('keydown', {key: 'т', code: 'KeyN', bubbles: true}))"
        )
    expect(opened.value.locator(".coming")).to_contain_text("Дальше: Картинка становится числами")


@pytest.mark.parametrize("size", SIZES)
def test_every_step_fits_its_screen(offline: Page, files: dict[str, Path], size: str) -> None:
    width, height = SIZES[size]
    offline.set_viewport_size({"width": width, "height": height})
    offline.goto(files["ru"].as_uri())
    for n in range(1, 10):
        expect(offline.locator(".step.present")).to_have_attribute("id", f"step-{n}")
        offline.screenshot(path=OUTPUT / f"story-{size}-{n}.png")
        assert offline.evaluate(OVERFLOWING) == []
        offline.keyboard.press("ArrowRight")


OVERFLOWING = """
() => {
  const step = document.querySelector(".step.present");
  const parts = [...step.querySelectorAll("h2, .text, .finding, .picture, table, h3, svg")];
  return parts.filter((part) => {
    const box = part.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1;
  }).map((part) => `${part.tagName} ${part.className.baseVal ?? part.className}`);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(bundle: Bundle, browser: Browser, files: dict[str, Path], scheme: str):
    # axe is put in by the driver, which a page's own policy would refuse.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(files["en"].as_uri())
    page.evaluate(SCRIPT)
    for n in range(1, 10):
        expect(page.locator(".place")).to_have_text(f"Step {n} of 9")
        found = page.evaluate(RUN, [TAGS, EXTRA_RULES, []])
        assert [(one["rule"], one["summary"]) for one in found] == []
        page.keyboard.press("ArrowRight")
    context.close()


def test_without_scripts_and_on_paper_all_steps_are_there(
    browser: Browser, files: dict[str, Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["en"].as_uri())
    for heading in page.get_by_role("heading", level=2).all():
        expect(heading).to_be_visible()
    assert page.get_by_role("heading", level=2).count() == 9
    context.close()


def test_text_of_strangers_runs_nothing(offline: Page, bundle: Bundle, tmp_path: Path) -> None:
    hostile = "</script><script>document.title = 'taken'</script><img src=x onerror=alert(1)>"
    picture = Picture(image=bundle.image(0), caption=hostile)
    step = Step(title=hostile, text=hostile, notes=hostile, finding=Pictures(pictures=(picture,)))
    story = Story(name=hostile[:80], steps=(step,))
    (tmp_path / "hostile.html").write_text(story_page(bundle, story), "utf-8")
    offline.goto((tmp_path / "hostile.html").as_uri())
    expect(offline.locator(".step.present h2")).to_have_text(hostile)
    with offline.expect_popup() as opened:
        offline.keyboard.press("n")
    expect(opened.value.locator(".spoken")).to_have_text(hostile)
    expect(offline).to_have_title(hostile[:80])
