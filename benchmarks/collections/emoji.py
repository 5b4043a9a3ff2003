"""Noto's emoji, with the names that Unicode's CLDR gives them in English and Russian.

Pictures and categories: npm's ``emoji-datasource-google`` (MIT; the pictures are Google's Noto
Emoji, Apache-2.0). Names: npm's ``cldr-annotations-full`` (Unicode-3.0). The label is the
subcategory; flags of countries, which are one subcategory of 259, are left out: their names say
nothing of what they look like.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.collections.packages import Prepared, npm_package, write_collection

LICENCE = "Apache-2.0 (pictures), Unicode-3.0 (names)"
_FLAGS = "country-flag"


def prepare(folder: Path, downloads: Path) -> Prepared:
    """Fetch the emoji and write them to ``folder``."""
    pictures = npm_package("emoji-datasource-google", "16.0.0", downloads)
    names = npm_package("cldr-annotations-full", "48.2.0", downloads)
    return write_collection(
        folder, _rows(pictures, _names(names, "en"), _names(names, "ru")), LICENCE
    )


def _rows(
    package: Path, english: dict[str, str], russian: dict[str, str]
) -> Iterator[dict[str, str | None]]:
    for entry in json.loads((package / "emoji.json").read_text("utf-8")):
        characters = "".join(chr(int(code, 16)) for code in entry["unified"].split("-"))
        name = characters.replace("\ufe0f", "")
        picture = package / "img" / "google" / "64" / entry["image"]
        if entry["subcategory"] == _FLAGS or not picture.exists():
            continue
        yield {
            "source": str(picture),
            "image": entry["image"],
            "text": english.get(name) or str(entry["name"]).lower(),
            "label": f"{entry['category']}/{entry['subcategory']}",
            "text_ru": russian.get(name),
        }


def _names(package: Path, language: str) -> dict[str, str]:
    path = package / "annotations" / language / "annotations.json"
    known = json.loads(path.read_text("utf-8"))["annotations"]["annotations"]
    return {
        characters.replace("\ufe0f", ""): entry["tts"][0]
        for characters, entry in known.items()
        if "tts" in entry
    }
