"""Paths that lie elsewhere than on this machine, by URLs that fsspec understands.

Such a path is a `UPath` (https://universal-pathlib.readthedocs.io), which has the methods of
`pathlib.Path` without being one. Credentials and addresses are those of the environment, or of
fsspec's own configuration.
"""

from pathlib import Path
from typing import Any, cast

from mmrec_core.errors import InputError


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
