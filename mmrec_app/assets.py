"""Style sheets, scripts and drawings that lie in ``components/``."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("components")


def asset_path(name: str) -> Path:
    """Return where the asset called ``name`` lies."""
    return _FOLDER / name


@cache
def asset(name: str) -> str:
    """Return the text of the asset called ``name``."""
    return asset_path(name).read_text("utf-8")
