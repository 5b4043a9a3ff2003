"""Processes with limits on time and memory, so that crashes and hangs can be counted."""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Self

from tests.torture.trials import End

GIB = 2**30
_PAGE = resource.getpagesize()
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_START_S = 60
_WAITS = 20
"""How many times its limit a call may wait: a hang may also compute nothing."""


class Fell(Exception):
    """A call that ended badly: how, and what is known of it."""

    def __init__(self, end: End, why: str):
        super().__init__(why)
        self.end, self.why = end, why


class Child:
    """A process that calls functions, one at a time, and is replaced where one ends it.

    Parameters
    ----------
    memory : int, optional
        Bytes that it may take beyond what it has when it starts.
    preload : sequence of str
        Modules that all children of this process have from their start; only the first one's count.
    """

    def __init__(self, memory: int | None = GIB, preload: tuple[str, ...] = ()):
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([*preload, __name__])
        self._memory = memory
        self._process: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def call(self, function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
        """Return what a function of a module gives; Fell if it raises, takes too long or dies.

        ``seconds`` are of processor time, since the machine may be busy.
        """
        if self._process is None:
            self._start()
        try:
            self._pipe.send((function, arguments))
            self._wait(seconds)
            ended, content = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(5)
            code = self._process.exitcode
            self.end()
            raise Fell(End.CRASHED, _death(code)) from None
        if ended == "raised":
            raise Fell(End.CRASHED, content)
        return content

    def _wait(self, seconds: float) -> None:
        start, before = time.monotonic(), self._seconds()
        while not self._pipe.poll(0.05):
            took, waited = self._seconds() - before, time.monotonic() - start
            if took > seconds or waited > _WAITS * seconds:
                self.end()
                raise Fell(End.HUNG, f"over {seconds:g} s (it computed for {took:.1f})")

    def _seconds(self) -> float:
        """Return the processor time that the process has taken."""
        try:
            with open(f"/proc/{self._process.pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return _TICK * (int(fields[11]) + int(fields[12]))

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_serve, args=(theirs, self._memory), daemon=True
        )
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START_S) or self._pipe.recv() != "ready":
            raise RuntimeError("a child did not start")


def _serve(pipe: Connection, memory: int | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(os.devnull, "w") as nowhere:  # libraries say much of damaged files
        os.dup2(nowhere.fileno(), 2)
    if memory is not None:
        _limit(memory)
    pipe.send("ready")
    with suppress(EOFError):
        while True:
            function, arguments = pipe.recv()
            try:
                answer = ("gave", function(*arguments))
            except Exception as error:
                answer = ("raised", f"{type(error).__name__}: {error}"[:500])
            pipe.send(answer)


def _limit(memory: int) -> None:
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * _PAGE
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def one_line(text: str) -> bool:
    """Say whether a message is what a person can read: one line, neither empty nor endless."""
    return bool(text.strip()) and "\n" not in text and len(text) < 2_000


def is_root() -> bool:
    """Say whether permissions keep this process from nothing."""
    return os.geteuid() == 0
