"""What the browser tests share: Chromium, one server of the demo bundle, a fresh page each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mmrec_core.bundle import Bundle, open_bundle
from tests.e2e.serving import ARGUMENTS, CHROMIUM, OUTPUT, PATIENCE, Server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: CHROMIUM=/path/to/it")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(
    demo_bundle: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with Server(demo_bundle, tmp_path_factory.mktemp("verdicts")) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new visitor; no script may fail in it, and nothing go against its policy."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme="light", locale="en-US"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.extend(policy_broken(said.text)))
    yield page
    assert not errors
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def policy_broken(said: str) -> list[str]:
    """Return what a console says, if that is of the content security policy."""
    return [said] if "Content Security Policy" in said else []


@pytest.fixture(scope="session")
def bundle(demo_bundle: Path) -> Bundle:
    return open_bundle(demo_bundle)
