"""What can go wrong while fetching, by what is to be done about it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmrec_core.errors import FetchError


class FileFault(FetchError):
    """One published file cannot be had; the others may."""


class DiskFull(FetchError):
    """There is no room for more."""


class Passing(FetchError):
    """A fault that may pass: the request is worth repeating.

    Parameters
    ----------
    text : str
        What happened, without what to do.
    wait : float, optional
        Seconds that the server asked to wait.
    down : str, optional
        The host, where it could not be reached at all.
    """

    def __init__(self, text: str, wait: float | None = None, down: str | None = None) -> None:
        super().__init__(text)
        self.wait = wait
        self.down = down


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Say in one line why ``file`` cannot be written.

    Raises
    ------
    DiskFull
        If the disk or the user's share of it is full.
    FetchError
        If the system refuses for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"the disk of {file.parent} is full: free some space and run the same command "
                "again; what was fetched is kept."
            ) from None
        raise FetchError(
            f"cannot write {file} ({error.strerror or error}): check the path."
        ) from None
