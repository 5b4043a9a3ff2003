"""Clusters in a real browser: cards by keyboard, one opened, its neighbour, then its images."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from mmrec_core.bundle import Bundle
from tests.e2e.serving import Server, settled, shoot


def cluster_of(link: Locator) -> str:
    """Return the number of the cluster that a card leads to."""
    return parse_qs(urlsplit(str(link.get_attribute("href"))).query)["cluster"][0]


def test_from_the_cards_to_one_cluster_and_its_images(
    server: Server, page: Page, bundle: Bundle
) -> None:
    page.goto(f"{server.url}/clusters?sort=purity")
    cards = page.get_by_role("list", name=re.compile("^Clusters, page 1")).locator(".pick")
    expect(cards).to_have_count(min(24, len(bundle.centroids)))
    expect(cards.first.locator("img").first).to_have_js_property("complete", True)
    assert cards.first.locator("img").first.evaluate("image => image.naturalWidth") > 0
    shoot(page, "clusters", full_page=False)

    cards.first.focus()
    page.keyboard.press("ArrowRight")
    expect(cards.nth(1)).to_be_focused()
    cluster = cluster_of(cards.nth(1))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"cluster={cluster}\b"))
    expect(page.get_by_role("heading", name=f"Cluster {cluster}")).to_be_visible()
    expect(page.get_by_role("list", name="Central images").locator(".pick").first).to_be_visible()
    shoot(page, "cluster")

    neighbour = page.get_by_role("list", name="Nearest clusters").locator(".pick").first
    other = cluster_of(neighbour)
    neighbour.click()
    expect(page.get_by_role("heading", name=f"Cluster {other}")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Browse this cluster").click()
    expect(page).to_have_url(re.compile(rf"/browse\?.*cluster={other}\b|/\?.*cluster={other}\b"))
    size = int(bundle.cluster_sizes[int(other)])
    expect(page.get_by_role("list").locator(".pick")).to_have_count(min(48, size))
    page.go_back()
    expect(page.get_by_role("heading", name=f"Cluster {other}")).to_be_visible()
