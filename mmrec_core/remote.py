"""Paths that lie elsewhere than on this machine, by URLs that fsspec understands.

Such a path is a `UPath` (https://universal-pathlib.readthedocs.io), which has the methods of
`pathlib.Path` without being one. Credentials and addresses are those of the environment, or of
fsspec's own configuration.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from mmrec_core.errors import InputError

_BATCH = 256


def is_url(text: Any) -> bool:
    """Whether a path is written as a URL."""
    return isinstance(text, str) and "://" in text


def path_of_url(url: str) -> Path:
    """Return the path that a URL such as ``s3://bucket/prefix`` names.

    Raises
    ------
    InputError
        If nothing is installed that reads it.
    """
    try:
        from upath import UPath

        path = UPath(url)
        assert path.fs  # what reads it is imported here
    except (ImportError, ValueError) as error:
        raise InputError(
            f"{url} cannot be read ({first_line(error)}): `pip install mmrec[ray]` brings what "
            "reads s3://, and fsspec's documentation says what other addresses need"
        ) from None
    return cast(Path, path)


def first_line(error: BaseException) -> str:
    """Return the first line of what a store said, not longer than a line may be."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def is_remote(path: Path) -> bool:
    """Whether a path came from a URL."""
    return not isinstance(path, Path)


def copied_here(path: Path | None, folder: Path) -> Path | None:
    """Return a file of this machine: the path itself, or a copy in ``folder`` of what is remote.

    Raises
    ------
    InputError
        If it cannot be fetched.
    """
    if path is None or not is_remote(path):
        return path
    here, remote = folder / path.name, cast(Any, path)
    try:
        remote.fs.get_file(remote.path, str(here))
    except Exception as error:  # stores raise what their own libraries do
        raise InputError(
            f"{path} cannot be fetched ({first_line(error)}): check the address and the credentials"
        ) from None
    return here


def copy_there(folder: Path, url: str, last: str, progress: Callable[[list], Iterable]) -> None:
    """Copy a folder to a URL so that nobody meets half of it under its old or its new description.

    Parameters
    ----------
    folder : Path
    url : str
        Files of the same names there are replaced.
    last : str
        The file that describes the others: removed there first, and written when all are there.
    progress : callable
        Given batches, yields them and shows how far they are.

    Raises
    ------
    InputError
        If it cannot be written to.
    """
    target: Any = path_of_url(url)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    others = [file for file in files if file != folder / last]
    batches = [others[start : start + _BATCH] for start in range(0, len(others), _BATCH)]
    try:
        if target.fs.exists((target / last).path):
            target.fs.rm_file((target / last).path)
        for batch in progress([*batches, [folder / last]]):
            there = [(target / file.relative_to(folder).as_posix()).path for file in batch]
            target.fs.put(list(map(str, batch)), there)
    except Exception as error:  # stores raise what their own libraries do
        raise InputError(
            f"{folder} is built, and cannot be copied to {url} ({first_line(error)}): check the "
            "address and the credentials, and run the same command again"
        ) from None
