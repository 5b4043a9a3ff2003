"""The app is killed while four people grade and compare: what their pages said is kept."""

from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from mmrec_core.preferences.store import Preferences
from mmrec_core.verdicts.places import SUFFIX
from mmrec_core.verdicts.store import VerdictStore
from tests.e2e.serving import PATIENCE, Server
from tests.e2e.test_compare import choose, query_of

GRADERS, COMPARERS = ("Ann", "Bob"), ("Cy", "Dee")
SAID = 3


def come(browser: Browser, server: Server, name: str, leaving: ExitStack) -> Page:
    page = browser.new_context(locale="en-US").new_page()
    leaving.callback(page.context.close)
    page.set_default_timeout(PATIENCE)
    if name in GRADERS:
        page.goto(f"{server.url}/errors?view=queue&reviewer={name}")
        expect(page.locator(".candidate")).to_have_count(18)
    else:
        page.goto(f"{server.url}/compare?reviewer={name}")
        expect(page.locator(".outer[data-query]")).not_to_have_attribute("data-query", "")
    return page


def test_what_pages_said_outlives_a_kill(
    demo_bundle: Path, browser: Browser, tmp_path: Path
) -> None:
    compared = []
    with ExitStack() as leaving, Server(demo_bundle, tmp_path) as server:
        pages = {name: come(browser, server, name, leaving) for name in GRADERS + COMPARERS}
        for number in range(SAID):
            for name in COMPARERS:
                compared.append((name, query_of(pages[name]), "left"))
                choose(pages[name], "ArrowLeft")
            for name in GRADERS:
                pages[name].keyboard.press(str(number + 1))
        for name, page in pages.items():
            kind = "verdicts" if name in GRADERS else "preferences"
            expect(page.get_by_text(f"{SAID} {kind} by {name}")).to_be_visible()
        for name, page in pages.items():  # on the way as the app is killed
            page.keyboard.press("4" if name in GRADERS else "ArrowRight")
        server.process.kill()
        server.process.wait()
    kept = tmp_path / f"{demo_bundle.name}{SUFFIX}"
    verdicts, preferences = VerdictStore(kept).verdicts(), Preferences(kept).all()
    assert not verdicts.duplicated(["query", "candidate", "reviewer"]).any()
    assert not preferences.duplicated(["query", "reviewer"]).any()
    for name in GRADERS:
        grades = verdicts.loc[verdicts["reviewer"] == name, "grade"].tolist()
        assert sorted(grades)[:SAID] == [1, 2, 3]
        assert len(grades) <= SAID + 1
    kept_ones = preferences[["reviewer", "query", "choice"]].itertuples(index=False, name=None)
    assert set(compared) <= set(kept_ones)
    assert len(preferences) <= len(COMPARERS) * (SAID + 1)
    with ExitStack() as leaving, Server(demo_bundle, tmp_path) as again:
        page = come(browser, again, "Ann", leaving)
        expect(
            page.get_by_text(f"{sum(verdicts['reviewer'] == 'Ann')} verdicts by Ann")
        ).to_be_visible()
