"""What a visitor sees who waits for the encoders, and when their process ends."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.serving import PATIENCE, Server

ANSWERED = re.compile("ranks it number 1$")


def encoding(server: Server) -> int:
    """Return the process that has the encoders: of the workers, the one without a limit."""
    children = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    for child in (child for file in children for child in file.read_text().split()):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        if words[-3:-1] == ["mmrec_core.worker", "0"]:
            return int(child)
    raise AssertionError("there is no such process")


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
