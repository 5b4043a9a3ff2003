"""How much a page moved by itself: Cumulative Layout Shift, as Web Vitals define it."""

from itertools import pairwise

from playwright.sync_api import Page

GOOD = 0.1
_OBSERVE = """
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


def observe(page: Page) -> None:
    """Record the shifts of all documents that the page opens from now on."""
    page.add_init_script(_OBSERVE)


def shift(page: Page, since: float = 0) -> tuple[float, str]:
    """Return the largest burst of shifts that no input caused, and what moved most in it.

    A burst lasts up to five seconds and has no pause of a second. ``since`` is a time of the page's
    own clock, in milliseconds.
    """
    shifts = [one for one in page.evaluate("window.shifts") if one["time"] >= since]
    bursts: list[list[dict]] = []
    for before, one in pairwise([None, *shifts]):
        pause = before is None or one["time"] - before["time"] > 1000
        if pause or one["time"] - bursts[-1][0]["time"] > 5000:
            bursts.append([])
        bursts[-1].append(one)
    worst = max(bursts, key=_total, default=[])
    largest = max(worst, key=lambda one: one["value"], default={"moved": []})
    return _total(worst), ", ".join(dict.fromkeys(largest["moved"]))


def now(page: Page) -> float:
    """Return the time by the page's own clock, in milliseconds."""
    return page.evaluate("performance.now()")


def _total(burst: list[dict]) -> float:
    return sum(one["value"] for one in burst)
