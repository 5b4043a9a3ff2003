"""Text as a file may hold it, made fit for UTF-8."""

import json
from typing import Any


def clean(value: Any) -> str | None:
    """Return a cell as stripped text that UTF-8 can hold, or None where it is blank."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, dict | list | bool):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = str(value).strip()
    if text and not is_utf8(text):
        text = text.encode("utf-8", "replace").decode()
    return text or None


def is_utf8(name: str) -> bool:
    """Say whether UTF-8 can hold a name: one of a file may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
