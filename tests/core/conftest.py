"""A folder of drawn shapes with a bundle of it, and the demo's recommender."""

from pathlib import Path

import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.config import make_config
from mmrec_core.serving.recommender import Recommender
from tests.core.building.shapes import COLOURS, SHAPES, draw, options, quietly


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    rows = []
    for colour in COLOURS:
        (folder / colour).mkdir()
        for shape in SHAPES:
            draw(colour, shape).save(folder / colour / f"{shape}.png")
            name, english = f"{colour}/{shape}.png", f"A {colour} {shape}."
            rows.append((name, english, f"{COLOURS[colour]}, {SHAPES[shape]}.", colour))
    table = pd.DataFrame(rows, columns=["image", "text", "text_ru", "label"])
    table.loc[4, "text"] = None
    table.loc[7, "text_ru"] = None
    table.to_csv(folder / "captions.csv", index=False)
    return folder


@pytest.fixture(scope="session")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return quietly(make_config(**options(folder, tmp_path_factory.mktemp("out") / "shapes")))


@pytest.fixture(scope="session")
def recommender(demo: Bundle) -> Recommender:
    return Recommender(demo)
