"""Recommend in a real browser: the journey of a demonstration, uploads, pasting, hostile text."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled, shoot

HOSTILE = '<img src=x onerror="window.owned=1"> **bold** [link](javascript:alert(1)) $x^2$'


def lists(page: Page, ranker: str) -> Locator:
    """Return the results of one ranker."""
    return page.get_by_role("list", name=re.compile(f"recommendations by {ranker}$"))


def rotated_jpeg(bundle: Bundle, folder: Path) -> Path:
    """Write a wide picture that lies on its side, with the EXIF note that turns it upright."""
    upright = Image.open(bundle.thumbnail_path(0)).convert("RGB").resize((320, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn 90° clockwise to show
    path = folder / "rotated.jpg"
    upright.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    return path


def test_browse_recommend_compare_grade_export_and_reopen(
    server: Server, page: Page, bundle: Bundle
) -> None:
    page.goto(server.url)
    page.get_by_role("list").locator(".pick").nth(3).click()
    expect(page).to_have_url(re.compile(r"/recommend\?.*image="))
    for ranker in ("CatBoost", "CLIP", "BERT"):
        expect(lists(page, ranker).get_by_role("listitem").first).to_be_visible()
    why = page.get_by_role("heading", name=re.compile("ranks it number 1$"))
    expect(why).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_contain_text("score")
    shoot(page, "recommend")

    third = lists(page, "CatBoost").get_by_role("link", name=re.compile(r"^3\. "))
    third.click()
    expect(page.get_by_role("heading", name=re.compile("ranks it number 3$"))).to_be_visible()
    expect(page).to_have_url(re.compile("result="))
    expect(third).to_have_attribute("aria-current", "true")
    expect(page.get_by_label("Contributions to the score of result 3")).to_be_visible()
    settled(page)

    first = lists(page, "CatBoost").get_by_role("link", name=re.compile(r"^1\. "))
    first.click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("against="))
    expect(page.get_by_text(re.compile("above|below")).first).to_be_visible()

    settled(page)
    page.get_by_role("button", name="3: Relevant").click()
    page.get_by_role("button", name="Grade anonymously").click()
    expect(page.locator(".confirmation").get_by_text("Relevant · saved")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Export").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    rows = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert {row["image"] for row in rows} <= set(bundle.items["image"])
    page.keyboard.press("Escape")

    shared, heading = page.url, page.get_by_role("heading", name=re.compile("ranks it number"))
    shown = heading.inner_text()
    page.goto(shared)
    expect(heading).to_have_text(shown)
    expect(page.locator(".grade[aria-pressed=true]")).to_have_text("3")


def test_one_ranker_at_a_time(server: Server, page: Page, bundle: Bundle) -> None:
    row = int(bundle.items["text"].notna().to_numpy().argmax())
    page.goto(f"{server.url}/recommend?image={bundle.items['image'].iat[row]}&k=6")
    page.get_by_role("radio", name="BERT", exact=True).click()
    expect(page).to_have_url(re.compile(r"ranker=bert"))
    expect(page.get_by_role("list", name="6 recommendations by BERT")).to_be_visible()
    expect(page.get_by_role("list", name=re.compile("by CLIP$"))).to_have_count(0)


def test_upload_of_a_rotated_jpeg(
    server: Server, page: Page, bundle: Bundle, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/recommend")
    page.locator("input[type=file]").first.set_input_files(rotated_jpeg(bundle, tmp_path))
    expect(page.get_by_role("heading", name=re.compile("ranks it number 1$"))).to_be_visible()
    settled(page)
    query = page.locator("figure.one").first.locator("img")
    assert query.evaluate("image => image.naturalWidth > image.naturalHeight")
    shoot(page, "upload")


def test_a_pasted_picture_is_a_query(
    server: Server, page: Page, bundle: Bundle, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/recommend")
    settled(page)
    expect(page.get_by_text("Ctrl+V").first).to_be_visible()
    data = list(rotated_jpeg(bundle, tmp_path).read_bytes())
    page.evaluate(
        """(bytes) => {
          const file = new File([new Uint8Array(bytes)], "pasted.jpg", { type: "image/jpeg" });
          const clipboard = new DataTransfer();
          clipboard.items.add(file);
          const paste = new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true });
          document.body.dispatchEvent(paste);
        }""",
        data,
    )
    expect(page.get_by_role("heading", name=re.compile("ranks it number 1$"))).to_be_visible()


def test_a_text_is_a_query(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recommend?text={HOSTILE.replace('#', '')}")
    expect(page.get_by_role("heading", name=re.compile("ranks it number 1$"))).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("onerror")
    assert page.evaluate("window.owned") is None


def test_broken_upload_gives_a_reason(server: Server, page: Page, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.goto(f"{server.url}/recommend")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "broken.png")
    expect(page.get_by_text("This picture cannot be read")).to_be_visible()


@pytest.mark.parametrize("missing", ["image=no%20such.png", "ranker=none", "result=no%20such"])
def test_a_link_that_fits_not_says_so(server: Server, page: Page, missing: str) -> None:
    page.goto(f"{server.url}/recommend?{missing}")
    expect(page.get_by_text("This link does not fit this collection")).to_be_visible()


def test_facts_have_room_in_a_narrow_column(server: Server, page: Page, bundle: Bundle) -> None:
    page.set_viewport_size({"width": 768, "height": 900})
    image = bundle.items.loc[bundle.items["label"].notna(), "image"].iloc[0]
    page.goto(f"{server.url}/recommend?image={image}")
    expect(page.locator(".column .card").first).to_be_visible()
    settled(page)
    facts = page.locator(".st-key-recommend-query dd")
    expect(facts).to_have_count(3)
    assert min(fact.bounding_box()["width"] for fact in facts.all()) > 100


def test_the_maps_at_the_foot_are_drawn_when_the_visitor_comes_near(
    server: Server, page: Page, bundle: Bundle
) -> None:
    maps = page.locator("[class*=st-key-recommend-map-] .js-plotly-plot")
    height = "() => document.querySelector('[data-testid=stMain]').scrollHeight"
    page.goto(f"{server.url}/recommend?image={quote(bundle.image(0))}")
    settled(page)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Around the query")).to_be_visible()
    expect(maps).to_have_count(0)
    before = page.evaluate(height)

    page.get_by_role("heading", name="Around the query").scroll_into_view_if_needed()
    expect(maps).to_have_count(2)
    for chart in maps.all():
        expect(chart.locator(".scatterlayer .trace").last).to_be_visible()
    assert page.evaluate(height) == before

    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.locator(".lists .follow").first.evaluate("link => link.click()")
    expect(maps).to_have_count(0)
    page.go_back()
    expect(maps).to_have_count(2)
