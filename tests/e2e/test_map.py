"""The map in a real browser without a GPU: every point drawn, hovered, clicked, lassoed, shared."""

import re
from itertools import pairwise

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import PATIENCE, Server, settled, shoot

MARGIN, TOOLBAR = 0.05, 68  # of the canvas around the whole map, and pixels, as in view.js


def opened(page: Page, server: Server, bundle: Bundle, parameters: str = "") -> Locator:
    page.goto(f"{server.url}/map{parameters}")
    expect(page.locator(f'.map[data-ready="{len(bundle.items)}"]')).to_be_visible()
    settled(page)
    return page.locator(".stage")


def on_screen(stage: Locator, bundle: Bundle) -> np.ndarray:
    """Return where each image's point is on the page while the whole map is shown, (n, 2)."""
    box = stage.bounding_box()
    assert box is not None
    size, margin = np.array([box["width"], box["height"]]), MARGIN * box["width"]
    free = np.array([max(TOOLBAR, margin), MARGIN * box["height"]])  # at the left and the top
    places = np.asarray(bundle.map, float)
    low, high = places.min(axis=0), places.max(axis=0)
    room = size - free - MARGIN * size
    moved = (places - (low + high) / 2) * (room / (high - low)).min() * (1, -1)
    return moved + free + room / 2 + (box["x"], box["y"])


def loneliest(points: np.ndarray) -> int:
    away = np.linalg.norm(points[:, None] - points[None], axis=-1)
    return int((away + np.eye(len(points)) * 1e9).min(axis=1).argmax())


def test_points_are_drawn_named_and_lead_to_recommend(
    server: Server, page: Page, bundle: Bundle
) -> None:
    stage = opened(page, server, bundle)
    expect(stage).to_contain_text(f"Images: {len(bundle.items):,}, all shown")
    points = on_screen(stage, bundle)
    row = loneliest(points)
    page.mouse.move(*points[row])
    tip = page.locator(".tip")
    expect(tip).to_contain_text(bundle.image(row))
    expect(tip.locator("img")).to_have_js_property("complete", True)
    shoot(page, "map-hover", full_page=False)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("image="))
    expect(page.locator(".facts").filter(has_text=bundle.image(row))).to_be_visible()
    expect(page.get_by_text("recommendations, numbered on the map")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Recommend", exact=True).click()
    expect(page.get_by_role("heading", name="Recommend", exact=True)).to_be_visible()


def test_lasso_to_gallery_and_the_link_shows_the_same(
    server: Server, page: Page, bundle: Bundle, browser: Browser
) -> None:
    stage = opened(page, server, bundle)
    points = on_screen(stage, bundle)
    middle = np.median(points, axis=0)
    corners = [middle + 120 * np.array([np.sin(a), np.cos(a)]) for a in np.arange(0, 6.3, 0.3)]
    page.keyboard.down("Shift")
    page.mouse.move(*corners[0])
    page.mouse.down()
    for before, after in pairwise(corners):
        page.mouse.move(*(before + after) / 2)
        page.mouse.move(*after)
    page.mouse.up()
    page.keyboard.up("Shift")
    heading = page.get_by_text(re.compile(r"^[\d,]+ images selected$"))
    expect(heading).to_be_visible()
    n = int(heading.inner_text().split()[0].replace(",", ""))
    near = int((np.linalg.norm(points - middle, axis=1) < 120).sum())
    assert abs(n - near) <= max(3, 0.1 * near)
    # The browser and the server count by themselves, and must agree.
    expect(stage).to_contain_text(f"Selected: {n:,} of {len(bundle.items):,}")
    expect(page).to_have_url(re.compile("lasso="))
    shoot(page, "map-lasso", full_page=False)

    other = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(page.url)
    expect(other.get_by_test_id("stMain").get_by_text(f"{n:,} images selected")).to_be_visible()
    expect(other.locator(".stage")).to_contain_text(f"Selected: {n:,}")
    shoot(other, "map-lasso-narrow")
    other.context.close()

    page.get_by_role("button", name="Clear the selection (Escape)").click()
    expect(page.get_by_text("Nothing is selected")).to_be_visible()
    assert "lasso" not in page.url


def test_the_legend_isolates_and_keys_move(server: Server, page: Page, bundle: Bundle) -> None:
    stage = opened(page, server, bundle, "?colour=label")
    label = str(bundle.items["label"].value_counts().index[0])
    n = int((bundle.items["label"] == label).sum())
    words = label.replace("/", " › ").replace("_", " ")
    page.get_by_placeholder("Find in the legend").fill(words)
    page.locator(".legend-item:visible").filter(has_text=words).first.click()
    expect(stage).to_contain_text(f"In colour: {n:,} of {len(bundle.items):,}")
    expect(page.get_by_test_id("stMain").get_by_text(f"{n:,} images selected")).to_be_visible()
    shoot(page, "map-isolated", full_page=False)
    stage.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(stage).to_contain_text("all shown")
    expect(page.get_by_text("Nothing is selected")).to_be_visible()


def test_a_part_of_the_colour_scale_is_brushed(server: Server, page: Page, bundle: Bundle) -> None:
    everything = len(bundle.items)
    stage = opened(page, server, bundle, f"?colour=score&image={bundle.image(0)}")
    expect(stage).to_contain_text(f"Images: {everything:,}, all shown")
    low = page.get_by_role("slider", name="Similarity: Lower end")
    low.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile(f"levels={low.input_value()}-254"))
    settled(page)
    counted = re.compile(r"^(\d+) images? selected")
    selected = page.get_by_test_id("stMain").get_by_text(counted)
    count = counted.match(selected.inner_text())
    assert count
    assert 1 <= int(count[1]) < everything
    expect(stage).to_contain_text(f"In colour: {count[1]} of")
    page.reload()
    expect(selected).to_be_visible()
    settled(page)
    shoot(page, "map-brush", full_page=False)
    page.get_by_role("button", name="Show all", exact=True).click()
    expect(stage).to_contain_text(f"Images: {everything:,}, all shown")
    expect(page).not_to_have_url(re.compile("levels="))
