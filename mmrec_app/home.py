"""Where the entry script and the pages lie: at the top of a clone, or in an installed package."""

from pathlib import Path

_INSTALLED = Path(__file__).with_name("site")
_HOME = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).resolve().parents[1]

ENTRY = _HOME / "streamlit_app.py"
PAGE_FILES = _HOME / "pages"
