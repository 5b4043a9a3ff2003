"""Pages of visitors, for benchmarks: they wait as long as it takes."""

from playwright.sync_api import Browser, Page, expect

PATIENCE = 3_600_000.0
"""Milliseconds until a wait is given up: one that takes an hour is no figure but a fault."""


def new_page(browser: Browser) -> Page:
    """Open a page of a new visitor."""
    expect.set_options(timeout=PATIENCE)
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    page.set_default_timeout(PATIENCE)
    return page
