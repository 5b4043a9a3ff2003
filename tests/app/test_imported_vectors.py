"""Every page on bundles of ready-made vectors: without pictures, without texts, or of texts."""

from pathlib import Path

import numpy as np
import pytest

from mmrec_app.home import PAGE_FILES
from mmrec_core.bundle import Bundle
from mmrec_core.recipes import import_vectors
from tests.app.pages import gallery_of, page, texts

PAGES = sorted(path.stem for path in PAGE_FILES.glob("*.py"))
SHOWN = 60


@pytest.fixture(scope="module", params=["pictures", "texts", "both"])
def imported(
    request: pytest.FixtureRequest, demo: Bundle, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("vectors")
    rows = np.linspace(0, len(demo.items) - 1, SHOWN).astype(int)
    np.save(folder / "images.npy", demo.clip_image[rows])
    np.save(folder / "texts.npy", demo.bert_text[rows])
    columns = ["image"] if request.param == "pictures" else ["image", "text", "label"]
    demo.items.iloc[rows][columns].to_csv(folder / "names.csv", index=False)
    files = [] if request.param == "texts" else [folder / "images.npy"]
    texts = [] if request.param == "pictures" else [folder / "texts.npy"]
    return import_vectors(
        files, folder / "bundle", text_vectors=texts, names=folder / "names.csv", map="pca",
        say=lambda line: None,
    )  # fmt: skip


@pytest.fixture
def served(imported: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MMREC_BUNDLE", str(imported))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    return imported


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(name: str, served: Path) -> None:
    page(name)


def test_an_image_of_the_bundle_is_answered_and_a_text_is_refused_with_the_reason(
    served: Path, demo: Bundle
) -> None:
    app = page("recommend", image=demo.image(0))
    lists = gallery_of(app, "recommend.lists")["columns"]
    assert all(column["cards"] for column in lists)
    refused = page("recommend", text="a bird")
    assert "which encoder made them is not recorded" in texts(refused) + str(
        [node.proto.body for node in refused.get("html")]
    )
