"""What the commands share: the bundle's folder, text that is safe to print, JSON."""

import json
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

BundleFolder = Annotated[Path, typer.Argument(metavar="BUNDLE", help="a bundle's folder")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of text")]


def say(line: str, file: TextIO | None = None) -> None:
    """Print a line that may hold untrusted text: no control character reaches the terminal."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    print("".join(shown), file=file)


def print_json(value: Any) -> None:
    """Print a value as readable JSON; what is not a number is null."""
    from mmrec_core.serving.answer_json import finite

    print(json.dumps(finite(value), ensure_ascii=False, indent=2, allow_nan=False))
