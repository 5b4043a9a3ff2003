"""Comparing blind in a real browser: keys, whose the lists were, undo, and the figures."""

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.preferences.store import Preferences
from mmrec_core.verdicts.store import SUFFIX
from tests.e2e.serving import PATIENCE, Server, settled, shoot

KEYS = {"ArrowLeft": "left", "ArrowRight": "right", "ArrowUp": "both good", "ArrowDown": "both bad"}


@pytest.fixture
def preferences(server: Server, bundle: Bundle) -> Preferences:
    folder = Path(server.environment["MMREC_VERDICTS"])
    return Preferences(folder / f"{bundle.path.name}{SUFFIX}")


def given(preferences: Preferences, reviewer: str) -> pd.DataFrame:
    table = preferences.all()
    return table[table["reviewer"] == reviewer]


def query_of(page: Page) -> str:
    return str(page.locator(".outer[data-query]").get_attribute("data-query"))


def choose(page: Page, key: str) -> None:
    """Press a key, and wait for the next query."""
    before = query_of(page)
    page.keyboard.press(key)
    outer = page.locator(".outer[data-query]")
    expect(outer).not_to_have_attribute("data-query", before)
    expect(outer).not_to_have_attribute("data-query", "")


def test_queries_are_compared_blind_by_keyboard_and_counted(
    server: Server, page: Page, preferences: Preferences
) -> None:
    page.goto(f"{server.url}/compare")
    expect(page.locator(".place .loaded")).to_have_count(10)
    board = page.locator(".outer[data-query]")
    for hidden in ("CatBoost", "CLIP", "BERT"):
        expect(board).not_to_contain_text(hidden)
    first = query_of(page)
    page.keyboard.press("ArrowLeft")
    page.get_by_role("dialog").get_by_role("textbox").fill("Vera")
    page.keyboard.press("Enter")
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("your choice")
    expect(outcome).to_contain_text("CatBoost")
    expect(outcome).to_contain_text("saved")
    expect(board).not_to_have_attribute("data-query", first)
    for key in [*KEYS, "ArrowLeft", "ArrowLeft"]:
        choose(page, key)
    expect(page.get_by_text("7 preferences by Vera")).to_be_visible()
    kept = given(preferences, "Vera")
    assert kept["choice"].tolist() == ["left", *KEYS.values(), "left", "left"]
    assert kept["query"].iloc[0] == first
    next_query = query_of(page)
    page.keyboard.press("u")
    expect(board).to_have_attribute("data-query", str(kept["query"].iloc[-1]))
    expect(page.get_by_text("6 preferences by Vera")).to_be_visible()
    choose(page, "ArrowRight")
    expect(board).to_have_attribute("data-query", next_query)
    expect(page.get_by_text("7 preferences by Vera")).to_be_visible()
    assert given(preferences, "Vera")["choice"].tolist()[-1] == "right"
    page.reload()
    expect(board).to_have_attribute("data-query", next_query)
    settled(page)
    shoot(page, "compare", full_page=False)
    page.get_by_role("radio", name="Figures").click()
    expect(page.get_by_text("7 judged queries")).to_be_visible()
    expect(page).to_have_url(re.compile("view=figures"))
    expect(page.get_by_text(re.compile(r"wins \d+ %"))).to_be_visible()
    shoot(page, "compare-figures", full_page=False)
    page.go_back()
    expect(board).to_have_attribute("data-query", next_query)
    page.go_forward()
    expect(page.get_by_text("7 judged queries")).to_be_visible()


def test_quick_keys_are_all_kept(server: Server, page: Page, preferences: Preferences) -> None:
    page.goto(f"{server.url}/compare?first=model&second=clip&reviewer=Quentin")
    expect(page.locator(".place .loaded")).to_have_count(10)
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_text("5 preferences by Quentin")).to_be_visible()
    kept = given(preferences, "Quentin")
    assert kept["query"].nunique() == 5
    assert kept["choice"].tolist() == ["left", "right", "both good", "both bad", "left"]


def test_by_touch_in_russian_on_a_phone(
    server: Server, browser: Browser, preferences: Preferences
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="ru-RU", has_touch=True, color_scheme="dark"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/compare?reviewer=Лена")
    expect(page.locator(".place .loaded")).to_have_count(10)
    page.get_by_role("button", name="Оба хороши").tap()
    expect(page.locator(".outcome")).to_contain_text("ваш выбор: Оба хороши")
    expect(page.get_by_text("1 предпочтение, Лена")).to_be_visible()
    assert given(preferences, "Лена")["choice"].tolist() == ["both good"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "compare-phone", full_page=False)
    page.get_by_role("radio", name="Показатели").tap()
    expect(page.get_by_role("columnheader", name="Значение")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "compare-figures-phone", full_page=False)
    context.close()
