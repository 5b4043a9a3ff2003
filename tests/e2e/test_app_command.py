"""``mmrec app``: the pages from any folder, below a path, with the app's own settings."""

import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.serving import AppCommand, settled

MMREC = [sys.executable, "-m", "mmrec_core.cli.main"]


def test_it_serves_a_bundle_from_elsewhere(page: Page, demo_bundle: Path, tmp_path: Path) -> None:
    options = "--bundles", str(demo_bundle)
    with AppCommand(MMREC, tmp_path, *options, base="/below") as server:
        page.goto(f"{server.url}/recommend")
        settled(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Recommend")
    assert list(tmp_path.iterdir()) == []


def test_without_a_bundle_it_offers_the_demo(page: Page, tmp_path: Path) -> None:
    with AppCommand(MMREC, tmp_path) as server:
        page.goto(server.url)
        settled(page)
        button = page.get_by_role("button", name="Build the demo here")
        expect(button).to_have_css("background-color", "rgb(69, 83, 201)")  # of our theme
        expect(page.get_by_text("mmrec demo --out artifacts/demo")).to_be_visible()
