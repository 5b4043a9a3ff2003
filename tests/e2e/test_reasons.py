"""The reasons on Recommend in a real browser: each leads on by a link, and Back leads back."""

import re

from playwright.sync_api import Page, expect

from mmrec_app.recommend.view import COLLAPSE_ABOVE
from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from tests.e2e.serving import Server, settled

PICTURE = "animals/birds/magpie.png"


def test_a_training_pair_is_a_link_that_back_undoes(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model")
    page.get_by_text("Training pairs like this one", exact=True).click()
    pair = page.locator(".training-pairs a").first
    expect(pair.locator("img").first).to_be_visible()
    settled(page)
    before = page.url
    pair.click()
    expect(page).to_have_url(re.compile(r"result="))
    expect(page.get_by_role("heading", name=re.compile("CatBoost ranks it number"))).to_be_visible()
    settled(page)
    page.go_back()
    expect(page).to_have_url(before)
    expect(page.get_by_text(PICTURE)).to_be_visible()


def test_a_missed_image_is_found_by_its_name_and_the_query_stays(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}")
    page.get_by_role("button", name="Why not…?").click()
    page.get_by_label("Which image do you miss?").fill("hen.png")
    page.keyboard.press("Enter")
    missed = page.get_by_role("list", name="Images to ask about").get_by_role("link").first
    missed.click()
    heading = page.get_by_role("heading", name="Why is this image not shown?")
    expect(heading).to_be_visible()
    expect(page.get_by_label("Which image do you miss?")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"image={PICTURE.replace('/', '(/|%2F)')}.*missing="))
    page.reload()
    expect(heading).to_be_visible()
    settled(page)
    page.go_back()
    expect(heading).to_have_count(0)
    expect(page.get_by_text(PICTURE)).to_be_visible()
    settled(page)
    page.get_by_role("button", name=re.compile("^Why is it not shown")).first.press("Enter")
    expect(heading).to_be_in_viewport()


def test_a_feature_is_moved_by_key_and_reset(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model")
    page.get_by_text("What if…", exact=True).click()
    panel = page.locator(".st-key-recommend-what_if")
    slider = panel.get_by_role("slider").first
    reset = panel.get_by_role("button", name="Reset")
    expect(reset).to_be_disabled()
    expect(panel.locator(".js-plotly-plot").get_by_text("this pair")).to_be_visible()
    before = slider.get_attribute("aria-valuetext")
    slider.press("Home")
    expect(reset).to_be_enabled()
    expect(slider).not_to_have_attribute("aria-valuetext", str(before))
    expect(page).to_have_url(re.compile("image="))
    reset.click()
    expect(reset).to_be_disabled()
    expect(slider).to_have_attribute("aria-valuetext", str(before))


def test_the_smallest_change_is_tried_and_lifts_the_result(
    server: Server, page: Page, bundle: Bundle
) -> None:
    recommender = Recommender(bundle)
    answer = recommender.recommend(Query(PICTURE), k=10, collapse=COLLAPSE_ABOVE)
    third = answer.results[2]
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model&result={third.image}")
    page.get_by_text("What if…", exact=True).click()
    panel = page.locator(".st-key-recommend-what_if")
    expect(panel.get_by_text("To come above number 2, at the least:")).to_be_visible()
    place = panel.locator("tr", has_text="Place by score").locator("td")
    expect(place.nth(2)).to_have_text(re.compile("^3 of"))
    panel.get_by_role("button", name="Try it").click()
    expect(place.nth(2)).to_have_text(re.compile("^[12] of"))
    panel.get_by_role("button", name="Reset").click()
    expect(place.nth(2)).to_have_text(re.compile("^3 of"))


def adds_up(rows: list[str]) -> bool:
    """Say whether numbers read from the page add up to the last of them, as far as they show."""
    *parts, total = (float(row.replace("−", "-")) for row in rows)
    return abs(sum(parts) - total) < 0.0006 * len(rows)


def test_a_region_lights_up_what_it_matches_and_the_numbers_add_up(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model")
    reasons = page.locator(".st-key-recommend-reasons")
    reasons.get_by_text("Regions and words", exact=True).click()
    panel = page.locator(".st-key-recommend-regions")
    rows = panel.locator(".ledger tr:not(:empty) td")
    expect(panel.locator(".ledger tr.sum")).to_be_visible()
    expect(page).to_have_url(re.compile("parts=score"))
    assert adds_up(rows.all_inner_texts())
    query, result = panel.locator(".item").all()
    heat = "canvas => canvas.toDataURL()"
    before = result.locator("canvas").evaluate(heat)
    box = query.locator(".frame").bounding_box()
    assert box
    query.locator(".frame").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.mouse.move(0, 0)
    expect(panel.get_by_text(re.compile("Query: this region adds"))).to_be_visible()
    expect(result).to_have_class(re.compile("lit"))
    assert result.locator("canvas").evaluate(heat) != before
    query.locator(".frame").press("Escape")
    expect(result).not_to_have_class(re.compile("lit"))
    assert result.locator("canvas").evaluate(heat) == before
    query.locator(".frame").press("ArrowRight")
    expect(result).to_have_class(re.compile("lit"))
    own = query.locator("canvas").evaluate(heat)
    result.get_by_role("button").last.focus()
    expect(query).to_have_class(re.compile("lit"))
    assert query.locator("canvas").evaluate(heat) != own
    page.reload()
    expect(panel.locator(".ledger tr.sum")).to_be_visible()
    assert adds_up(rows.all_inner_texts())


def test_heat_is_off_at_first_on_a_phone(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/recommend?image={PICTURE}&by=model&parts=score")
    panel = page.locator(".st-key-recommend-regions")
    strength = panel.get_by_label("Heat")
    expect(strength).to_have_value("0")
    strength.press("End")
    expect(panel.locator("canvas").first).to_have_css("opacity", "1")
    page.reload()
    expect(strength).to_have_value("100")
