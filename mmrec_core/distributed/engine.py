"""What carries out chunks of work, and how a function gets to where it does."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from mmrec_core.distributed.threads import as_done, one_thread_a_model

T = TypeVar("T")
R = TypeVar("R")

Chunk = tuple[int, list[T]]
"""Where a chunk starts among all items, and its items."""


class Engine(Protocol):
    """Carries out chunks of work."""

    def map(
        self, function: Callable[[list[T]], R], chunks: Iterable[Chunk[T]]
    ) -> Iterator[tuple[int, R]]:
        """Apply a function to chunks.

        Parameters
        ----------
        function : callable
            Takes a chunk's items. Where it costs more to send than to load, it is `Portable`.
        chunks : iterable of (int, list)

        Yields
        ------
        int
            Where the chunk starts; chunks come in any order, each once.
        object
            What the function returned.
        """
        ...

    def share(self, value: T) -> Callable[[], T]:
        """Return what gives a large value wherever a function is carried out, sent once."""
        ...


class ThisProcess:
    """An `Engine` without further processes: a chunk a thread."""

    def share(self, value: T) -> Callable[[], T]:
        """Return what gives the value."""
        return lambda: value

    def map(
        self, function: Callable[[list[T]], R], chunks: Iterable[Chunk[T]]
    ) -> Iterator[tuple[int, R]]:
        """Apply a function to chunks; it is called from several threads at once."""
        with one_thread_a_model() as threads:
            for (start, _), done in as_done(lambda chunk: function(chunk[1]), chunks, threads):
                yield start, done


class Portable(Generic[T, R]):
    """A function that is not sent to another process but made there anew, with all that it holds.

    Parameters
    ----------
    function : callable
        The function as it is here.
    make : callable
        Makes it elsewhere: a function of a module.
    *given
        What ``make`` is called with; small, since this is sent.
    """

    def __init__(self, function: Callable[[T], R], make: Callable[..., Any], *given: Any):
        self._function, self._make, self._given = function, make, given

    def __call__(self, items: T) -> R:
        """Apply the function that is here."""
        return self._function(items)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Say how it is made."""
        return self._make, self._given
