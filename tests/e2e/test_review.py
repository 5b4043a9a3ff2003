"""Reviewing in a real browser: who grades, blind until graded, undo, and the way on."""

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import SUFFIX
from mmrec_core.verdicts.store import VerdictStore
from tests.e2e.serving import Server, all_drawn, settled, shoot


@pytest.fixture
def store(server: Server, bundle: Bundle) -> VerdictStore:
    folder = Path(server.environment["MMREC_VERDICTS"])
    return VerdictStore(folder / f"{bundle.path.name}{SUFFIX}")


def given(store: VerdictStore, reviewer: str) -> pd.DataFrame:
    verdicts = store.verdicts()
    return verdicts[verdicts["reviewer"] == reviewer]


def test_the_name_is_asked_for_once_and_outlives_a_reload(
    server: Server, page: Page, store: VerdictStore
) -> None:
    page.goto(f"{server.url}/errors?view=queue")
    expect(page.locator(".candidate")).to_have_count(18)
    before = store.version()
    for key in "31":  # the second is no name
        page.keyboard.press(key)
    dialog = page.get_by_role("dialog", name="Who is grading?")
    expect(dialog).to_be_visible()
    assert store.version() == before
    shoot(page, "who", full_page=False)
    page.keyboard.type("Лена & Co")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 verdict by Лена & Co")).to_be_visible()
    assert given(store, "Лена & Co")["grade"].tolist() == [3]
    page.goto(f"{server.url}/errors?view=queue")
    expect(page.get_by_text("1 verdict by Лена & Co")).to_be_visible()
    expect(page.locator(".candidate")).to_have_count(18)
    page.keyboard.press("4")
    expect(page.get_by_text("2 verdicts by Лена & Co")).to_be_visible()
    expect(dialog).to_be_hidden()


def test_anonymous_is_chosen_and_taken_over_later(
    server: Server, page: Page, store: VerdictStore
) -> None:
    page.goto(f"{server.url}/errors?kind=positives")
    pairs = page.get_by_role("list", name="Judged pairs").locator(".pair")
    pairs.first.get_by_role("button", name="4: Very relevant").click()
    page.get_by_role("button", name="Grade anonymously").click()
    expect(pairs.first.get_by_text("Very relevant · saved")).to_be_visible()
    page.goto(f"{server.url}/errors?view=queue")
    expect(page.locator(".candidate")).to_have_count(18)
    page.keyboard.press("2")
    anonymous = page.get_by_text(re.compile("2 verdicts by anonymous-[0-9a-f]{6}"))
    expect(anonymous).to_be_visible()
    page.get_by_role("textbox", name="Reviewer").fill("Nora")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take them over as Nora").click()
    expect(page.get_by_text("2 verdicts by Nora")).to_be_visible()
    assert len(given(store, "Nora")) == 2
    page.goto(f"{server.url}/errors?view=queue")
    expect(page.get_by_text("2 verdicts by Nora")).to_be_visible()


def test_a_reviewer_is_blind_until_the_grade(
    server: Server, page: Page, store: VerdictStore
) -> None:
    page.goto(f"{server.url}/errors?view=queue&reviewer=Kim")
    candidates = page.locator(".candidate")
    expect(candidates).to_have_count(18)
    query = str(page.locator(".outer[data-query]").get_attribute("data-query"))
    first = str(candidates.first.get_attribute("data-id"))
    store.grade(query, first, 1, reviewer="Lou")
    page.reload()
    expect(candidates).to_have_count(18)
    board = page.locator(".outer[data-query]")
    heads = board.locator(".head")
    assert heads.all_inner_texts() == ["A", "B", "C"]
    for hidden in ("Lou", "nDCG@5", "%", "CatBoost", "relevant", "category"):
        expect(board.locator(".board")).not_to_contain_text(hidden)
    page.keyboard.press("2")
    expect(candidates.first).to_contain_text("Lou 1")
    expect(candidates.first).to_contain_text("%")
    expect(candidates.first).to_contain_text("relevant")
    assert heads.all_inner_texts() == ["A", "B", "C"]
    for _ in range(17):
        page.keyboard.press("2")
    expect(board.get_by_text("nDCG@5 CatBoost")).to_be_visible()
    assert sorted(heads.all_inner_texts()) == ["BERT", "CLIP", "CatBoost"]
    page.get_by_role("button", name="Next query", exact=True).click()
    expect(heads.first).to_have_text("A")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_text("Show rankers and scores").click()
    expect(heads.first).to_have_text("CatBoost")
    expect(page).to_have_url(re.compile("open=1"))
    shoot(page, "queue-open", full_page=False)


def test_a_grade_is_confirmed_undone_and_noted_where_it_was_given(
    server: Server, page: Page, store: VerdictStore
) -> None:
    page.goto(f"{server.url}/errors?view=queue&reviewer=Ida")
    candidates = page.locator(".candidate")
    expect(candidates).to_have_count(18)
    page.keyboard.press("3")
    expect(candidates.first.get_by_text("Relevant · saved")).to_be_visible()
    expect(page.locator(".candidate.here")).not_to_have_attribute(
        "data-id", str(candidates.first.get_attribute("data-id"))
    )
    page.keyboard.press("n")  # the chosen one has no grade: the note is for the one just graded
    page.keyboard.type("a twin")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 verdict by Ida")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_text("2 verdicts by Ida")).to_be_visible()
    settled(page)
    own = given(store, "Ida")
    assert sorted(own["grade"]) == [1, 3]
    assert own.loc[own["grade"] == 3, "note"].tolist() == ["a twin"]
    page.keyboard.press("Control+z")
    expect(page.get_by_text("1 verdict by Ida")).to_be_visible()
    page.keyboard.press("0")
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(page.get_by_text("0 verdicts by Ida")).to_be_visible()
    expect(page.locator(".confirmation").get_by_text("grade removed · undone")).to_be_visible()
    assert given(store, "Ida").empty
    board = page.locator(".outer[data-query]")
    query = str(board.get_attribute("data-query"))
    page.keyboard.press("4")
    page.keyboard.press("j")
    expect(board).not_to_have_attribute("data-query", query)
    page.keyboard.press("u")  # of the query before
    expect(page.locator(".say .confirmation")).to_contain_text("undone")
    expect(page.get_by_text("0 verdicts by Ida")).to_be_visible()
    assert given(store, "Ida").empty


def test_arrows_work_after_a_click_on_queue(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/errors?view=verdicts")
    page.get_by_role("radio", name="Queue").click()
    expect(page.locator(".candidate")).to_have_count(18)
    board = page.locator(".outer[data-query]")
    query = str(board.get_attribute("data-query"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_test_id("stMain").get_by_text("query 2 of")).to_be_visible()
    expect(board).not_to_have_attribute("data-query", query)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".candidate").nth(1)).to_have_class(re.compile("here"))


def test_keys_grade_on_recommend_only_in_sight_and_can_be_taken_back(
    server: Server, page: Page, bundle: Bundle, store: VerdictStore
) -> None:
    query = bundle.image(0)
    page.set_viewport_size({"width": 1440, "height": 500})
    page.goto(f"{server.url}/recommend?image={query}&reviewer=Pia")
    grades = page.get_by_role("group", name="Your grade")
    confirmation = page.locator(".confirmation")
    expect(grades).to_have_count(1)
    all_drawn(page)  # what comes late moves the grades out of sight
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    if not grades.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight"):
        page.keyboard.press("3")
        expect(page.get_by_text("Here are the grades: press the key again.")).to_be_visible()
        assert given(store, "Pia").empty
    page.keyboard.press("3")
    expect(confirmation.get_by_text("Relevant · saved")).to_be_visible()
    assert given(store, "Pia")["grade"].tolist() == [3]
    page.keyboard.press("0")
    expect(confirmation.get_by_text("grade removed · saved")).to_be_visible()
    assert given(store, "Pia").empty
    page.get_by_role("button", name="Undo").click()
    expect(confirmation.get_by_text("Relevant · undone")).to_be_visible()
    assert given(store, "Pia")["grade"].tolist() == [3]
