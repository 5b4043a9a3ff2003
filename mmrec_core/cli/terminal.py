"""What commands print: text that is safe for a terminal, progress, JSON."""

import json
import sys
from typing import Any, TextIO


def say(line: str, file: TextIO | None = None) -> None:
    """Print a line that may hold untrusted text: no control character reaches the terminal."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    print("".join(shown), file=file)


def say_aside(line: str) -> None:
    """Print a line of progress to stderr, at once."""
    say(line, file=sys.stderr)
    sys.stderr.flush()


def print_json(value: Any) -> None:
    """Print a value as readable JSON; what is not a number is null."""
    from mmrec_core.serving.answer_json import finite

    print(json.dumps(finite(value), ensure_ascii=False, indent=2, allow_nan=False))
