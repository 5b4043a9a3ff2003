"""A process of its own that runs functions, one after another, and can be ended."""

import atexit
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import Any, BinaryIO, ParamSpec, TypeVar

from mmrec_core.errors import WorkerError

LONGEST_QUEUE = 50
_LOOK = 0.2  # seconds between two looks at the queue
_BEGIN_SECONDS = 60  # until a process has started, and imported what a call needs

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")

while_waiting: ContextVar[Callable[[int], None] | None] = ContextVar("while_waiting", default=None)
"""What a waiting caller is told five times a second: how many calls are before its own.

It runs in the caller's thread. What it raises ends the wait, and takes the call out of the queue.
"""


class Worker:
    """Calls functions in a process of its own, in the order in which they came.

    The process begins with the first call. One that ended, by itself or by a limit, is begun anew
    by the next call, and costs no other. Safe to share between threads; the process ends with this
    one, however that ends.

    Parameters
    ----------
    name : str
        What the process does, for messages: ``the process that {name} ended``.
    most_bytes : int, optional
        Memory that it may write to; beyond it, what it runs gets MemoryError. Where the system
        knows no such limit there is none.
    """

    def __init__(self, name: str, most_bytes: int | None = None):
        self._name, self._most_bytes = name, most_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._calls: SimpleQueue[tuple[Future[Any], Any]] = SimpleQueue()
        self._waiting: list[Future[Any]] = []  # the one that runs included
        self._lock = Lock()
        Thread(target=self._work, daemon=True).start()
        atexit.register(self.end)

    @property
    def process(self) -> int | None:
        """The number of the process; None where there is none, or it ended."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def call(
        self,
        seconds: float,
        function: Callable[_Given, _Answer],
        *given: _Given.args,
        **named: _Given.kwargs,
    ) -> _Answer:
        """Call a function there, wait for it, and return what it returns, or raise what it raises.

        Parameters
        ----------
        seconds : float
            That the call may take, once it has begun; the process has a minute to begin.
        function : callable
            With all that it takes and gives, it must be possible to pickle.

        Raises
        ------
        WorkerError
            If it took longer, the process ended, or `LONGEST_QUEUE` calls are waiting; its text
            is the reason, with what to do.
        """
        call: Future[_Answer] = Future()
        with self._lock:
            if len(self._waiting) > LONGEST_QUEUE:
                raise WorkerError(f"{LONGEST_QUEUE} others are waiting already: try again later.")
            self._waiting.append(call)
        call.add_done_callback(self._forget)
        self._calls.put((call, (seconds, function, given, named)))
        try:
            while True:
                with suppress(NotYet):
                    return call.result(_LOOK)
                if call.done():  # the function raised this error itself
                    return call.result()
                if tell := while_waiting.get():
                    tell(self._before(call))
        finally:
            call.cancel()  # of a call that runs already, nobody takes the answer

    def end(self) -> None:
        """End the process now; who waits for a call that runs gets WorkerError."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _before(self, call: Future[Any]) -> int:
        with self._lock:
            return self._waiting.index(call) if call in self._waiting else 0

    def _forget(self, call: Future[Any]) -> None:
        with self._lock:
            self._waiting.remove(call)

    def _work(self) -> None:
        while True:
            call, what = self._calls.get()
            if not call.set_running_or_notify_cancel():
                continue
            try:
                call.set_result(self._answer(*what))
            except Exception as error:
                call.set_exception(error)

    def _answer(self, seconds: float, *call: Any) -> Any:
        sent = pickle.dumps(call)
        if self.process is None:
            self._begin()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        limit = _Limit(process, _BEGIN_SECONDS + seconds)
        try:
            process.stdin.write(sent)
            process.stdin.flush()
            _begun = pickle.load(process.stdout)
            limit.cancel()
            limit = _Limit(process, seconds)
            raised, answer = pickle.load(process.stdout)
        except Exception as error:  # what does not come whole leaves a rest that no call can read
            process.kill()
            process.wait()
            if limit.reached:
                raise WorkerError(f"it took longer than {limit.interval:g} seconds.") from error
            raise WorkerError(
                f"the process that {self._name} ended, and is begun anew: try again."
            ) from error
        finally:
            limit.cancel()
        if raised:
            raise answer
        return answer

    def _begin(self) -> None:
        # Without -P, whatever lies in the folder where the app starts would be imported first.
        command = [sys.executable, "-P", "-m", __name__, str(self._most_bytes or 0)]
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl+C is for the process that calls
                env=os.environ | {"PYTHONPATH": paths},
            )
        except OSError as error:
            raise WorkerError(
                f"the process that {self._name} does not start ({error.strerror or error}): "
                "try again."
            ) from error


class _Limit(Timer):
    """Ends a process after some seconds, unless it is cancelled."""

    def __init__(self, process: "subprocess.Popen[bytes]", seconds: float):
        super().__init__(seconds, self._end)
        self._process, self.reached = process, False
        self.daemon = True
        self.start()

    def _end(self) -> None:
        self.reached = True
        self._process.kill()


def _serve(calls: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until there are no more: where the other process ended, however it did."""
    while True:
        try:
            function, given, named = pickle.load(calls)
        except EOFError:
            return
        _send(None, answers)  # it begins, and what it imports is there
        try:
            answer = False, function(*given, **named)
        except Exception as error:
            answer = True, _that_travels(error)
        _send(answer, answers)
        del function, given, named, answer


def _that_travels(error: Exception) -> Exception:
    """Return an error, or what it says where it cannot be made again elsewhere."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _send(answer: Any, answers: BinaryIO) -> None:
    answers.write(pickle.dumps(answer))
    answers.flush()


def _limit(most_bytes: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # other systems than Linux and macOS
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))


if __name__ == "__main__":
    _answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between the answers
    if int(sys.argv[1]):
        _limit(int(sys.argv[1]))
    _serve(sys.stdin.buffer, _answers)
