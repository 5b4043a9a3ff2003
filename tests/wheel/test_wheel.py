"""The wheel in an environment of its own, where ``mmrec demo`` was run: ``make wheel-check``."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import browser, page  # noqa: F401
from tests.e2e.serving import AppCommand, settled

HEADINGS = {
    "browse": "Browse",
    "recommend?image=animals/birds/magpie.png": "Recommend",
    "map": "Map",
    "clusters": "Clusters",
    "evaluation": "Evaluation",
    "errors": "Errors",
    "compare": "Compare",
    "about": "About this bundle",
}
_ENVIRONMENT = os.environ.get("MMREC_WHEEL_ENV")
pytestmark = pytest.mark.skipif(not _ENVIRONMENT, reason="make wheel-check names an environment")


@pytest.fixture(scope="module")
def folder() -> Path:
    """The environment's own folder."""
    return Path(_ENVIRONMENT or "").resolve()


@pytest.fixture(scope="module")
def mmrec(folder: Path) -> Path:
    """The command that the wheel installed."""
    return folder / "bin" / "mmrec"


@pytest.fixture(scope="module")
def server(mmrec: Path, folder: Path) -> Iterator[AppCommand]:
    with AppCommand([str(mmrec)], folder, base="/below") as server:
        yield server


def test_one_recommendation(mmrec: Path, folder: Path):
    command = [mmrec, "recommend", "artifacts/demo", "--image", "animals/birds/magpie.png"]
    answer = subprocess.run([*command, "--json"], cwd=folder, check=True, capture_output=True)
    assert len(json.loads(answer.stdout)["results"]) == 5


@pytest.mark.parametrize("address", HEADINGS)
def test_every_page_is_served(server: AppCommand, page: Page, address: str):  # noqa: F811
    page.goto(f"{server.url}/{address}")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADINGS[address])
