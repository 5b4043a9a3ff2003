"""Images that arrive: their names are odd, one cannot be read, and captions are in Russian too."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.growing.adding import add_images
from tests.core.building.shapes import draw

ARRIVED = {
    "голубой/круг №1.png": ("cyan", "circle", "A cyan circle.", "Голубой круг."),
    'it\'s 100% #1 & "such".png': ("brown", "cross", "A brown cross.", "Коричневый крест."),
    "red/another.png": ("red", "dots", "", ""),
}


def silent(_: str) -> None:
    pass


@pytest.fixture(scope="session")
def arriving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("arriving")
    rows = []
    for name, (colour, shape, text, text_ru) in ARRIVED.items():
        (folder / name).parent.mkdir(exist_ok=True)
        draw(colour, shape).save(folder / name)
        rows.append((name, text, text_ru, "red" if colour == "red" else None))
    (folder / "broken.png").write_bytes(b"no picture")
    table = pd.DataFrame(rows, columns=["image", "text", "text_ru", "label"])
    table.to_csv(folder / "captions.csv", index=False)
    return folder


@pytest.fixture(scope="session")
def grown_at(built: Path, arriving: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = Path(shutil.copytree(built, tmp_path_factory.mktemp("grown") / "shapes"))
    add_images(out, arriving, arriving / "captions.csv", say=silent)
    return out


@pytest.fixture(scope="session")
def before(built: Path) -> Bundle:
    return open_bundle(built)


@pytest.fixture(scope="session")
def grown(grown_at: Path) -> Bundle:
    return open_bundle(grown_at)
