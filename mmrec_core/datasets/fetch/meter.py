"""Progress: bytes, rate and time left on one line of the terminal."""

import threading

from tqdm import tqdm


class Meter:
    """A bar over all bytes of a fetch, for several threads at once.

    Parameters
    ----------
    shown : bool, optional
        None shows it on a terminal only.
    """

    def __init__(self, shown: bool | None = None) -> None:
        self._lock = threading.Lock()
        self._bar = tqdm(
            unit="B",
            unit_scale=True,
            dynamic_ncols=True,
            leave=False,
            disable=None if shown is None else not shown,
        )

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()

    def starts(self, total: int) -> None:
        """Count from here on: so many bytes are to come."""
        self._bar.reset(total)

    def named(self, text: str) -> None:
        """Say what comes now."""
        self._bar.set_description(text)

    def received(self, size: int) -> None:
        """Count bytes that came."""
        with self._lock:
            self._bar.update(size)

    def more(self, size: int) -> None:
        """Count bytes that are to come beside those that were known at first."""
        with self._lock:
            if self._bar.total is not None:
                self._bar.total += size
