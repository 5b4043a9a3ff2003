"""Functions in a process of their own, which may end at any moment."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mmrec_core.errors import ImageError, WorkerError
from mmrec_core.inputs.images import decode
from mmrec_core.worker import Worker, while_waiting


def hold(begun: Path, until: Path) -> str:
    """Run until somebody writes into a pipe; say through another that it has begun."""
    begun.open("wb").close()
    return until.read_text()


def allocate(size: int) -> int:
    return len(bytearray(size))


class TwoWords(Exception):
    def __init__(self, first: str, second: str):
        super().__init__(f"{first} {second}")


def complain() -> None:
    raise TwoWords("quite", "so")


class Held:
    """A call that runs, and goes on when told."""

    def __init__(self, worker: Worker, folder: Path, seconds: float = 60):
        pipes = folder / "begun", folder / "until"
        for pipe in pipes:
            os.mkfifo(pipe)
        self._until = pipes[1]
        self.answer = ThreadPoolExecutor(1).submit(worker.call, seconds, hold, *pipes)
        pipes[0].read_bytes()  # waits until it has begun

    def go_on(self, text: str = "done") -> str:
        self._until.write_text(text)
        return self.answer.result()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("is tested")
    yield worker
    worker.end()


def test_functions_run_elsewhere_and_raise_here_what_they_raise_there(worker):
    elsewhere = worker.call(60, os.getpid)
    assert elsewhere == worker.process != os.getpid()
    with pytest.raises(ImageError, match="empty file"):
        worker.call(60, decode, b"")
    assert worker.process == elsewhere


def test_a_process_that_is_killed_costs_one_call_and_is_begun_anew(worker, tmp_path):
    held = Held(worker, tmp_path)
    waiting = ThreadPoolExecutor(1).submit(worker.call, 60, os.getpid)
    killed = worker.process
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(WorkerError, match=r"the process that is tested ended.*try again"):
        held.answer.result()
    assert waiting.result() == worker.process != killed


def test_what_takes_too_long_is_ended(worker, tmp_path):
    worker.call(60, os.getpid)
    held = Held(worker, tmp_path, seconds=0.5)
    with pytest.raises(WorkerError, match=r"longer than 0\.5 seconds"):
        held.answer.result()
    assert worker.call(60, len, "anew") == 4


def test_a_process_that_does_not_begin_is_ended(worker, monkeypatch):
    monkeypatch.setattr("mmrec_core.worker._BEGIN_SECONDS", 0.5)
    os.kill(worker.call(60, os.getpid), signal.SIGSTOP)
    with pytest.raises(WorkerError, match=r"longer than 1 seconds"):
        worker.call(0.5, len, "stopped")
    monkeypatch.undo()
    assert worker.call(60, len, "anew") == 4


def test_an_error_that_cannot_be_made_again_is_told_and_costs_one_call(worker):
    with pytest.raises(RuntimeError, match="TwoWords: quite so"):
        worker.call(60, complain)
    assert worker.call(60, len, "on") == 2


def test_nothing_is_imported_from_the_folder_of_the_app(worker, tmp_path, monkeypatch):
    (tmp_path / "queue.py").write_text("raise SystemExit('a file of somebody else')")
    monkeypatch.chdir(tmp_path)
    assert worker.call(60, len, "fine") == 4


def test_who_waits_is_told_how_many_are_before_and_may_leave(worker, tmp_path):
    held = Held(worker, tmp_path)

    class Leaves(BaseException):
        pass

    def leave(before: int) -> None:
        told.append(before)
        raise Leaves

    def wait(call: int) -> None:
        while_waiting.set(leave)
        worker.call(60, allocate, call)

    told: list[int] = []
    with pytest.raises(Leaves):
        wait(1)
    assert told == [1]
    while_waiting.set(None)
    assert held.go_on() == "done"
    assert worker.call(60, allocate, 2) == 2


def test_a_queue_has_an_end(worker, tmp_path, monkeypatch):
    monkeypatch.setattr("mmrec_core.worker.LONGEST_QUEUE", 0)
    held = Held(worker, tmp_path)
    with pytest.raises(WorkerError, match="0 others are waiting already"):
        worker.call(60, os.getpid)
    assert held.go_on() == "done"
    assert worker.call(60, os.getpid) == worker.process


def test_memory_has_a_limit(tmp_path):
    worker = Worker("is tested", most_bytes=2**28)
    with pytest.raises(MemoryError):
        worker.call(60, allocate, 2**29)
    assert worker.call(60, allocate, 2**20) == 2**20
    worker.end()
