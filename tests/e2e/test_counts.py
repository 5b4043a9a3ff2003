"""What Evaluation counts opens, with a mouse and by keyboard, and Back returns to it."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.serving import Server, all_drawn, settled


def listed(page: Page) -> str:
    """Return how many pairs Errors shows, as it is written."""
    expect(page).to_have_url(re.compile("/errors\\?"))
    settled(page)
    line = page.get_by_test_id("stText").filter(has_text=re.compile("pairs?, page"))
    expect(line).to_be_visible()
    return line.inner_text().split()[0]


def back(page: Page) -> None:
    page.go_back()
    expect(page).to_have_url(re.compile("/evaluation"))
    settled(page)


def test_counts_open_by_keyboard_and_bars_by_a_click(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation")
    all_drawn(page)
    missed = page.get_by_role("link", name="missed")
    missed.focus()
    count = missed.inner_text().split()[0]
    page.keyboard.press("Enter")
    assert listed(page) == count
    back(page)

    page.get_by_text("Pairs by probability").press("Enter")
    point = page.get_by_role("link", name=re.compile("^predicted")).last
    count = point.inner_text().split()[-2]
    point.press("Enter")
    assert listed(page) == count
    back(page)

    relevant = page.locator(".trace.bars").nth(1).locator(".point path")
    relevant.nth(20).scroll_into_view_if_needed()
    relevant.nth(20).click(force=True)
    expect(page).to_have_url(re.compile("known=relevant&bin=score%3A20"))
    assert listed(page) != "0"
    back(page)


POINT = """(chart) => {
  const plot = chart.querySelector(".js-plotly-plot"), { xaxis, yaxis } = plot._fullLayout;
  const trace = plot._fullData.findLast(({ name }) => name === "CLIP");
  const at = Math.floor(trace.x.length / 2), box = plot.getBoundingClientRect();
  return [
    box.x + xaxis._offset + xaxis.d2p(trace.x[at]), box.y + yaxis._offset + yaxis.d2p(trace.y[at]),
  ];
}"""


def test_a_point_of_a_curve_sets_the_threshold(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation")
    chart = page.locator("[class*=st-key-evaluation-roc]")
    settled(page)
    page.wait_for_load_state("networkidle")
    chart.locator(".legend").hover()  # it stands where it stays
    x, y = chart.evaluate(POINT)
    page.mouse.move(x, y, steps=4)
    expect(chart.locator(".hoverlayer .hovertext")).to_contain_text("CLIP")
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(r"ranker=clip&threshold=0\.\d+"))
    all_drawn(page)
    expect(page.get_by_role("heading", name="Threshold: CLIP")).to_be_visible()
    settled(page)
    count = page.get_by_role("link", name="missed").inner_text().split()[0]
    page.get_by_role("link", name="missed").click()
    assert listed(page) == count


def test_a_point_opens_a_slice_and_the_table_of_its_queries(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation")
    all_drawn(page)
    dots = page.locator(".stPlotlyChart").last.locator(".scatterlayer .point")
    dots.nth(3).scroll_into_view_if_needed()
    dots.nth(3).click(force=True)
    table = page.get_by_role("link", name=re.compile("All in a table"))
    count = table.inner_text().split()[-2]
    table.click()
    expect(page.get_by_text(re.compile(f"^{count} held-out quer"))).to_be_visible()
    entries = page.evaluate("history.length")
    page.get_by_role("link", name="BERT", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("BERT")
    assert page.evaluate("history.length") == entries + 1
    page.locator(".query").first.click()
    expect(page).to_have_url(re.compile("/recommend\\?"))
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("BERT")
    expect(page.get_by_text(re.compile(f"^{count} held-out quer"))).to_be_visible()


def test_a_bar_of_a_category_opens_its_images(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/clusters?cluster=4")
    settled(page)
    bar = page.get_by_label("Images of this cluster by category").locator(".point path").first
    bar.scroll_into_view_if_needed()
    bar.click(force=True)
    expect(page).to_have_url(re.compile("cluster=4&label="))
    settled(page)
    shown = page.get_by_text(re.compile("^\\d+ images?$")).inner_text().split()[0]
    page.go_back()
    page.get_by_text("Images by category").press("Enter")
    expect(page.locator(".leads a").first).to_have_text(re.compile(f": {shown}$"))
    page.locator(".leads a").first.press("Enter")
    expect(page).to_have_url(re.compile("cluster=4&label="))
    expect(page.get_by_text(re.compile(f"^{shown} images?$"))).to_be_visible()
