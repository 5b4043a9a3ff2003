"""What the app's process holds after pages were visited, and what each further visitor adds."""

from playwright.sync_api import Browser, Page
from tqdm import tqdm

from benchmarks.browsing import new_page
from benchmarks.clicks import of_query
from mmrec_core.bundle import Bundle
from mmrec_core.measuring.process_memory import private_bytes
from tests.e2e.serving import Server, settled

_AFTER_RECOMMEND = ("Browse", "Map", "Clusters", "Evaluation")


def held_by_sessions(
    browser: Browser, server: Server, bundle: Bundle, sessions: int
) -> list[float]:
    """Return megabytes that the server holds of its own after each of some visitors, who all stay.

    Each looks at recommendations, and then at other pages.
    """
    held, pages = [], []
    for _ in tqdm(range(sessions), "  visitors", leave=False):
        page = new_page(browser)
        pages.append(page)
        _visit(page, f"{server.url}/{of_query(bundle)}")
        held.append(private_bytes(server.process.pid) / 1e6)
    for page in pages:
        page.context.close()
    return held


def _visit(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)
    for name in _AFTER_RECOMMEND:
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("heading", name=name, exact=True).first.wait_for()
        settled(page)
