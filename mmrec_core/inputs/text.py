"""Text as a file may hold it, made fit for UTF-8."""

import json
from typing import Any

LONGEST = 1 << 20
"""Characters of a cell, and bytes of a file of text beside a picture."""


def clean(value: Any) -> str | None:
    """Return a cell as stripped text that UTF-8 can hold, or None where it is blank.

    What is longer than `LONGEST` is cut.
    """
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, dict | list | bool):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return as_utf8(str(value).strip()[:LONGEST]) or None


def as_utf8(text: str) -> str:
    """Return a text with a question mark for each lone surrogate, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def is_utf8(name: str) -> bool:
    """Say whether UTF-8 can hold a name: one of a file may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
