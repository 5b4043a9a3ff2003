"""What reaches a terminal: nothing that strangers steer it by, and a line where no more fits."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_no_escape_character_of_a_name_reaches_the_terminal(mmrec, demo_bundle: Path):
    code, _, said = mmrec("recommend", demo_bundle, "--image", "\x1b[31mred\x1b[0m.png")
    assert code == 1
    assert "\x1b" not in said
    assert "red" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("json", [[], ["--json"]])
def test_a_full_disk_behind_standard_output_is_one_line(demo_bundle: Path, json: list[str]):
    command = [sys.executable, "-m", "mmrec_core.cli.main", "info", str(demo_bundle), *json]
    with open("/dev/full", "w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "mmrec: the output cannot be written (No space left on device).\n"


def test_verify_prints_the_digest_and_takes_an_expected_one(mmrec, demo_bundle: Path):
    code, out, _ = mmrec("verify", demo_bundle)
    digest = out.split()[-1]
    assert (code, len(digest)) == (0, 64)
    assert mmrec("verify", demo_bundle, "--digest", digest[:12].upper())[0] == 0
    code, _, said = mmrec("verify", demo_bundle, "--digest", "0" * 64)
    assert code == 1
    assert digest in said
    assert mmrec("verify", demo_bundle, "--digest", "latest")[0] == 2
