"""Drawings of many hands, from Debian's ``openclipart-png`` and ``openclipart-svg``.

The Open Clip Art Library's release 0.18, in the public domain. The caption is the drawing's title,
which the SVG file holds, the label its folder. Series of one hand are left out (icon themes, stars,
gradients, patterns, arrows), and so are folders of fewer than ten; of the rest, 2,000 are drawn.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.collections.packages import Prepared, debian_package, write_collection

LICENCE = "public domain"
SIZE = 2_000
_SERIES = ("computer/icons", "shapes", "special", "unsorted", "signs_and_symbols/led")
_SMALLEST_FOLDER = 10
_TITLE = re.compile(r"<dc:title[^>]*>([^<]+)</dc:title>")


def prepare(folder: Path, downloads: Path) -> Prepared:
    """Fetch the drawings and write them to ``folder``."""
    png, svg = (debian_package(f"openclipart-{kind}", downloads) for kind in ("png", "svg"))
    rows = list(_rows(png, svg))
    labels, counts = np.unique([row["label"] for row in rows], return_counts=True)
    large = set(labels[counts >= _SMALLEST_FOLDER])
    rows = [row for row in rows if row["label"] in large]
    drawn = np.sort(np.random.default_rng(0).permutation(len(rows))[:SIZE])
    return write_collection(folder, (rows[place] for place in drawn), LICENCE)


def _rows(png: Path, svg: Path) -> Iterator[dict[str, str | None]]:
    pictures, sources = (
        root / "usr" / "share" / "openclipart" / kind for root, kind in ((png, "png"), (svg, "svg"))
    )
    for picture in sorted(pictures.rglob("*.png")):
        name = picture.relative_to(pictures)
        label, source = str(name.parent), sources / name.with_suffix(".svg")
        title = _title(source) if source.exists() else None
        if title and not label.startswith(_SERIES):
            yield {"source": str(picture), "image": str(name), "text": title, "label": label}


def _title(source: Path) -> str | None:
    found = _TITLE.search(source.read_text("utf-8", errors="replace"))
    title = " ".join(found[1].split()) if found else ""
    return title if re.search(r"[^\W\d_]", title) else None
