"""Recipes compared on the same held-out queries."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.cli.main import app
from mmrec_core.errors import BundleError, InputError
from mmrec_core.evaluation.evaluate import evaluate_rankers
from mmrec_core.recipes import import_reference
from mmrec_core.reference.comparison import compare_recipes
from mmrec_core.reference.comparison_record import (
    METRICS,
    RecipeComparison,
    comparison_path,
    read_comparison,
)
from mmrec_core.reference.faults import FAULTS
from mmrec_core.serving.recommender import Recommender
from tests.core.reference.reference_files import write_files

TREES = 40


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    files = tmp_path_factory.mktemp("files")
    write_files(files, images=160, seed=3)
    out = tmp_path_factory.mktemp("bundles") / "made"
    return open_bundle(import_reference(files, out, map="pca", say=lambda line: None))


@pytest.fixture(scope="module")
def compared(bundle) -> RecipeComparison:
    return compare_recipes(bundle, trees=TREES, encode=False)


def test_every_fault_has_a_row_and_what_is_missing_is_said(compared, bundle):
    names = [row.name for row in compared.rows]
    expected = [f"without {fault}" for fault in FAULTS if fault != "cls_pooling"]
    assert names == ["reference", *expected, "reference without faults", "default", "cosines"]
    assert any("cls_pooling is not compared" in note for note in compared.notes)
    assert compared.queries == bundle.manifest.counts.held_out_queries


def test_rows_differ_where_a_fault_acts_and_nowhere_else(compared):
    rows = {row.name: row for row in compared.rows}
    published = rows["reference"]
    for fault in ("kmeans_on_all", "double_kmeans", "raw_concatenation"):
        row = rows[f"without {fault}"]
        assert row.metrics == published.metrics
        assert row.recall != published.recall
    weighed, plain = published, rows["without scale_pos_weight"]
    assert weighed.recall == plain.recall
    assert weighed.metrics["auc"] != plain.metrics["auc"]
    assert published.claimed_auc is not None
    assert rows["without row_split"].claimed_auc is None


def test_the_default_s_lead_is_paired_by_query(compared):
    rows = {row.name: row for row in compared.rows}
    own = rows["default"]
    for row in compared.rows:
        if row is own:
            continue
        for name in METRICS:
            lead = row.default_above[name]
            assert lead["low"] <= lead["value"] <= lead["high"]
            assert lead["value"] == pytest.approx(
                own.metrics[name]["value"] - row.metrics[name]["value"]
            )
    assert own.default_above == {}


def test_the_default_s_row_is_that_of_its_held_out_fold(compared, bundle):
    own = next(row for row in compared.rows if row.name == "default")
    ranker, seed = Recommender(bundle).ranker, bundle.manifest.seed
    measured = evaluate_rankers(bundle.pairs, ranker, seed)["rankers"]["model"]
    for name in METRICS:
        assert own.metrics[name]["value"] == pytest.approx(measured[name]["value"])
    assert own.calibration_error == pytest.approx(measured["calibration_error"]["value"])


def test_a_comparison_repeats_itself(compared, bundle):
    def timeless(comparison: RecipeComparison) -> dict:
        content = comparison.model_dump()
        for row in content["rows"]:
            del row["seconds"]
        return content

    again = compare_recipes(bundle, trees=TREES, encode=False)
    assert timeless(again) == timeless(compared)


def test_the_command_prints_the_table_and_keeps_it_beside_the_bundle(bundle):
    assert read_comparison(bundle) is None
    options = ["compare", str(bundle.path), "--trees", "15", "--no-encoding"]
    run = CliRunner().invoke(app, options)
    assert run.exit_code == 0, run.output
    assert "without row_split" in run.output
    assert "claims an AUC" in run.output
    kept = read_comparison(bundle)
    assert kept is not None
    assert kept.digest == bundle.digest
    assert open_bundle(bundle.path).digest == bundle.digest
    path = comparison_path(bundle.path)
    path.write_text(json.dumps(kept.model_dump() | {"digest": "another"}))
    assert read_comparison(bundle) is None
    path.write_text("{}")
    with pytest.raises(BundleError, match="run `mmrec compare` again"):
        read_comparison(bundle)


def test_a_bundle_without_judgements_cannot_be_compared(tmp_path):
    files = tmp_path / "files"
    write_files(files)
    (files / "text_data.csv").unlink()
    out = import_reference(files, tmp_path / "out", map="pca", say=lambda line: None)
    with pytest.raises(InputError, match="no held-out pairs of both kinds"):
        compare_recipes(open_bundle(out))
    assert not np.isnan(open_bundle(out).map).any()
