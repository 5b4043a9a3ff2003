"""Untrusted names of files, before they become names on this disk."""

import unicodedata
from pathlib import PurePosixPath

from mmrec_core.datasets.fetch.faults import FileFault

LONGEST_NAME = 200  # bytes: file systems take 255, and a part's name is longer than its file's
DEEPEST = 12

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
OTHER_ARCHIVES = (".rar", ".7z", ".zst", ".gz", ".xz", ".bz2")


def relative_path(name: str) -> PurePosixPath:
    """Return a published path (``/`` between its parts) as a path that stays where it is put.

    Raises
    ------
    FileFault
        If the path is absolute, leads upwards, or has a part that is blank, too long, or holds a
        backslash or a character that is not shown (control, format, lone surrogate).
    """
    parts = name.removesuffix("/").split("/")
    reason = None
    if len(parts) > DEEPEST:
        reason = f"is more than {DEEPEST} folders deep"
    for part in parts:
        if part in ("", ".", ".."):
            reason = "leads outside its folder"
        elif "\\" in part or any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in part):
            reason = "has a character that is not allowed in file names"
        elif len(part.encode()) > LONGEST_NAME:
            reason = f"has a part of over {LONGEST_NAME} bytes"
        if reason:
            raise FileFault(f"the name {shown(name)} {reason}: the file is skipped.")
    return PurePosixPath(*parts)


def child(folder: PurePosixPath, name: str) -> PurePosixPath:
    """Return the path of an entry of a folder, as `relative_path` does; the name has no ``/``."""
    if "/" in name:
        raise FileFault(f"the name {shown(name)} leads outside its folder: the file is skipped.")
    return relative_path((folder / "_").as_posix()[:-1] + name)


def is_hidden(path: PurePosixPath) -> bool:
    """Tell whether a path is what systems leave behind (``.DS_Store``, ``__MACOSX``)."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def is_archive(name: str) -> bool:
    """Tell by its name whether a file is an archive that can be unpacked here."""
    return name.lower().endswith(ARCHIVES)


def is_other_archive(name: str) -> bool:
    """Tell by its name whether a file is an archive that cannot be unpacked here."""
    return not is_archive(name) and name.lower().endswith(OTHER_ARCHIVES)


def shown(name: str, longest: int = 80) -> str:
    """Return an untrusted text in quotes, on one line, shortened."""
    return repr(name) if len(name) <= longest else repr(name[:longest]) + "…"
