"""Training with verdicts without each fold: nobody's ranker has learned from its own fold."""

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.bundle import Bundle, layout, open_bundle, verify_bundle
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.evaluate import evaluate_bundle
from mmrec_core.evaluation.scored_pairs import load_fold_rankers, scored_pairs
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker import training
from mmrec_core.ranker.model import Ranker, raw_scores
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.fold_rankers import further_folds
from mmrec_core.verdicts.kept_folds import kept_folds
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.retraining import Retraining
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training import retrain
from mmrec_core.verdicts.training_pairs import as_built
from tests.altered_bundles import altered


def folds_of(bundle: Bundle) -> BuiltFolds:
    recommender = Recommender(bundle)
    pairs = as_built(bundle.pairs)
    return BuiltFolds(bundle, pairs, recommender.collection, lambda: recommender.encoder.image_text)


def against(bundle: Bundle, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return judged pairs, by row, that say the opposite of what the build said."""
    unlike = pairs[["query", "candidate"]].assign(target=1 - pairs["relevance"])
    return unlike.astype({"query": int, "candidate": int}).reset_index(drop=True)


def graded(bundle: Bundle) -> VerdictStore:
    """Return its verdicts, against the relevance of two pairs of each training query."""
    store = VerdictStore(verdict_place(bundle.path))
    training = bundle.pairs[bundle.pairs["split"] == "train"]
    for pair in training.groupby("query").head(2).itertuples():
        grade = 1 if pair.relevance else 4
        store.grade(bundle.image(pair.query), bundle.image(pair.candidate), grade, reviewer="Ann")
    return store


def scores(ranker: Ranker, pairs: pd.DataFrame) -> np.ndarray:
    return raw_scores(ranker.model, pairs[list(NAMES)].to_numpy(np.float32))


@pytest.fixture(scope="module")
def shapes(built: Path) -> Bundle:
    return open_bundle(built)


@pytest.fixture(scope="module")
def retrained(
    built: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Bundle, Retraining, list[str]]:
    """The bundle of shapes after a training with verdicts, its outcome, and what was said."""
    patch = pytest.MonkeyPatch()
    patch.delenv("MMREC_VERDICTS", raising=False)
    out = altered(built, tmp_path_factory.mktemp("trained") / "shapes")
    store = graded(open_bundle(out))
    said: list[str] = []
    outcome = retrain(out, store, force=True, say=said.append)
    patch.undo()
    return open_bundle(out), outcome, said


def test_a_fold_is_fitted_again_as_the_build_fitted_it(shapes: Bundle):
    folds = folds_of(shapes)
    fold = folds.further[-1]
    pairs = folds.pairs(fold, folds.fitted(fold))
    held_out = pairs[pairs["split"] == "test"]
    pd.testing.assert_frame_equal(
        held_out.reset_index(drop=True),
        folds.held_out(fold)[held_out.columns].reset_index(drop=True),
        rtol=1e-4,
        check_dtype=False,
    )


def test_a_verdict_trains_no_ranker_that_is_measured_on_its_images(shapes: Bundle):
    folds = folds_of(shapes)
    measured, other = folds.further[:2]
    fold_of = shapes.items["fold"].to_numpy()
    everywhere = pd.concat([folds.held_out(fold) for fold in folds.further])
    of_fold = [fold_of[everywhere[side]] == measured for side in ("query", "candidate")]
    rankers = {
        each.fold: each
        for each in further_folds(folds, against(shapes, everywhere[np.logical_or(*of_fold)]))
        if each.fold in (measured, other)
    }
    for fold, same in ((measured, True), (other, False)):
        each = rankers[fold]
        assert (each.held_out["fold"] == fold).all()
        assert (
            np.allclose(scores(each.build, each.held_out), scores(each.new, each.held_out)) == same
        )


def test_the_rankers_of_a_bundle_whose_folds_were_dealt_otherwise_are_trained_again(
    built: Path, shapes: Bundle, tmp_path: Path
):
    first, second = folds_of(shapes).further[:2]
    exchanged = {
        name: (built / other).read_bytes()
        for name, other in zip(layout.fold_ranker(first), layout.fold_ranker(second), strict=True)
    }
    items, table = shapes.items.copy(), io.BytesIO()
    places = [np.flatnonzero(items["split"] == split)[0] for split in ("train", "validation")]
    items.loc[places, "split"] = ["validation", "train"]
    items.to_parquet(table, index=False)
    of_second = load_fold_rankers(shapes.content, shapes.cross_fitted)[second]
    none = shapes.pairs[["query", "candidate"]].assign(target=1).iloc[:0]
    for name, further, taken in (
        ("alike", {}, True),
        ("otherwise", {layout.CATALOGUE: table.getvalue()}, False),
    ):
        bundle = open_bundle(altered(built, tmp_path / name, written=exchanged | further))
        each = next(iter(further_folds(folds_of(bundle), none)))
        same = np.allclose(scores(each.build, each.held_out), scores(of_second, each.held_out))
        assert same == taken


def test_figures_stay_those_of_every_query_held_out_once(
    shapes: Bundle, retrained: tuple[Bundle, Retraining, list[str]]
):
    bundle, outcome, said = retrained
    assert list(verify_bundle(bundle.path)) == []
    assert bundle.metrics["folds"] == shapes.metrics["folds"] == 5
    assert bundle.metrics["queries"] == shapes.metrics["queries"]
    first = folds_of(shapes).held_out(HELD_OUT)
    assert outcome.by_relevance.pairs == len(first)
    assert outcome.gate.folds == 4
    decides = pd.concat([folds_of(shapes).held_out(fold) for fold in folds_of(shapes).further])
    assert outcome.gate.queries <= decides["query"].nunique()
    assert not set(decides["query"]) & set(first["query"])
    assert bundle.metrics["split"] == shapes.metrics["split"]
    assert bundle.metrics["training_with_verdicts"]["gate"]["folds"] == 4
    pd.testing.assert_frame_equal(bundle.cross_fitted, shapes.cross_fitted)
    rankers, before = (load_fold_rankers(b.content, b.cross_fitted) for b in (bundle, shapes))
    scored = scored_pairs(Recommender(bundle))
    for fold, ranker in rankers.items():
        pairs = bundle.cross_fitted[bundle.cross_fitted["fold"] == fold]
        assert not np.allclose(scores(ranker, pairs), scores(before[fold], pairs))
        np.testing.assert_allclose(
            scored.loc[scored["fold"] == fold, "model_score"], scores(ranker, pairs)
        )
    assert sum(" of 4: " in line for line in said) == 4


def test_measured_anew_the_figures_are_those_that_the_training_wrote(
    retrained: tuple[Bundle, Retraining, list[str]],
):
    bundle = retrained[0]
    anew = evaluate_bundle(Recommender(bundle))["rankers"]["model"]
    for metric in ("auc", "ndcg@5", "mrr"):
        assert bundle.metrics["rankers"]["model"][metric] == pytest.approx(anew[metric], abs=1e-6)


def test_a_later_training_is_compared_with_the_rankers_of_the_build_again(
    shapes: Bundle, retrained: tuple[Bundle, Retraining, list[str]]
):
    bundle = retrained[0]
    before = load_fold_rankers(shapes.content, shapes.cross_fitted)
    graded = against(bundle, bundle.cross_fitted.iloc[:1])
    first = next(iter(further_folds(folds_of(bundle), graded)))
    np.testing.assert_allclose(
        scores(first.build, first.held_out), scores(before[first.fold], first.held_out), rtol=1e-5
    )


def test_a_bundle_that_keeps_no_features_is_built_again(built: Path, tmp_path: Path):
    removed = (layout.PICTURES, layout.CAPTIONS)
    old = open_bundle(altered(built, tmp_path / "old", removed=removed))
    with pytest.raises(BundleError, match="features that its encoder was fitted on") as raised:
        folds_of(old).fitted(folds_of(old).further[0])
    assert "build the bundle again" in str(raised.value)


def test_a_stopped_training_goes_on_with_the_next_fold(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MMREC_VERDICTS", raising=False)
    monkeypatch.setitem(training.TREE_PARAMETERS, "iterations", 10)
    out = altered(built, tmp_path / "shapes")
    store = graded(open_bundle(out))

    def stop(line: str) -> None:
        if line.startswith("  2 of 4"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrain(out, store, force=True, say=stop)
    said: list[str] = []
    retrain(out, store, force=True, say=said.append)
    assert [line for line in said if "trained before" in line] == [
        f"  fold {fold}: trained before" for fold in range(3)
    ]
    assert list(verify_bundle(out)) == []
    assert {path.name for path in tmp_path.iterdir()} == {"shapes", "shapes.verdicts.sqlite"}


def test_what_other_verdicts_trained_is_not_taken_up(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("MMREC_VERDICTS", raising=False)
    out = altered(built, tmp_path / "shapes")
    bundle = open_bundle(out)
    rows = against(bundle, bundle.pairs[bundle.pairs["split"] == "train"].head(6))
    ranker = Recommender(bundle).ranker
    assert ranker

    def stopped(verdicts: pd.DataFrame) -> list[str]:
        said: list[str] = []
        with suppress(KeyboardInterrupt), kept_folds(bundle, verdicts, said.append) as keep:
            keep(0, lambda: (ranker, ranker))
            raise KeyboardInterrupt
        return said

    again = ["  fold 0: trained before"]
    tried = [stopped(verdicts) for verdicts in (rows, rows, rows.head(5), rows)]
    assert tried == [[], again, [], []]
    (kept,) = out.parent.glob(".shapes.folds/*/0-new.json")
    kept.write_text(kept.read_text()[:-20])
    assert [stopped(rows), stopped(rows)] == [[], again]
