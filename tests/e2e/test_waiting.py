"""What a visitor sees who waits for the encoders, and when their process ends."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import PATIENCE, Server

ANSWERED = re.compile("ranks it number 1$")


def encoding(server: Server, other_than: int = 0) -> int:
    """Wait for the process that has the encoders: of the workers, the one without a limit."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        with suppress(FileNotFoundError, ProcessLookupError):  # of a thread that ended meanwhile
            for child in _children(server.process.pid):
                words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
                if words[-3:-1] == ["mmrec_core.worker", "0"] and child != other_than:
                    return child
        time.sleep(0.01)
    raise AssertionError("there is no such process")


def _children(process: int) -> list[int]:
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text().split()]


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def ask(page: Page, server: Server, text: str) -> None:
    page.goto(f"{server.url}/recommend?text={text}")


def answered(page: Page) -> None:
    expect(page.get_by_role("heading", name=ANSWERED)).to_be_visible()


def test_who_waits_sees_how_many_are_before_and_can_leave(
    server: Server, page: Page, browser: Browser
) -> None:
    ask(page, server, "A cake.")
    answered(page)
    second = browser.new_context(locale="en-US").new_page()
    second.set_default_timeout(PATIENCE)
    with stopped(encoding(server)):
        ask(page, server, "A bird.")
        expect(page.get_by_text("Processing your query…")).to_be_visible()
        ask(second, server, "A tree.")
        expect(second.get_by_text("1 picture or text is before yours…")).to_be_visible()
        second.get_by_role("link", name="Browse", exact=True).first.click()
        expect(second.get_by_role("heading", name="Browse", exact=True)).to_be_visible()
        expect(second.get_by_role("list").locator(".pick").first).to_be_visible()
    answered(page)
    second.context.close()


def test_a_process_that_ends_costs_a_line_and_is_begun_anew(server: Server, page: Page) -> None:
    ask(page, server, "A cake.")
    answered(page)
    process = encoding(server)
    with stopped(process):
        ask(page, server, "A fox.")
        expect(page.get_by_text("Processing your query…")).to_be_visible()
        os.kill(process, signal.SIGKILL)
        expect(page.get_by_text("the process that encodes queries ended")).to_be_visible()
    page.reload()
    answered(page)
    assert encoding(server) != process


def test_who_waits_for_the_encoders_sees_that_they_are_being_loaded(
    server: Server, page: Page
) -> None:
    ask(page, server, "A cake.")
    answered(page)
    process = encoding(server)
    os.kill(process, signal.SIGKILL)
    page.goto(f"{server.url}/recommend?text=A hen.", wait_until="commit")
    with stopped(encoding(server, other_than=process)):
        expect(page.get_by_text("Loading the encoders")).to_be_visible()
    answered(page)
    expect(page.get_by_text("Loading the encoders")).to_have_count(0)
