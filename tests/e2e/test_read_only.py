"""A read-only server in a real browser: no grades, by buttons, keys or requests."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, settled


def test_nobody_writes(
    page: Page, demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMREC_READ_ONLY", "1")
    with Server(demo_bundle, tmp_path / "verdicts") as server:
        page.goto(f"{server.url}/errors?view=queue")
        settled(page)
        candidate = page.locator(".candidate").first
        expect(candidate.locator(".value")).not_to_be_empty()  # nothing is hidden until graded
        expect(candidate.locator(".grade").first).to_be_hidden()
        page.keyboard.press("4")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id("stMain").get_by_text("query 2 of")).to_be_visible()
        upload = f"{server.url}/_stcore/upload_file/a/b"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(urllib.request.Request(upload, b"x", method="PUT"))
    assert not (tmp_path / "verdicts").exists()
    assert "mmrec_reviewer" not in {cookie["name"] for cookie in page.context.cookies()}
