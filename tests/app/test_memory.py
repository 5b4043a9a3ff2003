"""What a server has freed is the system's again."""

import platform
import subprocess
import sys

import pytest

if platform.libc_ver()[0] != "glibc":
    pytest.skip("needs the GNU C library", allow_module_level=True)

BLOCKS = """
from mmrec_app.served.memory import give_back
from mmrec_core.measuring.process_memory import private_bytes

blocks = [bytes(40_000) for _ in range(5_000)]
kept, blocks = blocks[::100], None  # what is between them was freed
before = private_bytes()
give_back()
print(before - private_bytes(), len(kept))
"""


def test_free_memory_between_what_is_kept_goes_back_to_the_system() -> None:
    command = [sys.executable, "-c", BLOCKS]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(said.stdout.split()[0]) > 100_000_000
