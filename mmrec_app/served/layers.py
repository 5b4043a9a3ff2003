"""Files of the map that go over plain HTTP: named by their content, so a browser keeps them.

A page publishes what its map needs; the route in `mmrec_app.map_routes` gives it away. The store
forgets what nobody published for long.
"""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

_MOST_BYTES = 256 * 2**20

_store: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Layer:
    """One file: its name, made of its content, and the content."""

    name: str
    content: bytes


def of_array(array: np.ndarray) -> Layer:
    """Make a file of an array's bytes, little-endian."""
    return of_bytes(np.ascontiguousarray(array).tobytes())


def of_bytes(content: bytes, ending: str = "bin") -> Layer:
    """Make a file of bytes."""
    return Layer(f"{hashlib.sha256(content).hexdigest()[:32]}.{ending}", content)


def of_json(value: Any) -> Layer:
    """Make a file of a value that JSON can hold."""
    return of_bytes(json.dumps(value, ensure_ascii=False, allow_nan=False).encode(), "json")


def publish(layer: Layer) -> str:
    """Let the browser fetch a file; return its address, relative to every page's."""
    with _lock:
        _store[layer.name] = layer.content
        _store.move_to_end(layer.name)
        size = sum(map(len, _store.values()))
        while size > _MOST_BYTES and len(_store) > 1:
            size -= len(_store.popitem(last=False)[1])
    return f"map-data/{layer.name}"


def content(name: str) -> bytes | None:
    """Return the file of that name, None if it was never published or is forgotten."""
    with _lock:
        return _store.get(name)
