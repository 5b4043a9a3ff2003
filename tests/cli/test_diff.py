"""`mmrec diff`: the table, the stable JSON, and the exit code that a pipeline goes by."""

import json
from pathlib import Path

import pytest

from mmrec_core.bundle import open_bundle
from tests.altered_bundles import with_captions_dealt_out, without_pairs


@pytest.fixture(scope="module")
def worse(demo_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as if its captions' cosines had been dealt out at random, an image renamed."""
    target = tmp_path_factory.mktemp("bundles") / "worse"
    return with_captions_dealt_out(demo_bundle, target)


def test_the_table_says_what_differs(mmrec, demo_bundle: Path, worse: Path):
    code, out, err = mmrec("diff", demo_bundle, worse, "--ranker", "bert", "--top", 3)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("A  Tux Paint stamps")
    assert "images that only one has are left out: 1 of A, 1 of B" in out
    assert [line.split()[0] for line in lines if "nDCG@5 " in line][:4] == [
        *("model", "clip", "bert", "fused"),
    ]
    heads = [n for n, line in enumerate(lines) if "moved most" in line]
    assert ["that got worse" in lines[n] for n in heads] == [True, False]
    names = set()
    for n, sign in zip(heads, "-+", strict=True):
        moved = [line.split(maxsplit=4) for line in lines[n + 2 : n + 5]]
        assert [cells[2][0] for cells in moved] == [sign] * 3
        names |= {cells[4] for cells in moved}
    assert len(names) == 6
    assert names <= set(open_bundle(demo_bundle).items["image"])


def test_a_build_is_the_same_as_itself(mmrec, demo_bundle: Path):
    code, out, _ = mmrec("diff", demo_bundle, demo_bundle, "--fail-if-worse", "ndcg@5")
    assert code == 0
    assert "A and B are the same build." in out
    assert "No query moved" in out


def test_the_json_holds_the_same(mmrec, demo_bundle: Path, worse: Path):
    code, out, _ = mmrec(
        *("diff", demo_bundle, worse, "--ranker", "bert", "--metric", "mrr", "--top", 4, "--json")
    )
    answer = json.loads(out)
    assert code == 0
    assert (answer["ranker"], answer["metric"], answer["relevance"]) == ("bert", "mrr", "a")
    assert answer["a"]["digest"] == open_bundle(demo_bundle).digest
    assert answer["images"]["only_b"] == 1
    assert answer["queries"]["only_a"] == 1
    assert len(answer["moved"]) == 4
    assert answer["moved"][0].keys() >= {"image", "a", "b", "difference", "overlap"}
    assert [each["difference"] < 0 for each in answer["most_worse"]] == [True] * 4
    assert [each["difference"] > 0 for each in answer["most_better"]] == [True] * 4
    figures = {(each["ranker"], each["metric"]): each for each in answer["figures"]}
    assert figures["bert", "auc"]["difference"]["high"] < 0
    assert figures["clip", "auc"]["difference"]["value"] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("metric", ["ndcg@5", "auc"])
def test_a_pipeline_fails_where_b_is_worse(mmrec, demo_bundle: Path, worse: Path, metric: str):
    how = ("--ranker", "bert", "--fail-if-worse", metric)
    code, out, err = mmrec("diff", demo_bundle, worse, *how)
    assert code == 1
    assert "moved most" in out
    assert err.startswith("mmrec: B is worse: ")
    assert len(err.splitlines()) == 1
    assert mmrec("diff", worse, demo_bundle, *how)[0] == 0


def test_what_cannot_be_compared_is_said_in_one_line(mmrec, demo_bundle: Path, tmp_path: Path):
    bare = without_pairs(demo_bundle, tmp_path / "bare")
    code, _, err = mmrec("diff", demo_bundle, bare)
    assert code == 1
    assert "no held-out pairs" in err
    assert len(err.splitlines()) == 1
    for wrong in (("--metric", "auc"), ("--ranker", "best"), ("--fail-if-worse", "map")):
        assert mmrec("diff", demo_bundle, demo_bundle, *wrong)[0] == 2
