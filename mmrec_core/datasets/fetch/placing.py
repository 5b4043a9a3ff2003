"""Which of the files that a link or an archive holds are wanted, and where they belong."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from mmrec_core.datasets.fetch.faults import FileFault
from mmrec_core.datasets.fetch.names import is_archive, is_hidden
from mmrec_core.datasets.fetch.sources import RepositoryFile, Source


@dataclass(frozen=True)
class Placing:
    """The rules of one source."""

    source: Source

    @property
    def where(self) -> str:
        """The link or path that it is published under."""
        published = self.source.published
        return published.path if isinstance(published, RepositoryFile) else published.url

    def place(self, path: PurePosixPath) -> str | None:
        """Return where a file belongs, or None where it is not wanted.

        A folder's images keep their paths, but for a first folder of the place's own name.
        """
        source = self.source
        if source.most_files == 1:
            return source.place
        if is_hidden(path) or not path.name.lower().endswith(source.suffixes):
            return None
        inner = path.relative_to(source.place) if path.parts[0] == source.place else path
        return f"{source.place}/{inner}"

    def choose(self, paths: list[PurePosixPath], archives: bool = False) -> PurePosixPath:
        """Return the one file that is meant: by name, or the only one of its kind, or at all.

        Parameters
        ----------
        archives : bool
            An archive may hold it.

        Raises
        ------
        FileFault
            If it cannot be determined.
        """
        endings = self.source.suffixes
        paths = [path for path in paths if not is_hidden(path)]
        named = [path for path in paths if path.name == self.source.place]
        fitting = [
            path
            for path in paths
            if path.name.lower().endswith(endings) or (archives and is_archive(path.name))
        ]
        for choice in (named, fitting, paths):
            if len(choice) == 1:
                return choice[0]
        raise FileFault(
            f"{self.where} has {len(paths):,} files, and it is not clear which of them is "
            f"{self.source.place}: fetch it by hand."
        )
