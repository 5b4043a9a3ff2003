"""What is whole in a folder: sizes, times and checksums, so that nothing is fetched twice."""

import fcntl
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from mmrec_core.datasets.fetch.faults import writing
from mmrec_core.errors import FetchError

LEDGER = ".mmrec-fetch.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished file.

    Parameters
    ----------
    path : str
        Relative to the folder.
    size, modified : int
        Bytes; nanoseconds since 1970. A file with the same two is taken to be as it was.
    checksum : str or None
        As ``sha256:…`` or ``md5:…``; None for a file out of an archive.
    archive : str or None
        What the archive was that it came out of (`Remote.identity`).
    """

    path: str
    size: int
    modified: int
    checksum: str | None = None
    archive: str | None = None


class Ledger:
    """The ledger of a folder, held by one process at a time and written as files are finished.

    A line a file; of two lines for the same file the later counts, and a line that a kill cut
    short is left out.

    Raises
    ------
    FetchError
        If another process is fetching into the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._unpacked: dict[str, int] = {}
        with writing(folder / LEDGER):
            self._file = (folder / LEDGER).open("a+", encoding="utf-8", errors="replace")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise FetchError(
                f"another fetch into {folder} is running: wait for it, or stop it."
            ) from None
        except OSError:
            pass  # some network disks know no locks
        self._file.seek(0)
        for line in self._file:
            try:
                content = json.loads(line)
                if "unpacked" in content:
                    self._unpacked[content["unpacked"]] = int(content["files"])
                else:
                    entry = Entry(**content)
                    self._entries[entry.path] = entry
            except (ValueError, TypeError, KeyError):
                continue
        if self._file.tell() and not _ends_line(folder / LEDGER):
            self._file.write("\n")

    def close(self) -> None:
        """Let another process have it."""
        self._file.close()

    def intact(self, path: str) -> Entry | None:
        """Return the entry of a file that stands as it was finished, if there is one."""
        entry = self._entries.get(path)
        if entry is None:
            return None
        try:
            now = (self._folder / path).stat()
        except OSError:
            return None
        return entry if (now.st_size, now.st_mtime_ns) == (entry.size, entry.modified) else None

    def finished(self, path: str, checksum: str | None, archive: str | None = None) -> None:
        """Enter a file that is whole."""
        now = (self._folder / path).stat()
        entry = Entry(path, now.st_size, now.st_mtime_ns, checksum, archive)
        with self._lock:
            self._entries[path] = entry
            self._write(asdict(entry))

    def unpacked(self, archive: str, files: int) -> None:
        """Enter that an archive was unpacked whole."""
        with self._lock:
            self._unpacked[archive] = files
            self._write({"unpacked": archive, "files": files})

    def files_of(self, archive: str) -> int:
        """Return how many files of an unpacked archive stand as they were; 0 unless all do."""
        files = self._unpacked.get(archive, 0)
        paths = [path for path, entry in self._entries.items() if entry.archive == archive]
        return files if len(paths) >= files and all(map(self.intact, paths)) else 0

    def _write(self, content: dict[str, object]) -> None:
        with writing(self._folder / LEDGER):
            self._file.write(json.dumps(content) + "\n")
            self._file.flush()


def _ends_line(file: Path) -> bool:
    with file.open("rb") as content:
        content.seek(-1, 2)
        return content.read(1) == b"\n"
