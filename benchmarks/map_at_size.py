"""The map at size: `python -m benchmarks.map_at_size [--images 1000 125000 1000000]`.

Real input in headless Chromium that draws in software. For each number of images it prints:

- the first paint: from the start of the page's load to the second animation frame after the map is
  drawn, in a browser that has nothing cached, on a server that has shown the map once; how much
  later that is than with the fewest images; and the first visit of a new server's life;
- frames a second while the map is dragged, zoomed by the wheel, and a lasso is drawn, from the
  times between animation frames; and the 95th percentile of those times;
- the bytes of the map's data, the private memory of the server, and what each further session adds.

Medians over rounds.
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.made_map import make_map
from mmrec_core.bundle import open_bundle
from tests.e2e.serving import ARGUMENTS, CHROMIUM, Server, settled

IMAGES = (1_000, 125_000, 1_000_000)
PATIENCE = 300_000  # milliseconds
MEBIBYTE = 2**20
WATCH_PAINT = """
new MutationObserver((_, observer) => {
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      if (one.matches(".map[data-ready]") || (one.shadowRoot && walk(one.shadowRoot))) return true;
    }
    return false;
  };
  window.mmrecLook ??= setInterval(() => {
    if (!walk(document)) return;
    clearInterval(window.mmrecLook);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.mmrecPainted = performance.now();
    }));
  }, 8);
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
START_FRAMES = """
() => {
  window.mmrecFrames = [];
  const frame = (now) => {
    window.mmrecFrames.push(now);
    window.mmrecRecorder = requestAnimationFrame(frame);
  };
  window.mmrecRecorder = requestAnimationFrame(frame);
}
"""
STOP_FRAMES = """
() => {
  cancelAnimationFrame(window.mmrecRecorder);
  return window.mmrecFrames;
}
"""
BYTES = """
() => performance.getEntriesByType("resource")
  .filter((entry) => entry.name.includes("/map-data/"))
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""


@dataclass(frozen=True)
class Measured:
    """What one size costs; times in milliseconds, memory in MiB."""

    images: int
    first_visit: float
    paint: float
    frames: dict[str, tuple[float, float]]
    fetched: float
    memory: float
    session: float


def private_memory(pid: int) -> float:
    """Return the private memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def opened(browser: Browser, url: str) -> tuple[Page, float]:
    """Open the map in a browser without a cache; return the page and when it was painted."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCH_PAINT)
    page.goto(f"{url}/map")
    painted = page.wait_for_function("() => window.mmrecPainted", timeout=PATIENCE)
    settled(page)
    return page, float(painted.json_value())


def drag(page: Page, x: float, y: float, round: int) -> None:
    """Move the map there and back."""
    page.mouse.move(x, y)
    page.mouse.down()
    for angle in np.linspace(0, 4 * np.pi, 80):
        page.mouse.move(x + 120 * np.sin(angle), y + 60 * np.sin(2 * angle))
    page.mouse.up()


def zoom(page: Page, x: float, y: float, round: int) -> None:
    """Turn the wheel inwards and back."""
    page.mouse.move(x, y)
    for step in range(80):
        page.mouse.wheel(0, -60 if step < 40 else 60)


def lasso(page: Page, x: float, y: float, round: int) -> None:
    """Draw around the middle and let go."""
    page.keyboard.down("Shift")
    page.mouse.move(x + 120, y)
    page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 60):
        page.mouse.move(x + (120 + round) * np.cos(angle), y + 120 * np.sin(angle))
    page.mouse.up()
    page.keyboard.up("Shift")


GESTURES: dict[str, Callable[[Page, float, float, int], None]] = {
    "pan": drag,
    "zoom": zoom,
    "lasso": lasso,
}


def frames(page: Page, rounds: int) -> dict[str, tuple[float, float]]:
    """Return frames a second and the 95th percentile between two, of each gesture."""
    box = page.locator(".stage canvas").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    found = {}
    for name, gesture in GESTURES.items():
        rates, late = [], []
        for round in range(rounds):
            page.evaluate(START_FRAMES)
            gesture(page, x, y, round)
            between = np.diff(page.evaluate(STOP_FRAMES))
            rates.append(1000 / between.mean())
            late.append(float(np.percentile(between, 95)))
            settled(page)
        found[name] = median(rates), median(late)
    return found


def measure(browser: Browser, folder: Path, rounds: int) -> Measured:
    """Measure one bundle on a server of its own."""
    with tempfile.TemporaryDirectory() as verdicts, Server(folder, Path(verdicts)) as server:
        page, first_visit = opened(browser, server.url)
        page.context.close()
        paints = []
        for _ in range(rounds):
            page, painted = opened(browser, server.url)
            paints.append(painted)
            fetched = page.evaluate(BYTES)
            if len(paints) < rounds:
                page.context.close()
        rates = frames(page, rounds)
        before = private_memory(server.process.pid)
        pages = [opened(browser, server.url)[0] for _ in range(5)]
        memory = private_memory(server.process.pid)
        for each in (page, *pages):
            each.context.close()
    images = open_bundle(folder).manifest.counts.images
    return Measured(
        images,
        first_visit,
        median(paints),
        rates,
        fetched / MEBIBYTE,
        memory,
        (memory - before) / len(pages),
    )


def table(found: list[Measured]) -> str:
    """Return what was measured as lines of Markdown."""
    least = min(found, key=lambda one: one.images)
    lines = [
        "| images | first paint, ms | beyond the fewest | first visit of the server "
        f"| {' | '.join(f'{name}: frames a second (95 %, ms)' for name in GESTURES)} "
        "| map data, MiB | server, private MiB | a further session, MiB |",
        "|---:" * (7 + len(GESTURES)) + "|",
    ]
    for one in found:
        rates = " | ".join(f"{rate:.0f} ({late:.0f})" for rate, late in one.frames.values())
        lines.append(
            f"| {one.images:,} | {one.paint:.0f} | {one.paint - least.paint:+.0f} "
            f"| {one.first_visit:.0f} | {rates} | {one.fetched:.2f} | {one.memory:.0f} "
            f"| {one.session:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the table; with bundles at hand, of those instead of made ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="*", default=IMAGES)
    parser.add_argument("--bundles", type=Path, nargs="*", help="ready bundles, instead")
    parser.add_argument("--demo", type=Path, default=Path("artifacts/demo"))
    parser.add_argument("--rounds", type=int, default=5)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folders = told.bundles or [
            make_map(Path(made) / str(images), open_bundle(told.demo), images)
            for images in told.images
        ]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        print(table([measure(browser, folder, told.rounds) for folder in folders]))
        browser.close()


if __name__ == "__main__":
    main()
