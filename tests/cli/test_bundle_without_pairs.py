"""Commands on a bundle that was built without labels and judged pairs say what it lacks."""

import json
from pathlib import Path

import pandas as pd
import pytest

from mmrec_core.bundle import open_bundle
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from tests.altered_bundles import without_pairs


@pytest.fixture(scope="module")
def unlabelled(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return without_pairs(demo_bundle, tmp_path_factory.mktemp("bundles") / "unlabelled")


def test_evaluate_says_in_a_line_what_is_missing(mmrec, unlabelled: Path):
    code, out, err = mmrec("evaluate", unlabelled)
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert "no held-out pairs" in out
    assert "mmrec build --pairs" in out


def test_evaluate_keeps_its_json(mmrec, unlabelled: Path):
    code, out, _ = mmrec("evaluate", unlabelled, "--json")
    metrics = json.loads(out)
    assert code == 0
    assert (metrics["pairs"], metrics["rankers"], metrics["candidates"]) == (0, {}, {})


@pytest.mark.parametrize("words", [("compare",), ("train", "--with-verdicts")])
def test_what_needs_pairs_says_so_in_a_line(mmrec, unlabelled: Path, words):
    command, *options = words
    code, out, err = mmrec(command, unlabelled, *options)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "has no ranker" in err
    assert "judged pairs" in err


def test_pairs_are_scored_by_the_cosines(mmrec, unlabelled: Path, tmp_path: Path):
    images = open_bundle(unlabelled).items["image"]
    pairs, scores = tmp_path / "pairs.csv", tmp_path / "scores.csv"
    pd.DataFrame({"query": images[:3], "candidate": images[3:6].to_numpy()}).to_csv(pairs)
    code, _, _ = mmrec("score", unlabelled, "--pairs", pairs, "--out", scores)
    table = pd.read_csv(scores)
    assert code == 0
    assert table[["clip_score", "bert_score", "fused_score"]].notna().all(axis=None)
    assert table["fused_probability"].isna().all()


def test_verdicts_are_counted_and_written_as_pairs(
    mmrec, unlabelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    assert "No verdicts" in mmrec("verdicts", unlabelled)[1]
    first, second = open_bundle(unlabelled).items["image"][:2]
    VerdictStore(verdict_place(unlabelled)).grade(first, second, 4, reviewer="Ann")
    code, out, err = mmrec("verdicts", unlabelled, "--out", tmp_path / "pairs.csv")
    assert (code, err) == (0, "")
    assert "1 verdict on 1 pair of 1 query" in out
    assert len(pd.read_csv(tmp_path / "pairs.csv")) == 1
