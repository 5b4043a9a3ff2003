"""What stories say in their own words: ``texts/LANGUAGE.toml``, one file a language."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from mmrec_core.errors import StoryError

_TEXTS = Path(__file__).with_name("texts")
LANGUAGES = ("en", "ru")


@cache
def texts(language: str) -> dict[str, Any]:
    """Return all texts in a language; StoryError if there are none."""
    if language not in LANGUAGES:
        raise StoryError(
            f"stories are told in {', '.join(LANGUAGES)}; there is no language {language[:20]!r}."
        )
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text("utf-8"))


def words(language: str) -> dict[str, str]:
    """Return the renderer's own words in a story's language, English where there are none."""
    return texts(language if language in LANGUAGES else LANGUAGES[0])["words"]


def number(value: float, language: str, digits: int = 2, signed: bool = False) -> str:
    """Return a number as it is written in a language."""
    value = round(value, digits) or 0.0  # no minus before a zero
    written = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    return _pointed(written, language).replace("-", "−")


def whole(value: int, language: str) -> str:
    """Return a whole number with thousands set apart."""
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}" if language == "ru" else ",")


def percent(share: float, language: str) -> str:
    """Return a share from 0 to 1 as a percentage, never as quite certain."""
    said = "> 99" if 0.99 < share < 1 else "< 1" if 0 < share < 0.01 else f"{100 * share:.0f}"
    return f"{said}\N{NO-BREAK SPACE}%"


def _pointed(written: str, language: str) -> str:
    return written.replace(".", ",") if language == "ru" else written
