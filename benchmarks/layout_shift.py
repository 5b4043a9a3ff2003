"""How much each page moves while it loads: ``python -m benchmarks.layout_shift BUNDLE``.

Cumulative Layout Shift (the Web Vitals measure) of a fresh visit in headless Chromium, on a desktop
and on a phone: the largest burst of shifts that no input caused. Up to 0.1 is good. Printed with
what moved most.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from benchmarks.clicks import of_query
from mmrec_core.bundle import open_bundle
from tests.e2e.serving import ARGUMENTS, CHROMIUM, PATIENCE, Server, settled

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
GOOD = 0.1
OBSERVE = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push({
    value: entry.value, time: entry.startTime,
    moved: entry.sources.map(({ node }) => {
      for (let at = node; at; at = at.parentElement ?? at.getRootNode?.().host ?? null)
        if (at.dataset?.testid || /st-key/.test(at.className))
          return /st-key-\\S+/.exec(at.className)?.[0] ?? at.dataset.testid;
      return node?.nodeName ?? "?";
    }),
  });
}).observe({ type: "layout-shift", buffered: true });
"""


def shift(browser: Browser, url: str, size: tuple[int, int]) -> tuple[float, str]:
    """Return a page's shift, and what moved in its largest one."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-US")
    page = context.new_page()
    page.add_init_script(OBSERVE)
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    settled(page)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    context.close()
    worst, burst, start, last = 0.0, 0.0, 0.0, -1000.0
    for entry in shifts:
        if entry["time"] - last > 1000 or entry["time"] - start > 5000:
            burst, start = 0.0, entry["time"]
        burst, last = burst + entry["value"], entry["time"]
        worst = max(worst, burst)
    largest = max(shifts, key=lambda entry: entry["value"], default={"moved": []})
    return worst, ", ".join(dict.fromkeys(largest["moved"]))


def main() -> None:
    """Print a table of all pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    told = parser.parse_args()
    expect.set_options(timeout=PATIENCE)
    bundle = open_bundle(told.bundle)
    paths = ("", of_query(bundle), "recommend", "map", "clusters", "clusters?cluster=1")
    paths += ("evaluation", "errors", "errors?view=queue", "errors?view=verdicts", "about")
    with (
        tempfile.TemporaryDirectory() as verdicts,
        Server(told.bundle, Path(verdicts)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for path in paths:
            shift(browser, f"{server.url}/{path}", SIZES["desktop"])  # warms the server up
            for name, size in SIZES.items():
                value, moved = shift(browser, f"{server.url}/{path}", size)
                verdict = "good" if value <= GOOD else f"moves: {moved}"
                print(f"  {path[:36] or 'browse':36} {name:8} {value:.2f}  {verdict}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
