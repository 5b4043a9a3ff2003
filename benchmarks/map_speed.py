"""The map in a browser: how long until it is painted, and frames a second while it is moved."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page
from tqdm import tqdm

from benchmarks.browsing import PATIENCE, new_page
from tests.e2e.serving import settled

ROUNDS = 7
STEPS = 60

PAINTED = """
() => new Promise((resolve) => {
  const within = (root) => root.querySelector(".map[data-ready]") ||
    [...root.querySelectorAll("*")].some((each) => each.shadowRoot && within(each.shadowRoot));
  const look = () => {
    if (!within(document)) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  };
  look();
})
"""
COUNT = """
() => {
  window.mmrecFrames = [];
  const count = (now) => { window.mmrecFrames?.push(now); requestAnimationFrame(count); };
  requestAnimationFrame(count);
}
"""


def first_paints(browser: Browser, url: str, rounds: int = ROUNDS) -> list[float]:
    """Return seconds from the navigation to the painted map, each in a browser without a cache."""
    seconds = []
    for _ in tqdm(range(rounds + 1), "  the map opened", leave=False):
        page = new_page(browser)
        page.goto(f"{url}/map", wait_until="commit")
        seconds.append(page.evaluate(PAINTED) / 1000)
        page.context.close()
    return seconds[1:]


def frames_a_second(browser: Browser, url: str) -> dict[str, float]:
    """Return frames a second while the map is dragged, zoomed and lassoed."""
    page = new_page(browser)
    page.goto(f"{url}/map")
    page.evaluate(PAINTED)
    settled(page)
    page.evaluate(COUNT)
    box = page.locator(".stage").bounding_box(timeout=PATIENCE)
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    rates = {
        "zoom": _rate(page, lambda step: page.mouse.wheel(0, -20 if step < STEPS / 2 else 20)),
        "pan": _rate(page, lambda step: page.mouse.move(x + 3 * step, y + step), held=True),
    }
    page.keyboard.down("Shift")
    rates["lasso"] = _rate(page, lambda step: page.mouse.move(x - 3 * step, y - step), held=True)
    page.keyboard.up("Shift")
    page.context.close()
    return rates


def _rate(page: Page, act: Callable[[int], None], held: bool = False) -> float:
    if held:
        page.mouse.down()
    page.evaluate("window.mmrecFrames = []")
    for step in range(STEPS):
        act(step)
    frames = page.evaluate("window.mmrecFrames")
    if held:
        page.mouse.up()
    return 1000 * (len(frames) - 1) / (frames[-1] - frames[0]) if len(frames) > 1 else 0.0
