"""Which script a text is written in, to tell whether an encoder was taught any of it.

Which language a few words are in can't be told from them; their letters can.
"""

import unicodedata
from collections import Counter

_CODES = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "CJK": "Hani",
    "HIRAGANA": "Hira",
    "KATAKANA": "Kana",
    "HANGUL": "Hang",
    "THAI": "Thai",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "TAMIL": "Taml",
    "GEORGIAN": "Geor",
    "ARMENIAN": "Armn",
}
LATIN, CYRILLIC = _CODES["LATIN"], _CODES["CYRILLIC"]
OTHER = "Zzzz"


def script_of(text: str) -> str | None:
    """Return the script of most letters of a text; None where it has no letters.

    Returns
    -------
    str, optional
        A code of ISO 15924, such as ``Latn``; ``Zzzz`` for a script that has no name here.

    Examples
    --------
    >>> script_of("Кот и dog"), script_of("42")
    ('Cyrl', None)
    """
    counts = Counter(_CODES.get(_named(c), OTHER) for c in text if c.isalpha())
    return counts.most_common(1)[0][0] if counts else None


def _named(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
