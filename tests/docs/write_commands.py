"""What docs/commands.md holds: the help of every command, as the program prints it.

``python -m tests.docs.write_commands`` (or ``make docs``) writes it anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from mmrec_core.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
WIDTH = 100
BEGIN, END = "<!-- help of `mmrec`: written by `make docs` -->", "<!-- end of help -->"


def commands() -> Iterator[tuple[str, Any]]:
    """Yield the context of `mmrec` and of every command below it, with the words that call it."""
    waiting = [("mmrec", typer.main.get_command(app), None)]
    while waiting:
        words, command, parent = waiting.pop(0)
        context = command.make_context(
            words.split()[-1],
            [],
            parent,
            resilient_parsing=True,
            terminal_width=WIDTH,
            max_content_width=WIDTH,
        )
        yield words, context
        below = getattr(command, "commands", {}).items()
        waiting += [(f"{words} {name}", each, context) for name, each in below if not each.hidden]


def help_of_all() -> str:
    """Return a section for each command: its name, and what `--help` prints."""
    sections = [
        f"## `{words}`\n\n```text\n{context.command.get_help(context)}\n```"
        for words, context in commands()
    ]
    return "\n\n".join(sections)


def renewed(page: str) -> str:
    """Return the page with the help between its marks replaced."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{help_of_all()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
    print(f"{PAGE} written.")
