"""Small pictures that know their number, in any layout, and what a source makes of them."""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from mmrec_core.inputs.catalogue import open_catalogue
from mmrec_core.inputs.images import decode
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.reading import PictureReader


def grey(number: int) -> Image.Image:
    return Image.fromarray(np.full((6, 8, 3), 20 * number, np.uint8))


def encoded(number: int) -> bytes:
    buffer = io.BytesIO()
    grey(number).save(buffer, "PNG")
    return buffer.getvalue()


def save(number: int, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(number))


def numbers_read(source: Path, backwards: bool = False) -> list[int]:
    """Return the numbers of the pictures as they lie, read by their places."""
    with open_catalogue(source, None) as catalogue:
        places = [entry.place for entry in catalogue.entries()]
    order = places[::-1] if backwards else places
    with PictureReader(source) as reader:
        numbers = [decode(reader.read(place)).getpixel((0, 0))[0] // 20 for place in order]
    return numbers[::-1] if backwards else numbers


def found(source: Path) -> str:
    with open_catalogue(source, None) as catalogue:
        return catalogue.source.found(sum(1 for _ in catalogue.entries()))


def reasons(problems: Iterable[Problem]) -> dict[str, str]:
    return {problem.image: problem.reason for problem in problems}
