"""The machine that was measured on, and what it can do at most: reading memory, multiplying."""

import os
import platform
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

_LIBRARIES = ("numpy", "catboost", "faiss-cpu", "scikit-learn", "umap-learn")
_READ = 1 << 29
"""Bytes that are read to measure the bandwidth: far more than caches hold."""
_SQUARE = 2048
_ROUNDS = 5


@dataclass(frozen=True)
class Machine:
    """A machine and its rates.

    Attributes
    ----------
    cpu, system, python : str
    cores : int
        Those that this process may use.
    memory : int
        Bytes.
    load : float
        Processes that wanted to run, on average over the minute before.
    libraries : dict of str
        Versions.
    bytes_a_second, bytes_a_second_of_one : float
        At which all cores together, and one alone, read memory: a matrix times a vector.
    flops : float
        Operations a second in the product of two float32 matrices.
    """

    cpu: str
    cores: int
    memory: int
    load: float
    system: str
    python: str
    libraries: dict[str, str]
    bytes_a_second: float
    bytes_a_second_of_one: float
    flops: float

    def __str__(self) -> str:
        """Describe the machine in a line."""
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory / 2**30:.0f} GiB, load "
            f"{self.load:.1f}; reads "
            f"{self.bytes_a_second / 1e9:.0f} GB/s ({self.bytes_a_second_of_one / 1e9:.0f} with "
            f"one core), multiplies at {self.flops / 1e9:.0f} GFLOP/s"
        )


def this_machine() -> Machine:
    """Describe this machine, and measure its rates, which takes some seconds."""
    cores = len(os.sched_getaffinity(0))
    matrix = np.ones((_READ // 4096, 1024), dtype=np.float32)
    return Machine(
        cpu=_first_line("/proc/cpuinfo", "model name") or platform.machine(),
        cores=cores,
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        load=os.getloadavg()[0],
        system=platform.platform(),
        python=platform.python_version(),
        libraries=_versions(),
        bytes_a_second=matrix.nbytes / _read_seconds(matrix, cores),
        bytes_a_second_of_one=matrix.nbytes / _read_seconds(matrix, 1),
        flops=2 * _SQUARE**3 / _multiply_seconds(),
    )


def _read_seconds(matrix: np.ndarray, threads: int) -> float:
    vector = np.ones(matrix.shape[1], dtype=np.float32)
    parts = np.array_split(matrix, threads)
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        return _best(lambda: list(pool.map(lambda part: part @ vector, parts)))


def _multiply_seconds() -> float:
    square = np.ones((_SQUARE, _SQUARE), dtype=np.float32)
    return _best(lambda: square @ square)


def _best(work: object) -> float:
    times = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        work()  # type: ignore[operator]
        times.append(perf_counter() - start)
    return min(times)


def _first_line(file: str, name: str) -> str | None:
    try:
        text = Path(file).read_text("utf-8")
    except OSError:
        return None
    found = re.search(rf"^{name}\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else None


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except ModuleNotFoundError:
            continue
    return found
