"""How long a command takes from the shell: ``python -m benchmarks.start_up BUNDLE``."""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from mmrec_core.bundle import open_bundle

ROUNDS = 7


def seconds(*words: str) -> float:
    """Return the median of the wall-clock times of a command, the first run left out."""
    command = [sys.executable, "-m", "mmrec_core.cli.main", *words]
    taken = []
    for _ in range(ROUNDS + 1):
        start = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(perf_counter() - start)
    return statistics.median(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    bundle = str(parser.parse_args().bundle)
    image = open_bundle(bundle).image(0)
    commands = {
        "--help": ["--help"],
        "info": ["info", bundle],
        "recommend --image": ["recommend", bundle, "--image", image],
    }
    print(f"| mmrec | median of {ROUNDS}, s |\n|---|---:|")
    for name, words in commands.items():
        print(f"| {name} | {seconds(*words):.2f} |")


if __name__ == "__main__":
    main()
