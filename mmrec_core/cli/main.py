"""The command line: all commands of `mmrec`, and how each ends."""

import errno
import os
import sys
from contextlib import suppress

import typer

from mmrec_core.cli.app import app as serve
from mmrec_core.cli.bench import bench
from mmrec_core.cli.build import build, demo, import_reference, import_vectors
from mmrec_core.cli.differences import diff
from mmrec_core.cli.export import export
from mmrec_core.cli.fetch import fetching
from mmrec_core.cli.growing import add, remove
from mmrec_core.cli.inspect import evaluate, info, verify
from mmrec_core.cli.queries import querying
from mmrec_core.cli.query import recommend, score
from mmrec_core.cli.reference import compare, export_candidates
from mmrec_core.cli.store import store
from mmrec_core.cli.stories import story
from mmrec_core.cli.terminal import say
from mmrec_core.cli.verdicts import train, verdicts
from mmrec_core.errors import MmrecError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Build bundles of images and captions, and get explained recommendations from them.",
)
for command in (
    *(build, demo, add, remove, serve, recommend, evaluate, score, info, verify, store),
    *(export, import_vectors, import_reference, export_candidates),
    *(compare, diff, verdicts, train, story, bench),
):
    app.command()(command)
app.add_typer(querying, name="queries")
app.add_typer(fetching, name="fetch")

_NOT_WRITTEN = (errno.ENOSPC, errno.EIO, errno.EFBIG)
INTERRUPTED = 130  # how Typer ends on Ctrl-C


def main() -> None:
    """Run the command line; errors that a user can mend are one line, exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except MmrecError as error:
        say("mmrec: " + " ".join(str(error).split()), file=sys.stderr)
        sys.exit(1)
    except SystemExit as stopped:
        if stopped.code != INTERRUPTED:
            raise
        print("mmrec: stopped. Finished work is kept: the same command continues.", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        if os.environ.get("MMREC_TRACEBACK"):
            raise
        with suppress(OSError):
            sys.stdout.close()  # what could not be written would be tried once more at the end
        say(f"mmrec: {_unexpected(error)}", file=sys.stderr)
        sys.exit(1)


def _unexpected(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{error.name} is not installed, only part of mmrec is: "
            "`pip install mmrec` brings the rest"
        )
    if isinstance(error, OSError) and error.errno in _NOT_WRITTEN and error.filename is None:
        return f"the output cannot be written ({error.strerror})."
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return f"unexpected {reason} (MMREC_TRACEBACK=1 shows where)"


if __name__ == "__main__":
    main()
