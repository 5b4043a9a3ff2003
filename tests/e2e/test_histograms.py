"""Small histograms beside Browse and Map: a brush and a slider narrow the same shared filter."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled


def span(page: Page, name: str) -> tuple[float, float]:
    """Return the range of that number in the address."""
    ranges = parse_qs(urlsplit(page.url).query)["ranges"][0]
    found = re.search(f"{name}:([^,]+)\\.\\.([^,]+)", ranges)
    assert found is not None
    return float(found[1]), float(found[2])


def test_a_brush_and_a_slider_narrow_browse_and_map(
    server: Server, page: Page, bundle: Bundle
) -> None:
    everything = f"{len(bundle.items)} images"
    page.goto(server.url)
    expect(page.get_by_text(everything, exact=True)).to_be_visible()
    page.get_by_text("Histograms").click()
    plot = page.get_by_label("Histogram: Width, pixels").locator(".nsewdrag")
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.25, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile("ranges=width"))
    settled(page)
    low, high = span(page, "width")
    left = int(bundle.items["width"].between(low, high).sum())
    expect(page.get_by_text(re.compile(f"^{left} images?$"))).to_be_visible()

    page.get_by_role("slider", name="Words in the caption").last.press("ArrowLeft")
    expect(page).to_have_url(re.compile("words"))
    settled(page)
    page.get_by_role("button", name=re.compile("Width, pixels")).click()
    expect(page).not_to_have_url(re.compile("width"))
    words = bundle.items["text"].str.split().str.len()
    left = int(words.between(*span(page, "words")).sum())
    expect(page.get_by_text(re.compile(f"^{left} images?$"))).to_be_visible()

    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.get_by_text(f"In colour: {left} of {len(bundle.items)}")).to_be_visible()
    expect(page.get_by_label("Histogram: Words in the caption")).to_be_visible()
    page.get_by_role("button", name=re.compile("Words in the caption")).click()
    expect(page.get_by_text(f"Images: {len(bundle.items)}, all shown")).to_be_visible()
    page.go_back()
    expect(page.get_by_text(f"In colour: {left} of {len(bundle.items)}")).to_be_visible()
