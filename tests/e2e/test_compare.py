"""Comparing blind in a real browser: keys, whose the lists were, undo, and the figures."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from mmrec_core.bundle import Bundle
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.store import Preferences
from mmrec_core.verdicts.places import SUFFIX
from tests.altered_bundles import with_captions_dealt_out
from tests.e2e.axe import SIZES, violations
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


def in_language(browser: Browser, language: str) -> Page:
    """A page of a visitor whose browser asks for that language."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale=language).new_page()
    page.set_default_timeout(PATIENCE)
    return page


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        (
            "en-US",
            "Vera",
            {
                "chosen": "your choice",
                "saved": "saved",
                "kept": "{n} preferences by Vera",
                "figures": "Figures",
                "judged": "20 judged queries",
                "wins": r"wins \d+ %",
                "sign": "Sign test",
            },
        ),
        (
            "ru-RU",
            "Вера",
            {
                "chosen": "ваш выбор",
                "saved": "сохранено",
                "kept": "{n} предпочтений, Вера",
                "figures": "Показатели",
                "judged": "20 сравнённых запросов",
                "wins": r"Побеждает «.+», а не «.+»: \d+ %",
                "sign": "Критерий знаков",
            },
        ),
    ],
    ids=["English", "Russian"],
)
def test_twenty_pairs_are_compared_blind_by_keyboard_and_counted(
    server: Server,
    browser: Browser,
    preferences: Preferences,
    language: str,
    name: str,
    words: dict[str, str],
) -> None:
    page = in_language(browser, language)
    page.goto(f"{server.url}/compare?first=model&second=bert")
    expect(page.locator(".place .loaded")).to_have_count(10)
    board = page.locator(".outer[data-query]")
    for hidden in ("CatBoost", "CLIP", "BERT"):
        expect(board).not_to_contain_text(hidden)
    first = query_of(page)
    page.keyboard.press("ArrowLeft")
    page.get_by_role("dialog").get_by_role("textbox").fill(name)
    page.keyboard.press("Enter")
    outcome = page.locator(".outcome")
    for said in (words["chosen"], "CatBoost", words["saved"]):
        expect(outcome).to_contain_text(said)
    expect(board).not_to_have_attribute("data-query", first)
    keys = [*KEYS] * 4 + ["ArrowLeft", "ArrowLeft", "ArrowRight"]
    for key in keys:
        choose(page, key)
    expect(page.get_by_text(words["kept"].format(n=20))).to_be_visible()
    kept = given(preferences, name)
    assert kept["choice"].tolist() == ["left", *(KEYS[key] for key in keys)]
    assert kept["query"].iloc[0] == first
    next_query = query_of(page)
    page.keyboard.press("u")
    expect(board).to_have_attribute("data-query", str(kept["query"].iloc[-1]))
    expect(page.get_by_text(words["kept"].format(n=19))).to_be_visible()
    choose(page, "ArrowUp")
    expect(board).to_have_attribute("data-query", next_query)
    expect(page.get_by_text(words["kept"].format(n=20))).to_be_visible()
    assert given(preferences, name)["choice"].tolist()[-1] == "both good"
    page.reload()
    expect(board).to_have_attribute("data-query", next_query)
    settled(page)
    shoot(page, f"compare-{language[:2]}", full_page=False)
    page.get_by_role("radio", name=words["figures"]).click()
    expect(page.get_by_text(words["judged"])).to_be_visible()
    expect(page).to_have_url(re.compile("view=figures"))
    expect(page.get_by_text(re.compile(words["wins"]))).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text(words["sign"])
    shoot(page, f"compare-figures-{language[:2]}", full_page=False)
    page.go_back()
    expect(board).to_have_attribute("data-query", next_query)
    page.go_forward()
    expect(page.get_by_text(words["judged"])).to_be_visible()
    page.context.close()


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        (
            "en-US",
            "Ida",
            {
                "more": "more clicks",
                "nothing": "nothing clicked: a tie",
                "kept": "{n} lists by Ida",
                "undone": "undone",
                "figures": "Figures",
                "by place": "Clicks by place",
            },
        ),
        (
            "ru-RU",
            "Ида",
            {
                "more": "больше отметок",
                "nothing": "ничего не отмечено: ничья",
                "kept": "{n} списков, Ида",
                "undone": "отменено",
                "figures": "Показатели",
                "by place": "Отметки по местам",
            },
        ),
    ],
    ids=["English", "Russian"],
)
def test_interleaved_lists_are_clicked_through_by_keyboard(
    server: Server,
    browser: Browser,
    preferences: Preferences,
    language: str,
    name: str,
    words: dict[str, str],
) -> None:
    kept = Interleavings(preferences.path)
    page = in_language(browser, language)
    page.goto(f"{server.url}/compare?view=interleaved&first=model&second=clip")
    pictures = page.locator(".pick .loaded")
    expect(pictures).to_have_count(5)
    board = page.locator(".outer[data-query]")
    for hidden in ("CatBoost", "CLIP", "BERT"):
        expect(board).not_to_contain_text(hidden)
    page.keyboard.press("2")
    page.keyboard.press("5")
    page.keyboard.press("5")
    expect(page.get_by_role("button", pressed=True)).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("^2: "), pressed=True)).to_be_visible()
    first = query_of(page)
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("textbox").fill(name)
    page.keyboard.press("Enter")
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("CatBoost")
    expect(board).not_to_have_attribute("data-query", first)
    expect(page.get_by_role("button", pressed=True)).to_have_count(0)
    for keys in ([], ["1"], ["1", "3"], ["4"]):
        for key in keys:
            page.keyboard.press(key)
        choose(page, "Enter")
        if not keys:
            expect(outcome).to_contain_text(words["nothing"])
    expect(page.get_by_text(words["kept"].format(n=5))).to_be_visible()
    table = kept.all()
    own = table[table["reviewer"] == name]
    assert own["query"].iloc[0] == first
    shown, clicked = (own[column].map(json.loads).tolist() for column in ("shown", "clicked"))
    places = [[names.index(one) for one in of] for names, of in zip(shown, clicked, strict=True)]
    assert places == [[1], [], [0], [0, 2], [3]]
    last = str(own["query"].iloc[-1])
    page.keyboard.press("u")
    expect(board).to_have_attribute("data-query", last)
    expect(outcome).to_contain_text(words["undone"])
    expect(page.get_by_role("button", name=re.compile("^4: "), pressed=True)).to_be_visible()
    picture = page.get_by_role("button", name=re.compile("^1: "))
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name=re.compile("^2: "), pressed=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Done|Готово"))).to_be_focused()
    choose(page, "Enter")
    expect(page.get_by_text(words["kept"].format(n=5))).to_be_visible()
    page.reload()
    expect(pictures).to_have_count(5)
    settled(page)
    shoot(page, f"interleaved-{language[:2]}", full_page=False)
    page.get_by_role("radio", name=words["figures"]).click()
    expect(page.get_by_role("table").first).to_contain_text(words["by place"])
    expect(page.get_by_role("table").first).to_contain_text("Δ")
    expect(page).to_have_url(re.compile("view=figures"))
    page.go_back()
    expect(pictures).to_have_count(5)
    page.context.close()


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
    expect(page.locator(".place .caption").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "compare-phone", full_page=False)
    page.get_by_role("radio", name="Показатели").tap()
    expect(page.get_by_role("columnheader", name="Значение")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "compare-figures-phone", full_page=False)
    context.close()


def test_interleaved_by_touch_on_a_phone(
    server: Server, browser: Browser, preferences: Preferences
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/compare?view=interleaved&k=10&reviewer=Tom")
    expect(page.locator(".pick .loaded")).to_have_count(10)
    expect(page.locator(".place .caption").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^3: ")).tap()
    page.get_by_role("button", name="Done").tap()
    expect(page.get_by_text("1 list by Tom")).to_be_visible()
    table = Interleavings(preferences.path).all()
    own = table[table["reviewer"] == "Tom"].iloc[0]
    assert json.loads(own["clicked"]) == json.loads(own["shown"])[2:3]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


@pytest.fixture(scope="module")
def two(demo_bundle: Path, browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bundles")
    (folder / "before").symlink_to(demo_bundle.resolve())
    with_captions_dealt_out(demo_bundle, folder / "worse")
    server = Server(demo_bundle, folder / "verdicts")
    del server.environment["MMREC_BUNDLE"]
    server.environment["MMREC_BUNDLES"] = str(folder)
    with server:
        yield server


@pytest.mark.parametrize(
    ("language", "reviewer", "words"),
    [
        (
            "en-US",
            "Zoe",
            {
                "choose": "Compare with bundle",
                "kept": "3 preferences by Zoe",
                "clicked": "1 list by Zoe",
                "interleaved": "Interleaved",
                "figures": "Figures",
                "lead": "against BERT · worse",
                "share": "Agreement with preferences",
            },
        ),
        (
            "ru-RU",
            "Зоя",
            {
                "choose": "Сравнить со сборкой",
                "kept": "3 предпочтения, Зоя",
                "clicked": "1 список, Зоя",
                "interleaved": "Вперемешку",
                "figures": "Показатели",
                "lead": "а не «BERT · worse»",
                "share": "Согласие с предпочтениями",
            },
        ),
    ],
    ids=["English", "Russian"],
)
def test_the_same_ranker_of_two_bundles_is_compared_by_keyboard(
    two: Server,
    browser: Browser,
    demo_bundle: Path,
    language: str,
    reviewer: str,
    words: dict[str, str],
) -> None:
    name = demo_bundle.resolve().name
    page = in_language(browser, language)
    page.goto(f"{two.url}/compare?bundle={name}&first=bert&second=clip&reviewer={reviewer}")
    expect(page.locator(".place .loaded")).to_have_count(10)
    settled(page)
    page.get_by_role("combobox", name=words["choose"]).focus()
    page.keyboard.type("worse")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("against=worse"))
    page.goto(f"{two.url}/compare?bundle={name}&against=worse&first=bert&second=bert")
    board = page.locator(".outer[data-query]")
    expect(page.locator(".place .loaded")).to_have_count(10)
    expect(board).not_to_contain_text("worse")
    outcome = page.locator(".outcome")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp"):
        choose(page, key)
        expect(outcome).to_contain_text(f"BERT · {name}")
        expect(outcome).to_contain_text("BERT · worse")
    expect(page.get_by_text(words["kept"])).to_be_visible()
    link = outcome.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile("other=worse"))
    page.get_by_role("radio", name=words["interleaved"]).click()
    expect(page.locator(".pick .loaded")).to_have_count(5)
    page.keyboard.press("1")
    choose(page, "Enter")
    expect(page.get_by_text(words["clicked"])).to_be_visible()
    expect(page.locator(".outcome")).to_contain_text("BERT · worse")
    kept = Preferences(Path(two.environment["MMREC_VERDICTS"]) / f"{name}{SUFFIX}")
    own = given(kept, reviewer)
    assert set(own["left_system"]) == set(own["right_system"]) == {"bert"}
    assert (own["left_digest"] != own["right_digest"]).all()
    page.get_by_role("radio", name=words["figures"]).click()
    stays = page.get_by_test_id("stMain")
    expect(stays.get_by_text(re.compile(words["lead"])).first).to_be_visible()
    expect(stays.get_by_role("table").nth(1)).to_contain_text(words["share"])
    expect(page).to_have_url(re.compile("view=figures"))
    settled(page)
    shoot(page, f"compare-two-{language[:2]}", full_page=False)
    page.reload()
    expect(stays.get_by_text(re.compile(words["lead"])).first).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("view", ["judge", "interleaved", "figures"])
def test_axe_finds_nothing_where_two_bundles_are_compared(
    two: Server, demo_bundle: Path, page: Page, view: str
) -> None:
    name = demo_bundle.resolve().name
    address = f"compare?bundle={name}&against=worse&first=bert&second=bert&view={view}"
    page.goto(f"{two.url}/{address}&reviewer=Ada")
    expect(page.locator(".st-key-compare-line")).to_be_visible()
    settled(page)
    for size in SIZES.values():
        found = violations(page, "light", size)
        assert [(one.rule, one.element) for one in found if one.exempt is None] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
