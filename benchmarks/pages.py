"""The lines of `mmrec bench` that need the app and a browser, in the same form.

    python -m benchmarks.pages BUNDLE [--small BUNDLE] [--json FILE]

Clicks to pixels, the map's first paint and frames, the server's memory, each further session's.
The small bundle, of 1,000 images, is what the map's first paint and the memory are held against;
without one it is made by `mmrec bench`.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from tqdm import tqdm

from benchmarks.browsing import new_page
from benchmarks.clicks import clicks, measure
from benchmarks.map_speed import first_paints, frames_a_second
from benchmarks.sessions import held_by_sessions
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.files import write_json
from mmrec_core.measuring.figures import Bound, Figure, Line, figure
from mmrec_core.measuring.machine import this_machine
from mmrec_core.measuring.report import as_json, table
from tests.e2e.serving import ARGUMENTS, CHROMIUM, Server

SMALL = 1_000
FURTHER_SESSION = Line(
    "session", "each further session, to the twentieth", "MB", (Bound(2), Bound(2))
)
APP_MEMORY = Line(
    "app-memory",
    "private memory of the app's process over that with 1,000 images",
    "MB",
    (Bound(400), Bound(1500)),
)
CLICKS = Line("clicks", "click to pixels, median over kinds", "ms", (Bound(300), Bound(400)))
SLOWEST_CLICK = Line("slowest-click", "the slowest kind", "ms", (Bound(500), Bound(700)))
FIRST_PAINT = Line(
    "first-paint",
    "first paint of the map, beyond that with 1,000 points",
    "s",
    (Bound(0.5), Bound(2)),
)
FRAMES = Line(
    "frames",
    "frames a second while the map is zoomed, dragged or lassoed, the fewest",
    "",
    (Bound(20, at_least=True), Bound(20, at_least=True)),
)


def figures(
    browser: Browser, bundle: Bundle, small: Bundle, rounds: int, sessions: int
) -> Iterator[Figure]:
    """Measure all lines."""
    with tempfile.TemporaryDirectory() as verdicts, Server(bundle.path, Path(verdicts)) as server:
        held = held_by_sessions(browser, server, bundle, sessions)
        paints = first_paints(browser, server.url)
        rates = frames_a_second(browser, server.url)
    with tempfile.TemporaryDirectory() as verdicts, Server(small.path, Path(verdicts)) as server:
        less = held_by_sessions(browser, server, small, 1)
        sooner = first_paints(browser, server.url)
    parts = {"after the first": held[0], "after the last": held[-1]}
    yield figure(APP_MEMORY, [held[0] - less[0]], parts={f"with {SMALL:,} images": less[0]} | parts)
    mean = (held[-1] - held[0]) / (len(held) - 1)
    yield figure(FURTHER_SESSION, np.diff(held), parts={"mean": mean})
    parts = {"whole": median(paints), f"with {SMALL:,} points": median(sooner)}
    beyond = [paint - median(sooner) for paint in paints]
    yield figure(FIRST_PAINT, beyond, parts=parts, note="in a browser without a cache")
    yield figure(FRAMES, [min(rates.values())], parts=rates)
    with tempfile.TemporaryDirectory() as verdicts, Server(bundle.path, Path(verdicts)) as server:
        page, kinds = new_page(browser), {}
        for click in tqdm(clicks(bundle), "  clicks", leave=False):
            kinds[click.name] = median(measure(page, server.url, click, rounds))
        page.context.close()
    note = f"medians of {rounds} rounds"
    yield figure(CLICKS, [float(np.median([*kinds.values()]))], parts=kinds, note=note)
    yield figure(
        SLOWEST_CLICK, [max(kinds.values())], note=max(kinds, key=lambda name: kinds[name])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--small", type=Path, help=f"a bundle of {SMALL:,} images")
    parser.add_argument("--rounds", type=int, default=7, help="of each kind of click")
    parser.add_argument("--sessions", type=int, default=20, help="visitors who stay, 2 or more")
    parser.add_argument("--json", type=Path, help="file to write the results to")
    given = parser.parse_args()
    bundle, small = open_bundle(given.bundle), open_bundle(given.small or _made_small())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        measured = list(figures(browser, bundle, small, given.rounds, given.sessions))
        browser.close()
    images, machine = len(bundle.items), this_machine()
    print(f"{bundle.name}. {machine}")
    print(*table(measured, images), sep="\n")
    if given.json:
        seed, way = bundle.manifest.seed, "umap"
        write_json(given.json, as_json(measured, images, seed, way, machine))


def _made_small() -> Path:
    command = [sys.executable, "-m", "mmrec_core.cli.main", "bench", "--images", str(SMALL)]
    subprocess.run([*command, "--only", "build"], check=True, stdout=subprocess.DEVNULL)
    made = Path(".bench").glob(f"bundle-{SMALL}-*/")
    return max(made, key=lambda folder: folder.stat().st_mtime)


if __name__ == "__main__":
    main()
