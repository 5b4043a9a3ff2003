"""The page Errors in a real browser: the queue without a mouse, pairs, verdicts, their export."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.verdicts.places import SUFFIX
from mmrec_core.verdicts.store import VerdictStore
from tests.e2e.serving import Server, settled, shoot


@pytest.fixture
def store(server: Server, bundle: Bundle) -> VerdictStore:
    folder = Path(server.environment["MMREC_VERDICTS"])
    return VerdictStore(folder / f"{bundle.path.name}{SUFFIX}")


def given(store: VerdictStore, reviewer: str) -> pd.DataFrame:
    verdicts = store.verdicts()
    return verdicts[verdicts["reviewer"] == reviewer]


def test_keys_go_through_the_queue(
    server: Server, page: Page, bundle: Bundle, store: VerdictStore
) -> None:
    page.goto(f"{server.url}/errors?view=queue&reviewer=Zoe")
    expect(page.locator(".candidate")).to_have_count(18)
    for key in "4321":  # faster than the server answers
        page.keyboard.press(key)
    expect(page.get_by_text("4 verdicts by Zoe")).to_be_visible()
    assert given(store, "Zoe")["grade"].tolist() == [4, 3, 2, 1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("n")
    page.keyboard.type("1 thing: another animal")  # no key grades while one writes
    page.keyboard.press("Enter")
    page.keyboard.press("t")
    page.keyboard.type("odd one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag odd one")).to_be_visible()
    own = given(store, "Zoe")
    assert own["note"].tolist() == ["", "", "", "1 thing: another animal"]
    assert store.tags().query("reviewer == 'Zoe'")["image"].tolist() == [own["candidate"].iloc[-1]]
    shoot(page, "queue", full_page=False)
    page.keyboard.press("0")
    expect(page.get_by_text("3 verdicts by Zoe")).to_be_visible()
    for key in ("j", "ArrowRight", "k", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    queries = bundle.metrics["queries"]  # each of them is held out once
    expect(page.get_by_test_id("stMain").get_by_text(f"query 4 of {queries}")).to_be_visible()
    query = parse_qs(urlsplit(page.url).query)["query"][0]
    expect(page.locator(".outer[data-query]")).to_have_attribute("data-query", query)
    page.keyboard.press("2")
    expect(page.get_by_text("4 verdicts by Zoe")).to_be_visible()
    assert given(store, "Zoe")["query"].iloc[-1] == query
    page.goto(f"{page.url}&reviewer=Zoe")
    expect(page.get_by_test_id("stMain").get_by_text(f"query 4 of {queries}")).to_be_visible()
    expect(page.locator(".grade[aria-pressed=true]").first).to_have_text("2")


def test_from_a_wrong_pair_to_its_verdict_and_the_export(
    server: Server, page: Page, store: VerdictStore, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/errors?kind=positives&reviewer=Max")
    pairs = page.get_by_role("list", name="Judged pairs").locator(".pair")
    expect(pairs).to_have_count(12)
    pairs.first.get_by_role("button", name="4: Very relevant").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")
    expect(pairs.nth(1).locator(".grade[aria-pressed=true]")).to_have_text("3")
    shoot(page, "pairs", full_page=False)
    page.get_by_role("radio", name="Verdicts").click()
    expect(page.get_by_text("nDCG@5 on verdicts")).to_be_visible()
    own = given(store, "Max")
    assert own["grade"].tolist() == [4, 3]
    settled(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert started.value.suggested_filename.endswith("-verdicts.csv")
    started.value.save_as(tmp_path / "pairs.csv")
    exported, left_out = read_pairs(tmp_path / "pairs.csv")
    assert left_out == []
    judged = exported.set_index(["query", "candidate"])["relevance"]
    assert [judged[pair] for pair in zip(own["query"], own["candidate"], strict=True)] == [1, 1]
    shoot(page, "verdicts", full_page=False)

    page.get_by_role("radio", name="Pairs").click()
    query = str(pairs.first.get_attribute("data-query"))
    pairs.first.locator(".side.candidate").click()
    expect(page).to_have_url(re.compile("/recommend"))
    expect(page.get_by_text(query)).to_be_visible()


def test_a_key_shows_regions_and_words_of_a_pair_and_back_closes_them(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/errors")
    first = page.locator(".pair").first
    expect(first).to_be_visible()
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("e")
    drawer = page.get_by_role("dialog", name="Regions and words")
    rows = drawer.locator(".ledger td")
    expect(drawer.locator(".ledger tr.sum")).to_be_visible()
    *parts, total = (float(row.replace("−", "-")) for row in rows.all_inner_texts())
    assert abs(sum(parts) - total) < 0.0006 * (len(parts) + 1)
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["explained"] == [first.get_attribute("data-query")]
    assert asked["beside"] == [first.get_attribute("data-candidate")]
    page.reload()
    expect(drawer.locator(".ledger tr.sum")).to_be_visible()
    settled(page)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).not_to_have_url(re.compile("explained="))
    settled(page)
    page.locator(".pair").nth(1).get_by_role("button", name="Regions and words").click()
    expect(drawer.locator(".ledger tr.sum")).to_be_visible()
    settled(page)
    page.go_back()
    expect(drawer).to_have_count(0)


def test_a_blind_reviewer_sees_cosines_and_no_scores(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/errors?view=queue&reviewer=Ida")
    expect(page.locator(".candidate").first).to_be_visible()
    settled(page)
    page.keyboard.press("e")
    drawer = page.get_by_role("dialog", name="Regions and words")
    expect(drawer.locator(".ledger tr.sum")).to_contain_text("cosine")
    drawer.get_by_role("combobox").click()
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.get_by_role("option", name=re.compile("^Score"))).to_have_count(0)
