"""Signing in at a provider in a real browser: then verdicts are of who signed in."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mmrec_app.served.rights import reviewer_of
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import SUFFIX
from mmrec_core.verdicts.store import VerdictStore
from tests.e2e.serving import Server, settled
from tests.oidc_provider import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


def test_verdicts_are_of_who_signed_in(
    page: Page,
    provider: Provider,
    bundle: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MMREC_SIGN_IN", "1")
    server = Server(bundle.path, tmp_path / "verdicts", "--secrets.files", f"{tmp_path}/auth.toml")
    (tmp_path / "auth.toml").write_text(provider.secrets(server.url))
    store = VerdictStore(tmp_path / "verdicts" / f"{bundle.path.name}{SUFFIX}")
    queue = f"{server.url}/errors?view=queue&reviewer=Bob"
    with server:
        upload = urllib.request.Request(f"{server.url}/_stcore/upload_file/a/b", b"x", method="PUT")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(upload)
        page.goto(queue)
        settled(page)
        expect(page.locator(".candidate .grade").first).to_be_hidden()
        page.get_by_test_id("stMain").get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(f"{server.url}/**")
        expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
        page.goto(queue)
        settled(page)
        expect(page.locator(".candidate .grade").first).to_be_visible()
        page.keyboard.press("4")
        ann = reviewer_of({"iss": provider.url, "sub": "1", "name": "Ann Lee"})
        expect(page.get_by_text(f"1 verdict by {ann}")).to_be_visible()
        assert store.verdicts()["reviewer"].tolist() == [ann]
        settings = page.locator('.st-key-toolbar > :last-child [data-testid="stPopoverButton"]')
        settings.locator("visible=true").first.click()
        expect(page.get_by_text(f"Signed in as {ann}")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
        page.goto(queue)
        expect(page.get_by_text("Sign in to give verdicts").first).to_be_visible()
