"""From a click to its pixels: `python -m benchmarks.clicks BUNDLE [--rounds 7]`.

Real input in headless Chromium. The clock starts at the browser's own input event and stops at the
second animation frame after what was asked for is on the page with its pictures decoded: then it
has been painted. Medians over rounds, after one that warms up the server's caches. What takes long
is waited for, and printed.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.browsing import new_page
from mmrec_core.bundle import Bundle, open_bundle
from tests.e2e.serving import ARGUMENTS, CHROMIUM, Server, all_drawn, settled

WATCH = """
() => {
  const roots = [];
  const walk = (root) => {
    roots.push(root);
    for (const inner of root.querySelectorAll("*")) if (inner.shadowRoot) walk(inner.shadowRoot);
  };
  window.mmrecAll = (selector) => {
    roots.length = 0;
    walk(document);
    return roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  };
  const visible = (image) => {
    const box = image.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.width > 0;
  };
  window.mmrecPainted = () =>
    window.mmrecAll("img.picture, img").every((image) => !visible(image) || image.complete);
  for (const kind of ["pointerdown", "keydown", "pointerup"]) {
    addEventListener(kind, () => { window.mmrecStart ??= performance.now(); }, true);
  }
}
"""
WAIT = """
(condition) => {
  const met = new Function("return " + condition);
  window.mmrecStart = undefined;
  window.mmrecDone = new Promise((resolve) => {
    const look = () => {
      if (window.mmrecStart !== undefined && met() && window.mmrecPainted())
        requestAnimationFrame(() => requestAnimationFrame(
          () => resolve(performance.now() - window.mmrecStart)));
      else requestAnimationFrame(look);
    };
    look();
  });
}
"""


@dataclass(frozen=True)
class Click:
    """One thing to click: where, what, and what must then be on the page (JavaScript).

    What is ``far`` down is drawn before; on other pages as much as who opens them sees.
    """

    name: str
    path: str
    act: Callable[[Page, int], None]
    condition: Callable[[Page, int], str]
    again: bool = True
    far: bool = False


def text(selector: str) -> str:
    """Return JavaScript for the text of the first element that matches, shadow trees included."""
    return f"(mmrecAll({selector!r})[0]?.textContent ?? '')"


def changed(page: Page, expression: str) -> str:
    """Return a condition: the expression has another value than now, and has one."""
    now = page.evaluate(f"() => {expression}")
    return f"(() => {{ const now = {expression}; return now && now !== {json.dumps(now)}; }})()"


def of_query(bundle: Bundle) -> str:
    """Return the address of Recommend with a held-out query that has a caption."""
    asked = bundle.items["is_query"] & bundle.items["text"].notna()
    return f"recommend?image={quote(str(bundle.items['image'][asked].iloc[3]))}"


def drag_a_lasso(page: Page, round: int) -> None:
    """Draw around half of the map, its left one or its right one in turns: images are in both."""
    box = page.get_by_role("application").locator("canvas").first.bounding_box()
    assert box is not None
    left, middle, right = (box["x"] + edge for edge in (50, box["width"] / 2, box["width"] - 8))
    top, bottom = box["y"] + 8, box["y"] + box["height"] - 8
    near, far = (left, middle) if round % 2 else (middle, right)
    page.keyboard.down("Shift")
    page.mouse.move(near, bottom)
    page.mouse.down()
    for corner in ((far, bottom), (far, top), (near, top), (near, bottom - 8)):
        page.mouse.move(*corner, steps=3)
    page.evaluate("window.mmrecStart = undefined")  # the clock starts when the button is let go
    page.mouse.up()
    page.keyboard.up("Shift")


def only_list(ranker: str) -> str:
    """Return a condition: one list of results is shown, this ranker's."""
    return (
        "(() => { const names = mmrecAll('[role=list]').map((l) => l.ariaLabel ?? "
        "l.getAttribute('aria-label') ?? '').filter((n) => n.includes('recommendations by')); "
        f"return names.length === 1 && names[0].endsWith('by {ranker}'); }})()"
    )


def clicks(bundle: Bundle) -> list[Click]:
    """Return what is measured, on each page."""
    cards = "mmrecAll('.card').map((card) => card.dataset.id).join()"
    heading = "mmrecAll('h1')[0]?.textContent"
    found = [
        Click(
            "Browse: next page",
            "",
            lambda page, _: page.get_by_role("button", name="Next", exact=True).click(),
            lambda page, _: changed(page, cards),
        ),
        Click(
            "Browse: sorted otherwise",
            "",
            lambda page, round: (
                page.get_by_role("combobox", name="Sort by").press("ArrowDown")
                or page.get_by_role("option").nth(2 + round % 2).click()
            ),
            lambda page, _: changed(page, cards),
        ),
        Click(
            "Browse: recommendations of a picture",
            "",
            lambda page, round: page.get_by_role("list").locator(".pick").nth(round).click(),
            lambda page, _: (
                "location.pathname.endsWith('recommend') && "
                "mmrecAll('h2, h3').some((h) => h.textContent.includes('ranks it number 1'))"
            ),
            again=False,
        ),
        Click(
            "Recommend: why another result",
            of_query(bundle),
            lambda page, round: (
                page.get_by_role("list", name=re.compile("by CatBoost|by CLIP"))
                .first.get_by_role("link", name=re.compile(rf"^{2 + round % 2}\. "))
                .click()
            ),
            lambda page, round: (
                "mmrecAll('h2, h3').some((h) => "
                f"h.textContent.includes('ranks it number {2 + round % 2}'))"
            ),
        ),
        Click(
            "Recommend: one ranker alone",
            of_query(bundle),
            lambda page, round: page.get_by_role(
                "radio", name=("CLIP", "BERT")[round % 2], exact=True
            ).click(),
            lambda page, round: only_list(("CLIP", "BERT")[round % 2]),
        ),
        Click(
            "Map: a lasso's pictures",
            "map",
            drag_a_lasso,
            lambda page, _: changed(page, cards),
        ),
        Click(
            "Map: one cluster by the legend",
            "map",
            lambda page, round: (
                page.get_by_role("toolbar", name="Cluster")
                .get_by_role("button")
                .nth(1 + round)
                .click()
            ),
            lambda page, _: changed(page, cards),
        ),
        Click(
            "Clusters: a cluster opened",
            "clusters",
            lambda page, round: page.locator("[data-cluster], .card, .cluster").nth(round).click(),
            lambda page, _: changed(page, heading),
            again=False,
        ),
    ]
    if bundle.has_ranker and bundle.manifest.counts.held_out_queries:
        found += [
            Click(
                "Evaluation: another threshold",
                "evaluation",
                lambda page, round: page.get_by_role("slider").first.press(
                    ("Home", "End")[round % 2]
                ),
                lambda page, _: changed(page, "mmrecAll('table').map((m) => m.textContent).join()"),
                far=True,
            ),
            Click(
                "Errors: the next query",
                "errors?view=queue&reviewer=Clicks",
                lambda page, _: page.keyboard.press("ArrowRight"),
                lambda page, _: changed(page, "mmrecAll('figcaption')[0]?.textContent"),
            ),
            Click(
                "Errors: a grade",
                "errors?view=queue&reviewer=Clicks",
                lambda page, _: page.keyboard.press("3"),
                lambda page, _: changed(page, "mmrecAll('[aria-pressed=true]').length + ''"),
            ),
        ]
    return found


def measure(page: Page, url: str, click: Click, rounds: int) -> list[float]:
    """Return milliseconds of each round but the first, which warms up."""
    times = []
    for round in range(rounds + 1):
        if round == 0 or not click.again:
            page.goto(f"{url}/{click.path}")
            page.get_by_test_id("stMainBlockContainer").wait_for()
            (all_drawn if click.far else settled)(page)
            page.wait_for_load_state("networkidle")
            page.evaluate(WATCH)
        page.evaluate(WAIT, click.condition(page, round))
        click.act(page, round)
        times.append(page.evaluate("() => window.mmrecDone"))
        settled(page)
    return times[1:]


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="part of the names to measure")
    told = parser.parse_args()
    bundle = open_bundle(told.bundle)
    print(f"click to pixels, {bundle.name}: {len(bundle.items):,} images, {told.rounds} rounds")
    with (
        tempfile.TemporaryDirectory() as verdicts,
        Server(told.bundle, Path(verdicts)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = new_page(browser)
        every = []
        for click in clicks(bundle):
            if told.only.casefold() not in click.name.casefold():
                continue
            times = measure(page, server.url, click, told.rounds)
            every.append(median(times))
            print(
                f"  {click.name:40} {median(times):6.0f} ms  (largest {max(times):.0f})", flush=True
            )
        print(f"  {'median of all':40} {np.median(every):6.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
