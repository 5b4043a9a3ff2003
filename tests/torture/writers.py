"""Four processes that write verdicts, tags and comparisons, and are killed as they write."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from mmrec_core.preferences.store import CHOICES, Preferences, ShownList
from mmrec_core.verdicts.store import VerdictStore
from tests.torture.trials import End, Trial

_WRITERS = 4
_ROUND_S = 1.0

Writing = tuple[str, str, int]
"""What was written: its kind, its writer's name, and its number."""


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each acknowledged writing; ``count`` is the number of kills."""
    chance, path = Random(seed), folder / "verdicts.sqlite"
    acknowledged: list[Writing] = []
    running = [_started(path, f"writer {number}") for number in range(_WRITERS)]
    for kill in range(count):
        time.sleep(chance.random() * _ROUND_S / _WRITERS)
        place = chance.randrange(_WRITERS)
        acknowledged += _ended(*running[place])
        running[place] = _started(path, f"writer {_WRITERS + kill}")
    for each in running:
        acknowledged += _ended(*each)
    found = _found(path)
    for writing in acknowledged:
        times = found.get(writing, 0)
        what = f"{seed} {writing}"
        if times == 1:
            yield Trial(what, End.RIGHT)
        else:
            yield Trial(what, End.LOST, f"acknowledged, and there {times} times")
    for writing, times in found.items():
        if times > 1:
            yield Trial(f"{seed} {writing}", End.LOST, f"there {times} times")


def _started(path: Path, name: str) -> tuple[Any, Any]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=write, args=(path, name, sender), daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _ended(process: Any, receiver: Any) -> list[Writing]:
    """Kill a writer once it has begun; return what it said that it had written."""
    said = []
    with suppress(EOFError):
        said.append(receiver.recv())
    if process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    with suppress(EOFError, OSError):
        while receiver.poll():
            said.append(receiver.recv())
    receiver.close()
    return said


def write(path: Path, name: str, sender: Any) -> None:
    """Write without end; say what was written once the store has returned."""
    store, preferences, number = VerdictStore(path), Preferences(path), 0
    while True:
        query = f"{name} {number}"
        kind = ("verdict", "tag", "comparison")[number % 3]
        if kind == "verdict":
            store.grade(query, "candidate", 1 + number % 4, reviewer=name)
        elif kind == "tag":
            store.tag([query], "blurred", reviewer=name)
        else:
            left, right = ShownList("clip", ("a.png",)), ShownList("bert", ("b.png",))
            preferences.prefer(query, left, right, CHOICES[number % 4], k=1, reviewer=name)
        sender.send((kind, name, number))
        number += 1


def _found(path: Path) -> dict[Writing, int]:
    store = VerdictStore(path)
    tables = {
        "verdict": store.verdicts()["query"],
        "tag": store.tags()["image"],
        "comparison": Preferences(path).all()["query"],
    }
    found: dict[Writing, int] = {}
    for kind, names in tables.items():
        for query in names:
            name, _, number = query.rpartition(" ")
            writing = (kind, name, int(number))
            found[writing] = found.get(writing, 0) + 1
    return found
