"""Many visitors at once: ``python -m benchmarks.load BUNDLE [--people 50] [--processes 2]``.

Serves the bundle on this machine, by one process or two behind nginx (``deploy/nginx.conf``), and
lets people come who each open another page every few seconds: raw sessions
(`benchmarks.raw_session`), and some in headless Chromium, which takes its share of the same cores.
A page's time is that until all of it is there, its pictures included. Memory is the app's own, of
all its processes.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from urllib.parse import quote, urlencode

import httpx
import numpy as np
from playwright.async_api import Browser, async_playwright, expect

from benchmarks.raw_session import RawSession
from mmrec_app.served.memory import EVERY
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.measuring.machine import this_machine
from mmrec_core.measuring.process_memory import private_bytes
from tests.e2e.nginx import Nginx
from tests.e2e.serving import ARGUMENTS, CHROMIUM, Server

MOST_SECONDS = 3.0
MOST_GROWTH = 20.0  # megabytes
FORGOTTEN = 30  # seconds after which the server forgets who left
PATIENCE = 600  # seconds: one that waits longer is an error
BRIEF = httpx.Limits(keepalive_expiry=1)  # before the server closes what is idle
FIRST, FURTHER, BROWSER = "first page", "further pages", "in a browser"
_LINKS = ("Browse", "Map", "Clusters", "Evaluation")


@dataclass
class Seen:
    """What people met with: each page's kind and seconds, and what failed."""

    pages: list[tuple[str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def addresses(bundle: Bundle, seed: int) -> Iterator[tuple[str, str]]:
    """Yield pages and their parameters as one person opens them: mostly recommendations."""
    drawn = np.random.default_rng(seed)
    while True:
        row = int(drawn.integers(len(bundle.items)))
        image = urlencode({"image": bundle.image(row)}, quote_via=quote)
        kinds = (
            ("recommend", image),
            ("", f"page={1 + drawn.integers(10)}"),
            ("map", image),
            ("clusters", f"cluster={bundle.cluster_of[row]}"),
            ("evaluation", ""),
        )
        yield kinds[drawn.choice(len(kinds), p=(0.5, 0.2, 0.1, 0.1, 0.1))]


async def raw_person(url: str, bundle: Bundle, seed: int, every: float, seen: Seen) -> None:
    """Look at another page every few seconds, until cancelled."""
    await asyncio.sleep(every * np.random.default_rng(seed).random())
    kind = FIRST
    async with (
        httpx.AsyncClient(timeout=PATIENCE, limits=BRIEF) as http,
        RawSession(url, http) as session,
    ):
        for page, query in addresses(bundle, seed):
            until = perf_counter() + every
            try:
                seen.pages.append((kind, await session.show(page, query)))
            except (RuntimeError, OSError, httpx.HTTPError) as error:
                seen.errors.append(repr(error))
            kind = FURTHER
            await asyncio.sleep(max(0.0, until - perf_counter()))


async def person_with_browser(browser: Browser, url: str, every: float, seen: Seen) -> None:
    """Turn the app's pages by their links, until cancelled."""
    page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    page.set_default_timeout(0)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    await page.goto(url)
    while True:
        for name in _LINKS:
            until = perf_counter() + every
            link = page.get_by_role("link", name=name, exact=True).first
            await link.wait_for()
            start = perf_counter()
            await link.click()
            await page.get_by_role("heading", name=name, exact=True).first.wait_for()
            await expect(page.get_by_test_id("stApp")).to_have_attribute(
                "data-test-script-state", "notRunning", timeout=3_600_000
            )
            seen.pages.append((BROWSER, perf_counter() - start))
            seen.errors += [name] * await page.get_by_test_id("stException").count()
            await asyncio.sleep(max(0.0, until - perf_counter()))


async def visit(
    url: str, servers: Sequence[Server], bundle: Bundle, given: argparse.Namespace
) -> tuple[Seen, Seen]:
    """Let people come, stay and leave; return what they met with before and after warm-up."""
    seen, warm = Seen(), Seen()
    raw = range(given.people - given.browsers)
    people = [raw_person(url, bundle, seed, given.every, seen) for seed in raw]
    async with async_playwright() as playwright:
        if given.browsers:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for _ in range(given.browsers):
                people.append(person_with_browser(browser, url, given.every, seen))
        async with asyncio.TaskGroup() as all_of_them:
            tasks = [all_of_them.create_task(each) for each in people]
            await asyncio.sleep(given.warm_up)
            warm.pages, seen.pages = seen.pages, []
            before, busy = held(servers, "after warm-up"), processor_seconds(servers)
            await asyncio.sleep(given.seconds)
            after, busy = held(servers, "at the end"), processor_seconds(servers) - busy
            for task in tasks:
                task.cancel()
    await asyncio.sleep(FORGOTTEN + 1.5 * EVERY)
    bound("growth", after - before, MOST_GROWTH, "MB")
    bound("still held", held(servers, "after all have left") - before, 0, "MB")
    share = busy / given.seconds
    each = 1000 * busy / max(1, len(seen.pages))
    print(f"  of the processor: {each:.0f} ms a page, {share:.0%} of a core")
    return warm, seen


def held(servers: Sequence[Server], when: str) -> float:
    """Print the own memory of the app's processes, and return it in megabytes."""
    megabytes = sum(private_bytes(server.process.pid) for server in servers) / 1e6
    print(f"  memory {when:20} {megabytes:6.0f} MB", flush=True)
    return megabytes


def processor_seconds(servers: Sequence[Server]) -> float:
    """Return what the app's processes have had of the processor, their children left out."""
    ticks = 0
    for server in servers:
        words = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def bound(name: str, value: float, most: float, unit: str) -> None:
    """Print a figure with its bound."""
    kept = "pass" if value <= most else "MISS"
    print(f"  {name:27} {value:6.2f} {unit}  (at most {most:g}: {kept})")


def main() -> None:
    """Print times, errors and memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--processes", type=int, default=1, choices=(1, 2), help="of the app")
    parser.add_argument("--browsers", type=int, default=2, help="of the people, in Chromium")
    parser.add_argument("--every", type=float, default=5, help="seconds from page to page")
    parser.add_argument("--warm-up", type=float, default=60, help="seconds before it counts")
    parser.add_argument("--seconds", type=float, default=300, help="that it counts")
    given = parser.parse_args()
    bundle = open_bundle(given.bundle)
    print(f"{bundle.name}: {len(bundle.items):,} images. {this_machine()}")
    print(f"{given.people} people, {given.browsers} in browsers, a page in {given.every:g} s each")
    print(f"processes of the app: {given.processes}")
    options = "--server.disconnectedSessionTTL", str(FORGOTTEN)
    with ExitStack() as running:
        verdicts = Path(running.enter_context(tempfile.TemporaryDirectory()))
        servers = [Server(given.bundle, verdicts, *options) for _ in range(given.processes)]
        for server in servers:
            running.enter_context(server)
        url = servers[0].url
        if given.processes == 2:
            url = running.enter_context(Nginx(*servers)).url
        held(servers, "at the start")
        warm, seen = asyncio.run(visit(url, servers, bundle, given))
    for asked, pages in ((FIRST, warm.pages), (FURTHER, seen.pages), (BROWSER, seen.pages)):
        if times := [seconds for kind, seconds in pages if kind == asked]:
            middle, most = np.percentile(times, [50, 95])
            print(f"  {asked:14} {len(times):6} times  median {middle:5.2f} s  p95 {most:5.2f} s")
            if asked != FIRST:
                bound("p95", most, MOST_SECONDS, "s")
    bound("errors", len(seen.errors), 0, "")
    print(*sorted(set(seen.errors)), sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
