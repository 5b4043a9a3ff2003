"""A folder of drawn shapes with a bundle of it, and the demo's recommender."""

from pathlib import Path

import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.config import make_config
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import Place, verdict_place
from tests.core.building.shapes import collection, options, quietly


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    table = collection(folder)
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


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where verdicts on the bundle ``tmp_path`` lie, for this process and its children."""
    kept = str(tmp_path)
    if request.param == "postgresql":
        kept = request.getfixturevalue("postgresql").url
    monkeypatch.setenv("MMREC_VERDICTS", kept)
    return verdict_place(tmp_path)
