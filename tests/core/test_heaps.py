"""Threads of visitors share few heaps of the C library."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")

_COUNT = """
import ctypes, re, runpy, tempfile
from threading import Barrier, Thread

{before}
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
library.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(library.fopen(file.name.encode(), b"w"))
    library.malloc_info(0, stream)
    library.fclose(stream)
    print(len(re.findall(rb"<heap nr", file.read())))
"""
_SERVED = """
import streamlit.web.cli, mmrec_core.cli.main
import mmrec_core.heaps, mmrec_core.bundle
from mmrec_app.home import ENTRY
runpy.run_path(str(ENTRY), run_name="app")
"""


def heaps(before: str, **named: str) -> int:
    """Count the heaps of a process in which twenty threads were alive at once."""
    names = ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")
    environment = {name: text for name, text in os.environ.items() if name not in names} | named
    done = subprocess.run(
        [sys.executable, "-c", _COUNT.format(before=before)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    if done.returncode == 3:
        pytest.skip("another C library than glibc")
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_threads_share_two_heaps() -> None:
    assert heaps("import mmrec_core.heaps") == 2


def test_who_serves_has_no_more_once_the_app_is_loaded() -> None:
    assert heaps(_SERVED) == 2


def test_a_number_in_the_environment_is_left_alone() -> None:
    assert heaps("import mmrec_core.heaps", MALLOC_ARENA_MAX="3") == 3
