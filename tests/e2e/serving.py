"""A real server of one bundle, and what waits for the page in a browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect

from mmrec_app.home import ENTRY

OUTPUT = Path(__file__).resolve().parents[1] / "output"
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_COME_NEAR = """() => {
  const first = document.querySelector("[data-sentinel]");
  first?.scrollIntoView();
  return !first && !document.querySelector(
    "[data-testid=stSkeleton], [data-testid=stBidiComponentIsolated]:not([data-drawn])");
}"""
PATIENCE = 60_000  # milliseconds; the first query loads libraries and, for uploads, encoders


class Server:
    """A Streamlit server of one bundle, for as long as the ``with`` block lasts."""

    def __init__(self, bundle: Path, verdicts: Path, *options: str, base: str = ""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{base}"
        self.command = [
            *(sys.executable, "-m", "streamlit", "run", ENTRY.name),
            *("--server.port", str(self.port), "--server.address", "127.0.0.1"),
            *("--server.fileWatcherType", "none", *options),
        ]
        self.folder = ENTRY.parent
        self.environment = os.environ | {
            "MMREC_BUNDLE": str(bundle),
            "MMREC_VERDICTS": str(verdicts),
        }

    def __enter__(self) -> "Server":
        OUTPUT.mkdir(parents=True, exist_ok=True)
        self.log = (OUTPUT / f"server-{self.port}.log").open("w")
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, stdout=self.log, stderr=self.log
        )
        until = time.monotonic() + PATIENCE / 1000
        while not self._healthy():
            assert self.process.poll() is None, Path(self.log.name).read_text()
            assert time.monotonic() < until, "the server did not come up"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


class AppCommand(Server):
    """A server by ``mmrec app`` in the folder ``folder``; ``mmrec`` is how to run mmrec."""

    def __init__(self, mmrec: list[str], folder: Path, *options: str, base: str = ""):
        super().__init__(folder, folder / "verdicts", base=base)
        self.folder = folder
        self.command = [*mmrec, "app", "--port", str(self.port), "--base-path", base, *options]
        del self.environment["MMREC_BUNDLE"]


def settled(page: Page) -> None:
    """Wait until the script of the page has run, and links turn its pages."""
    expect(page.locator("html[data-navigator]")).to_have_count(1)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def all_drawn(page: Page) -> None:
    """Come near all that the page draws only then."""
    settled(page)
    page.wait_for_function(_COME_NEAR, polling=100)
    settled(page)


def shoot(page: Page, name: str, full_page: bool = True) -> None:
    """Keep a screenshot once pictures and plots are there."""
    settled(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=full_page)
