"""Query sets in a real browser: made of a table, chosen elsewhere, followed over two builds."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.verdicts.places import verdict_place
from tests.altered_bundles import with_captions_dealt_out
from tests.e2e.serving import PATIENCE, Server, settled

BUTTON = ".st-key-query-sets button"
WORDS = {
    "en": ("Save as query set", "Name", "query set: Birds", "held-out queries", "Builds"),
    "ru": ("Сохранить набор", "Имя", "набор запросов: Birds", "отложенных запросов", "Версии"),
}


@pytest.fixture
def photos(demo_bundle: Path, browser, tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server of one bundle that can be built again in its place."""
    bundle = tmp_path / "bundles" / "photos"
    shutil.copytree(demo_bundle, bundle)
    server = Server(bundle, tmp_path / "verdicts")
    del server.environment["MMREC_BUNDLE"]
    server.environment["MMREC_BUNDLES"] = str(bundle.parent)
    with server:
        yield server, bundle


@pytest.fixture(params=WORDS)
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A page of a visitor whose browser speaks a language."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900},
        locale={"en": "en-US", "ru": "ru-RU"}[request.param],
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page, request.param
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def test_a_set_is_made_of_a_table_and_chosen_on_errors_and_compare(
    photos: tuple[Server, Path], visitor: tuple[Page, str]
) -> None:
    (server, bundle), (page, language) = photos, visitor
    save, name, chip, queries, _builds = WORDS[language]
    page.goto(f"{server.url}/evaluation?view=queries&label=animals/birds&reviewer=A")
    expect(main(page).get_by_text(re.compile(rf"^38 {queries}"))).to_be_visible()
    settled(page)
    page.locator(BUTTON).first.click()
    popover = page.get_by_test_id("stPopoverBody")
    popover.get_by_label(name, exact=True).fill("Birds")
    popover.get_by_role("button", name=save).click()
    expect(page).to_have_url(re.compile("set=Birds"))
    expect(page.locator(".st-key-EvaluationView-set")).to_contain_text(chip)
    page.goto(f"{server.url}/errors?kind=all")
    expect(main(page).locator(".pair").first).to_be_visible()
    settled(page)
    page.locator(BUTTON).first.click()
    choice = popover.get_by_role("combobox").first
    choice.click()
    page.get_by_role("option", name="Birds (38)").click()
    expect(page).to_have_url(re.compile("set=Birds"))
    expect(page.locator(".st-key-ErrorsView-set")).to_contain_text(chip)
    page.reload()
    expect(page.locator(".st-key-ErrorsView-set")).to_contain_text(chip)
    page.go_back()
    expect(page).not_to_have_url(re.compile("set=Birds"))
    expect(page.locator(".st-key-ErrorsView-set")).to_have_count(0)
    page.goto(f"{server.url}/compare?reviewer=A")
    expect(main(page).locator(".place .loaded").first).to_be_visible()
    settled(page)
    page.locator(BUTTON).first.click()
    popover.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Birds (38)").click()
    expect(page.locator(".st-key-CompareView-set")).to_contain_text(chip)
    (made,) = QuerySets(verdict_file_of(server, bundle)).all()
    assert len(made.images) == 38


def test_a_regression_is_seen_over_two_builds(
    photos: tuple[Server, Path], demo_bundle: Path, visitor: tuple[Page, str]
) -> None:
    (server, bundle), (page, language) = photos, visitor
    builds = WORDS[language][-1]
    names = [f"animals/birds/{end}.png" for end in ("magpie", "crow", "blackbird", "chicken")]
    sets = QuerySets(verdict_file_of(server, bundle))
    sets.add(QuerySet("Birds", tuple(names), "picked", "Ann"))
    view = f"{server.url}/evaluation?view=builds&ranker=bert"
    page.goto(view)
    expect(
        main(page).get_by_text(re.compile("timeline|One build|одна версия")).first
    ).to_be_visible()
    settled(page)
    shutil.rmtree(bundle)
    with_captions_dealt_out(demo_bundle, bundle)
    page.goto(view)
    expect(main(page).locator(".js-plotly-plot")).to_be_visible()
    expect(main(page).locator("em.tag")).to_have_count(1)
    expect(main(page).get_by_role("radio", name=builds)).to_be_checked()
    page.goto(f"{view}&set=Birds")
    expect(page.locator(".st-key-EvaluationView-set")).to_be_visible()
    expect(main(page).get_by_role("region").get_by_role("row")).to_have_count(3)


def verdict_file_of(server: Server, bundle: Path) -> Path:
    return Path(server.environment["MMREC_VERDICTS"]) / verdict_place(bundle).name
