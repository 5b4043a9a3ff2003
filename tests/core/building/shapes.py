"""A small collection of drawn shapes, and builds of it."""

from pathlib import Path

import pandas as pd
from PIL import Image, ImageDraw

from mmrec_core.files import sha256
from mmrec_core.recipes import build

# Each with its word in Russian.
COLOURS = {
    "red": "красный",
    "green": "зелёный",
    "blue": "синий",
    "orange": "оранжевый",
    "purple": "фиолетовый",
}
SHAPES = {
    "circle": "круг",
    "square": "квадрат",
    "line": "линия",
    "ring": "кольцо",
    "cross": "крест",
    "dots": "точки",
}


def draw(colour: str, shape: str) -> Image.Image:
    image = Image.new("RGB", (96, 80), "white")
    pen = ImageDraw.Draw(image)
    box = (20, 12, 76, 68)
    if shape == "circle":
        pen.ellipse(box, fill=colour)
    elif shape == "square":
        pen.rectangle(box, fill=colour)
    elif shape == "line":
        pen.line(box, fill=colour, width=6)
    elif shape == "ring":
        pen.ellipse(box, outline=colour, width=8)
    elif shape == "cross":
        pen.line(box, fill=colour, width=8)
        pen.line((20, 68, 76, 12), fill=colour, width=8)
    else:
        for x in range(24, 76, 14):
            pen.ellipse((x, 36, x + 8, 44), fill=colour)
    return image


def collection(folder: Path) -> pd.DataFrame:
    """Draw all shapes into a folder; return each one's name, captions and label, its colour."""
    rows = []
    for colour in COLOURS:
        (folder / colour).mkdir()
        for shape in SHAPES:
            draw(colour, shape).save(folder / colour / f"{shape}.png")
            name, english = f"{colour}/{shape}.png", f"A {colour} {shape}."
            rows.append((name, english, f"{COLOURS[colour]}, {SHAPES[shape]}.", colour))
    return pd.DataFrame(rows, columns=["image", "text", "text_ru", "label"])


def options(folder: Path, out: Path, **more) -> dict:
    return {
        "images": folder,
        "captions": folder / "captions.csv",
        "out": out,
        "encoders": "offline",
        "map": "pca",
        "clusters": 4,
    } | more


def quietly(config, lines: list[str] | None = None) -> Path:
    return build(config, say=(lines if lines is not None else []).append)


def contents(bundle: Path) -> dict[str, str]:
    files = (file for file in bundle.rglob("*") if file.is_file() and file.name != "timings.json")
    return {file.relative_to(bundle).as_posix(): sha256(file) for file in files}
