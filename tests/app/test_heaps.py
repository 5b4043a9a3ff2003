"""Threads of visitors share few heaps of the C library."""

import subprocess
import sys

import pytest

_COUNT = """
import ctypes, re, tempfile
from threading import Barrier, Thread
import mmrec_app.heaps

library = ctypes.CDLL(None)
if not hasattr(library, "malloc_info"):
    raise SystemExit(3)
together = Barrier(20)

def visit():
    kept = [bytes(600 + n) for n in range(1000)]
    together.wait()

threads = [Thread(target=visit) for _ in range(20)]
for each in threads:
    each.start()
for each in threads:
    each.join()
mmrec_app.heaps.give_back()
library.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(library.fopen(file.name.encode(), b"w"))
    library.malloc_info(0, stream)
    library.fclose(stream)
    print(len(re.findall(rb"<heap nr", file.read())))
"""


def test_threads_share_two_heaps() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COUNT], check=False, capture_output=True, text=True
    )
    if done.returncode == 3:
        pytest.skip("another C library than glibc")
    assert done.stdout.split() == ["2"], done.stderr
