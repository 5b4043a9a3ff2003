"""Pictures that visitors bring, under a name that an address can hold.

They are kept in memory, in this process alone, the last used ones up to `MOST_BYTES`: a reload and
Back find them, a restart does not. The name is a digest, so whoever has neither the picture nor the
address cannot guess it.
"""

import hashlib
from collections import OrderedDict
from threading import Lock

LARGEST = 20 * 2**20
"""Bytes of a picture."""

MOST_BYTES = 256 * 2**20

_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def keep(data: bytes) -> str:
    """Keep a picture of at most `LARGEST` bytes; return its name."""
    name = hashlib.sha256(data).hexdigest()[:20]
    with _lock:
        _kept[name] = data
        _kept.move_to_end(name)
        while sum(map(len, _kept.values())) > MOST_BYTES:
            _kept.popitem(last=False)
    return name


def find(name: str) -> bytes | None:
    """Return the picture of that name; None if it is no longer kept."""
    with _lock:
        if name not in _kept:
            return None
        _kept.move_to_end(name)
        return _kept[name]
