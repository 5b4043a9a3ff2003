"""The comparison of recipes on the Evaluation page."""

import shutil
from pathlib import Path

import pytest

from mmrec_core.bundle import open_bundle
from mmrec_core.reference.comparison_record import (
    METRICS,
    RecipeComparison,
    RecipeRow,
    comparison_path,
)
from tests.app.pages import page, texts
from tests.app.test_evaluation_page import html_of


def row(name: str, value: float, **more) -> RecipeRow:
    estimate = {"value": value, "low": value - 0.02, "high": value + 0.02}
    figures = dict.fromkeys(METRICS, estimate)
    fields = {"metrics": figures, "default_above": figures, "calibration_error": 0.1,
              "recall": estimate, "candidates": 44, "seconds": 1.0, "trees": 9}  # fmt: skip
    return RecipeRow(**{"name": name, **fields, **more})


@pytest.fixture
def compared(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bundle"
    shutil.copytree(demo_bundle, folder)
    comparison = RecipeComparison(
        bundle="demo", digest=open_bundle(folder).digest, seed=0, queries=105, pairs=6906,
        relevant=1598, most_trees=2000, notes=[],
        rows=[
            row("reference", 0.61, claimed_auc=0.83, claimed_on=2834),
            row("without row_split", 0.63),
            row("default", 0.87, default_above={}),
        ],
    )  # fmt: skip
    comparison_path(folder).write_text(comparison.model_dump_json())
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    return folder


def test_recipes_stand_below_the_figures_where_they_were_compared(compared):
    app = page("evaluation")
    assert "Recipes" in texts(app)
    shown = html_of(app)
    for text in ("reference as published", "split by query, not by row", "0.87", "of 44 candid"):
        assert text in shown
    claim = "claims an AUC of 0.83; on queries that it never saw, the AUC is 0.61"
    assert claim in texts(app).replace("\\", "")


def test_there_is_no_such_section_before(demo_bundle):
    assert "Recipes" not in texts(page("evaluation"))


def test_a_damaged_comparison_is_one_line(compared):
    comparison_path(compared).write_text("{}")
    assert "run mmrec compare again" in texts(page("evaluation")).replace("`", "").replace("\\", "")
