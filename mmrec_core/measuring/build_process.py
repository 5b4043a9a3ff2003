"""An import of ready-made vectors in a process of its own, with its memory by stage.

``python -m mmrec_core.measuring.build_process OPTIONS.json FIGURES.json``: options as of
`mmrec_core.recipes.import_vectors`.
"""

import json
import re
import sys
import threading
import time
from pathlib import Path

from mmrec_core.files import write_json
from mmrec_core.measuring.process_memory import anonymous_bytes, forget_peak, peak_bytes

LOOKS_APART_SECONDS = 0.1


class Stages:
    """Takes the lines of a build, prints them, and keeps what the stage before each one took.

    Attributes
    ----------
    seconds, peak_bytes, anonymous_bytes : dict
        By stage. ``peak_bytes`` is the most that was resident, mapped files among it;
        ``anonymous_bytes`` the most of it that no file is behind, looked at ten times a second.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peak_bytes: dict[str, int] = {}
        self.anonymous_bytes: dict[str, int] = {}
        self._ended = threading.Event()
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._stage = "start"
        self._since = time.perf_counter()
        self._looker.start()

    def __call__(self, line: str) -> None:
        """Print a line; one of the form ``[3/15] thumbnails`` begins a stage."""
        print(line, file=sys.stderr, flush=True)
        if match := re.match(r"\[\d+/\d+\] ([^:]+)$", line):
            self.end(match[1])

    def end(self, begins: str = "") -> None:
        """End the present stage, and begin the next."""
        self.seconds[self._stage] = time.perf_counter() - self._since
        self.peak_bytes[self._stage] = peak_bytes()
        forget_peak()
        self._stage, self._since = begins, time.perf_counter()

    def stop(self) -> None:
        """Look no more, and end the last stage."""
        self._ended.set()
        self._looker.join()
        self.end()

    def _look(self) -> None:
        while not self._ended.wait(LOOKS_APART_SECONDS):
            stage, now = self._stage, anonymous_bytes()
            self.anonymous_bytes[stage] = max(now, self.anonymous_bytes.get(stage, 0))


def main(options: Path, figures: Path) -> None:
    """Import, and write what it took."""
    from mmrec_core.recipes import import_vectors

    given = json.loads(options.read_text("utf-8"))
    files, out, pairs = [Path(given.pop("vectors"))], Path(given.pop("out")), given.pop("pairs")
    stages = Stages()
    import_vectors(files, out, pairs=Path(pairs), say=stages, force=True, **given)
    stages.stop()
    kept = ("seconds", "peak_bytes", "anonymous_bytes")
    write_json(figures, {name: getattr(stages, name) for name in kept})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
