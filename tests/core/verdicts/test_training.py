"""Training with verdicts: what is folded in, what is compared, when the ranker is replaced."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.building.built_folds import BuiltFolds
from mmrec_core.bundle import Bundle, layout, open_bundle, verify_bundle
from mmrec_core.cli.main import main
from mmrec_core.errors import VerdictError
from mmrec_core.evaluation.evaluate import evaluate_rankers
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker.model import raw_scores
from mmrec_core.ranker.pair_features import LEARNED, NAMES
from mmrec_core.ranker.training import fit_ranker
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts import bundle_update
from mmrec_core.verdicts.fold_rankers import ranker_of_build
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts, rows_of
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.training import retrain
from mmrec_core.verdicts.training_pairs import BUILT, Folded, as_built, with_verdicts
from tests.altered_bundles import altered, cross_fitted

NO_TAGS = pd.DataFrame({"image": [], "tag": []}, dtype=object)


@pytest.fixture
def copied(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """The demo bundle of one fold, with a quarter of its queries, which train in less time."""
    monkeypatch.delenv("MMREC_VERDICTS", raising=False)
    pairs, buffer = open_bundle(demo_bundle).pairs, io.BytesIO()
    pairs[pairs["query"] % 4 == 0].to_parquet(buffer, index=False)
    written = {layout.PAIRS: buffer.getvalue()}
    removed = cross_fitted(demo_bundle)
    return open_bundle(altered(demo_bundle, tmp_path / "demo", removed=removed, written=written))


def said(bundle: Bundle, pairs: pd.DataFrame, grades: np.ndarray) -> pd.DataFrame:
    """Return verdicts on pairs, which are given by row, as judged pairs."""
    verdicts = pd.DataFrame(
        {
            "query": [bundle.image(int(row)) for row in pairs["query"]],
            "candidate": [bundle.image(int(row)) for row in pairs["candidate"]],
            "grade": grades,
            "reviewer": "Ann",
            "note": "",
        }
    )
    return pairs_of_verdicts(verdicts, NO_TAGS)


def give(bundle: Bundle, pairs: pd.DataFrame, grades: np.ndarray) -> VerdictStore:
    store = VerdictStore(verdict_place(bundle.path))
    for pair in said(bundle, pairs, grades).itertuples():
        store.grade(pair.query, pair.candidate, int(pair.grade), reviewer="Ann")
    return store


def folds_of(bundle: Bundle) -> BuiltFolds:
    recommender = Recommender(bundle)
    pairs = as_built(bundle.pairs)
    return BuiltFolds(bundle, pairs, recommender.collection, lambda: recommender.encoder.image_text)


def folded_in(bundle: Bundle, graded: pd.DataFrame, pairs: pd.DataFrame | None = None) -> Folded:
    folds, settings = folds_of(bundle), bundle.manifest.candidates
    pairs = as_built(bundle.pairs if pairs is None else pairs)
    rows = rows_of(graded, bundle)
    seed = bundle.manifest.seed
    return with_verdicts(pairs, bundle.items, rows, settings, lambda: folds.fitted(HELD_OUT), seed)


def test_a_verdict_overrides_or_joins_and_held_out_queries_never_train(built: Path):
    bundle = open_bundle(built)
    original = bundle.pairs
    textless = original.groupby("query")["text_to_image_cosine"].transform("count") == 0
    train, validation = (original["split"] == part for part in ("train", "validation"))
    taken = pd.concat(
        [
            original[textless & train].iloc[[3]],
            original[~textless & train].iloc[[3]],
            original[~textless & validation].iloc[[3]],
        ]
    )
    unknown = original.drop(taken.index).reset_index(drop=True)
    rest = original[train].drop(taken.index, errors="ignore")
    against, agreeing = rest.iloc[[5]], rest.iloc[[6]]
    held_out = original[original["split"] == "test"].iloc[[0, 1]]
    elsewhere = against.assign(candidate=held_out["query"].to_numpy()[:1])
    on = pd.concat([taken, against, agreeing, held_out, elsewhere])
    relevant = on["relevance"].to_numpy().copy()
    relevant[3] = 1 - relevant[3]
    graded = said(bundle, on, np.where(relevant, 4, 1))
    graded.loc[len(graded)] = graded.iloc[0].to_dict() | {"query": "gone.png"}
    folded = folded_in(bundle, graded, unknown)

    assert (folded.changed, folded.confirmed, folded.added) == (1, 1, 3)
    assert (folded.held_out, folded.other_split) == (2, 1)
    key = ["query", "candidate"]
    by_pair = folded.pairs.set_index(key)
    for pair in taken.to_dict("records"):
        row = by_pair.loc[(pair["query"], pair["candidate"])]
        assert row[BUILT] == -1
        assert row["listed"] == pair["listed"]
        # What is known nearby is less by the pairs that were taken out.
        kept = [n for n in NAMES if n not in ("neighbour_relevance", *LEARNED)]
        np.testing.assert_allclose(
            row[kept].to_numpy(float), [pair[name] for name in kept], rtol=1e-4, atol=1e-5
        )
    changed = by_pair.loc[tuple(against[key].iloc[0])]
    assert changed["relevance"] == 1 - changed[BUILT]
    assert folded.pairs["query"].is_monotonic_increasing
    tested = folded.pairs[folded.pairs["split"] == "test"]
    pd.testing.assert_series_equal(
        tested["relevance"],
        original.loc[original["split"] == "test", "relevance"],
        check_index=False,
    )


def test_a_kill_leaves_the_old_bundle_whole_and_the_next_training_replaces_it(
    copied: Bundle, monkeypatch: pytest.MonkeyPatch
):
    known = copied.pairs[copied.pairs["split"] != "test"].groupby("query").head(4)
    held_out = copied.pairs[copied.pairs["split"] == "test"].groupby("query").head(6).iloc[:60]
    on = pd.concat([known.iloc[:300], held_out])
    relevance = on["relevance"].to_numpy().copy()
    relevance[:5] = 1 - relevance[:5]
    store = give(copied, on, np.where(relevance, 4, 1))

    def killed(finished: Path, out: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bundle_update, "put_in_place", killed)
        with pytest.raises(KeyboardInterrupt):
            retrain(copied.path, store, force=True, say=lambda line: None)
    assert list(verify_bundle(copied.path)) == []
    assert open_bundle(copied.path).digest == copied.digest

    ranker, seed = Recommender(copied).ranker, copied.manifest.seed
    metrics = copied.metrics
    old = evaluate_rankers(copied.pairs, ranker, seed)["rankers"]["model"]
    retraining = retrain(copied.path, store, force=True, say=lambda line: None)
    renewed = open_bundle(copied.path)
    assert retraining.replaced
    assert list(verify_bundle(copied.path)) == []
    left = {"demo", "demo.verdicts.sqlite"}
    assert {path.name for path in copied.path.parent.iterdir()} == left
    assert renewed.digest != copied.digest
    assert renewed.manifest.recipe == "default + verdicts"
    assert "360 by 1 reviewers" in renewed.manifest.notes[-1]
    ranker = Recommender(renewed).ranker
    measured = evaluate_rankers(renewed.pairs, ranker, seed)["rankers"]["model"]
    assert measured["ndcg@5"] == pytest.approx(retraining.by_relevance.new["ndcg@5"])
    assert renewed.metrics["rankers"]["model"]["auc"] == pytest.approx(measured["auc"])
    assert renewed.metrics["candidates"] == metrics["candidates"]
    assert retraining.by_relevance.built["ndcg@5"] == pytest.approx(old["ndcg@5"])
    assert retraining.by_relevance.built["mrr"] == pytest.approx(old["mrr"])
    assert retraining.by_verdicts is not None
    assert retraining.by_verdicts.queries > 1

    with pytest.raises(VerdictError, match="nothing to learn"):
        retrain(copied.path, store, say=lambda line: None)
    withdrawn = said(renewed, on.iloc[10:], np.where(relevance, 4, 1)[10:])
    again = folded_in(renewed, withdrawn)
    pd.testing.assert_series_equal(again.pairs["relevance"], copied.pairs["relevance"])


def test_each_round_is_compared_with_the_ranker_of_the_build(copied: Bundle):
    original = Recommender(copied).ranker
    assert original is not None
    assert ranker_of_build(copied, original) is original
    other = fit_ranker(copied.pairs.assign(relevance=1 - copied.pairs["relevance"]), seed=0)
    assert other is not None
    as_built_again = fit_ranker(copied.pairs, copied.manifest.seed)
    assert as_built_again is not None
    pairs = copied.pairs
    copied.__dict__["pairs"] = pairs.assign(
        relevance=1 - pairs["relevance"], **{BUILT: pairs["relevance"]}
    )
    features = pairs[list(NAMES)].to_numpy(np.float32)[:500]
    scores = raw_scores(ranker_of_build(copied, other).model, features)
    np.testing.assert_allclose(scores, raw_scores(as_built_again.model, features))
    assert np.abs(scores - raw_scores(other.model, features)).max() > 1


def test_the_command_replaces_the_ranker_if_and_only_if_the_comparison_lets_it(
    copied: Bundle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    known = copied.pairs[(copied.pairs["split"] != "test") & (copied.pairs["relevance"] == 1)]
    nearest = known.sort_values("bert_cosine", ascending=False).groupby("query").head(1)
    give(copied, nearest, np.ones(len(nearest), dtype=int))
    monkeypatch.setattr(
        sys, "argv", ["mmrec", "train", str(copied.path), "--with-verdicts", "--json"]
    )
    try:
        main()
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    printed = capsys.readouterr()
    outcome = json.loads(printed.out)
    passes = outcome["gate"]["refusal"] is None
    assert outcome["replaced"] == passes
    assert (open_bundle(copied.path).digest != copied.digest) == passes
    assert code == (0 if passes else 1)
    assert ("--force replaces" in printed.err) != passes


def test_without_verdicts_there_is_one_line(
    copied: Bundle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["mmrec", "train", str(copied.path), "--with-verdicts"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("mmrec: there are no verdicts")
    assert printed.err.count("\n") == 1
    assert {path.name for path in copied.path.parent.iterdir()} == {"demo"}


def test_verdicts_prints_the_stable_json(
    copied: Bundle, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    held_out = copied.pairs[copied.pairs["split"] == "test"].iloc[:20]
    give(copied, held_out, np.where(held_out["relevance"], 4, 1))
    out = copied.path.parent / "pairs.csv"
    words = ["mmrec", "verdicts", str(copied.path), "--json", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    report = json.loads(capsys.readouterr().out)
    assert (report["verdicts"], report["reviewers"]) == (20, {"Ann": 20})
    assert report["agreement"]["krippendorff_alpha"] is None
    assert report["ndcg@5"]["rankers"].keys() == {"model", "clip", "bert", "fused"}
    assert len(pd.read_csv(out)) == 20
