"""A small collection and its bundle, which every damaged and interrupted one is made from."""

import io
from contextlib import redirect_stderr
from pathlib import Path

from mmrec_core.bundle import open_bundle
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.demo import build_demo
from mmrec_core.verdicts.store import VerdictStore
from tests.core.building.shapes import COLOURS, collection, draw, options


def write_images(folder: Path) -> Path:
    """Draw the collection's images into a folder, with their captions; return it."""
    folder.mkdir(parents=True)
    collection(folder).to_csv(folder / "captions.csv", index=False)
    return folder


def write_more_images(folder: Path) -> Path:
    """Draw images that the collection has not into a folder; return it."""
    folder.mkdir(parents=True)
    lines = ["image,text,text_ru,label"]
    for number, colour in enumerate(("cyan", "brown", "black", "grey", "pink", "gold")):
        draw(colour, "circle").save(folder / f"more {number}.png")
        lines.append(f"more {number}.png,A {colour} circle.,Круг.,{list(COLOURS)[number % 5]}")
    (folder / "captions.csv").write_text("\n".join(lines))
    return folder


def config(images: Path, out: Path, **more: object) -> BuildConfig:
    """Return the options of the collection's build."""
    return make_config(**options(images, out, **more))


def build(images: Path, out: Path) -> Path:
    """Build the collection's bundle, with its story."""
    with redirect_stderr(io.StringIO()):  # bars of progress
        return build_demo(config(images, out), say=lambda line: None)


def grade(bundle: Path, store: VerdictStore) -> None:
    """Give verdicts against the relevance of a bundle's pairs, so that a training has work."""
    opened = open_bundle(bundle)
    trained = opened.pairs[opened.pairs["split"] == "train"]
    for pair in trained.drop_duplicates("query").itertuples():
        names = opened.image(int(pair.query)), opened.image(int(pair.candidate))
        store.grade(*names, 1 if pair.relevance else 4, reviewer="Ann")
