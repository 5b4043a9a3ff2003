"""The app in a real browser: pick, read, follow, upload, deep links, hostile captions."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mmrec_core.bundle import Bundle, open_bundle

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "tests" / "output"
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
PATIENCE = 60_000  # milliseconds; the first query loads libraries and, for uploads, encoders
HOSTILE = '<img src=x onerror="window.owned=1"> **bold** [link](javascript:alert(1)) $x^2$'

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: CHROMIUM=/path/to/it")


class Server:
    """A Streamlit server of one bundle, for as long as the ``with`` block lasts."""

    def __init__(self, bundle: Path, *options: str, base: str = ""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{base}"
        self.command = [
            *(sys.executable, "-m", "streamlit", "run", "streamlit_app.py"),
            *("--server.port", str(self.port), "--server.address", "127.0.0.1"),
            *("--server.fileWatcherType", "none", *options),
        ]
        self.environment = os.environ | {"MMREC_BUNDLE": str(bundle)}

    def __enter__(self) -> "Server":
        self.log = (OUTPUT / f"server-{self.port}.log").open("w")
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(demo_bundle: Path, browser: Browser) -> Iterator[Server]:
    with Server(demo_bundle) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors
    expect(page.get_by_test_id("stException")).to_have_count(0)
    context.close()


@pytest.fixture(scope="module")
def bundle(demo_bundle: Path) -> Bundle:
    return open_bundle(demo_bundle)


def settled(page: Page) -> None:
    """Wait until the script of the page has run."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot once pictures and plots are there."""
    settled(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


def test_browse_then_recommendations_then_reasons(
    server: Server, page: Page, bundle: Bundle
) -> None:
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Browse")).to_be_visible()
    pictures = page.get_by_role("list").locator(".pick")
    expect(pictures).to_have_count(min(48, len(bundle.items)))
    expect(pictures.first.locator("img")).to_have_js_property("complete", True)
    assert pictures.first.locator("img").evaluate("image => image.naturalWidth") > 0
    shoot(page, "browse")

    search = page.get_by_role("textbox", name="Search captions")
    word = str(bundle.items["text"].dropna().iloc[0]).strip(".").split()[-1]
    search.fill(word)
    search.press("Enter")
    expect(page).to_have_url(re.compile(r"q="))
    expect(pictures.first).to_contain_text(re.compile(re.escape(word), re.IGNORECASE))

    # by keyboard alone: arrows move, Enter picks
    pictures.first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recommend\?image="))
    ranked = page.get_by_role("list").locator(".pick")
    expect(ranked).to_have_count(10)
    expect(page.get_by_role("heading", name="Why number 1")).to_be_visible()
    expect(ranked.first).to_have_attribute("aria-pressed", "true")
    expect(ranked.first).to_contain_text("%" if bundle.has_ranker else "0.")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    waterfall = page.locator(".js-plotly-plot").filter(has_text="image similarity").first
    expect(waterfall).to_contain_text("score")
    shoot(page, "recommend")

    ranked.nth(2).click()
    expect(page.get_by_role("heading", name="Why number 3")).to_be_visible()
    expect(page).to_have_url(re.compile(r"result="))
    expect(ranked.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(ranked.first).to_have_attribute("aria-pressed", "false")

    shared = page.url
    caption = ranked.nth(2).get_attribute("aria-label")
    page.get_by_test_id("stButton").get_by_role("button", name="Recommend from this one").click()
    expect(page).not_to_have_url(re.compile(r"result="))
    settled(page)
    expect(page.get_by_role("heading", name="Why number 1")).to_be_visible()

    page.goto(shared)
    expect(page.get_by_role("heading", name="Why number 3")).to_be_visible()
    expect(ranked.nth(2)).to_have_attribute("aria-label", str(caption))


def test_ranker_and_number_of_results(server: Server, page: Page, bundle: Bundle) -> None:
    row = int(bundle.items["text"].notna().to_numpy().argmax())
    page.goto(f"{server.url}/recommend?image={bundle.items['image'].iat[row]}&k=6")
    ranked = page.get_by_role("list").locator(".pick")
    expect(ranked).to_have_count(6)
    page.get_by_role("radio", name="BERT", exact=True).or_(
        page.get_by_role("button", name="BERT", exact=True)
    ).click()
    expect(page).to_have_url(re.compile(r"ranker=bert"))
    expect(page.get_by_text("Compares the two captions alone")).to_be_visible()
    expect(ranked).to_have_count(6)


def test_upload_of_a_rotated_jpeg(
    server: Server, page: Page, bundle: Bundle, tmp_path: Path
) -> None:
    upright = Image.open(bundle.thumbnail_path(0)).convert("RGB").resize((320, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn 90° clockwise to show
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    lying.save(tmp_path / "rotated.jpg", exif=exif)

    page.goto(f"{server.url}/recommend")
    expect(page.get_by_role("list").locator(".pick").first).to_be_visible()
    page.locator("input[type=file]").set_input_files(tmp_path / "rotated.jpg")
    expect(page.get_by_role("heading", name="Why number 1")).to_be_visible()
    settled(page)
    query = page.locator("figure.one").first.locator("img")
    assert query.evaluate("image => image.naturalWidth > image.naturalHeight")
    expect(page.get_by_text("Query, uploaded")).to_be_visible()

    caption = page.get_by_role("textbox", name="Its caption, if it has one")
    caption.fill(HOSTILE)
    caption.press("Enter")
    expect(page.locator("figure.one").first).to_contain_text("onerror")
    settled(page)
    assert page.evaluate("window.owned") is None
    shoot(page, "upload")


def test_broken_upload_gives_a_reason(server: Server, page: Page, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.goto(f"{server.url}/recommend")
    page.locator("input[type=file]").set_input_files(tmp_path / "broken.png")
    expect(page.get_by_text("This picture cannot be read")).to_be_visible()


def test_cold_deep_link_has_the_frame(demo_bundle: Path, page: Page, bundle: Bundle) -> None:
    image = bundle.items["image"].iat[1]
    with Server(demo_bundle) as fresh:
        page.goto(f"{fresh.url}/recommend?image={image}&k=5")
        expect(page.get_by_role("list").locator(".pick")).to_have_count(5)
        expect(page.get_by_role("link", name="Browse")).to_be_visible()
        expect(page.get_by_role("link", name="Recommend")).to_be_visible()
        expect(page.get_by_text("streamlit app", exact=True)).to_have_count(0)
        expect(page).to_have_url(re.compile(r"/recommend\?image=.*k=5"))
        expect(page).to_have_title(re.compile("Recommend"))


def test_served_below_a_sub_path(demo_bundle: Path, page: Page) -> None:
    with Server(demo_bundle, "--server.baseUrlPath", "tools/mmrec", base="/tools/mmrec") as below:
        page.goto(f"{below.url}/recommend")
        picture = page.get_by_role("list").locator(".pick img").first
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


def test_captions_are_text(demo_bundle: Path, page: Page, bundle: Bundle, tmp_path: Path) -> None:
    """A caption with HTML and Markdown, in a copy of the bundle's catalogue, shows as it is."""
    hostile = tmp_path / "hostile"
    shutil.copytree(demo_bundle, hostile)
    catalogue = hostile / "catalogue.parquet"
    items = pd.read_parquet(catalogue)
    items.loc[0, "text"] = HOSTILE
    items.to_parquet(catalogue)
    _accept_size(hostile, catalogue)
    with Server(hostile) as server:
        page.goto(server.url)
        first = page.get_by_role("list").locator(".pick").first
        expect(first.locator(".caption")).to_have_text(HOSTILE)
        first.click()
        expect(page.locator("figure.one").first).to_contain_text(HOSTILE)
        expect(page.locator(".js-plotly-plot")).to_have_count(3)
        shoot(page, "hostile")
        assert page.evaluate("window.owned") is None
        expect(page.locator("img[src='x']")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        ((390, 844), "light"),
        ((390, 844), "dark"),
        ((1440, 900), "dark"),
        ((1920, 1080), "light"),
    ],
)
def test_nothing_is_wider_than_the_screen(
    server: Server, browser: Browser, bundle: Bundle, size: tuple[int, int], theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    for name, path in (
        ("browse", ""),
        ("recommend", f"recommend?image={bundle.items['image'][2]}"),
    ):
        page.goto(f"{server.url}/{path}")
        expect(page.get_by_role("list").locator(".pick").first).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_have_count(3 if name == "recommend" else 0)
        shoot(page, f"{name}-{size[0]}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    context.close()


def _accept_size(folder: Path, changed: Path) -> None:
    """Put the size of a changed file into the manifest, so that the bundle still opens."""
    import json

    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    entry = manifest.get("files", {}).get(changed.name)
    if entry:
        entry["bytes"] = changed.stat().st_size
        path.write_text(json.dumps(manifest))
