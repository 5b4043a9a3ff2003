"""`mmrec queries` and `--queries`: sets are made, listed, used and followed over builds."""

import json
import shutil
from pathlib import Path

import pytest

from mmrec_core.bundle import open_bundle
from tests.altered_bundles import with_captions_dealt_out


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    return tmp_path


def test_a_set_is_made_listed_shown_and_removed(mmrec, demo_bundle: Path, kept: Path):
    assert "No query sets" in mmrec("queries", "list", demo_bundle)[1]
    how = ("--label", "animals/birds", "--sample", 8, "--seed", 3, "--reviewer", "Ann")
    code, out, err = mmrec("queries", "add", demo_bundle, "Animals", *how)
    assert (code, out, err) == (0, "Query set 'Animals': 8 of 8 queries.\n", "")
    code, out, _ = mmrec("queries", "list", demo_bundle, "--json")
    (entry,) = json.loads(out)
    assert (entry["queries"], entry["reviewer"]) == (8, "Ann")
    assert entry["origin"] == "held-out queries, label animals/birds, 8 drawn at random, seed 3"
    names = mmrec("queries", "show", demo_bundle, "Animals")[1].splitlines()
    assert len(names) == 8
    assert all(name.startswith("animals/") for name in names)
    file = kept / "some.csv"
    assert mmrec("queries", "show", demo_bundle, "Animals", "--out", file)[0] == 0
    assert mmrec("queries", "rename", demo_bundle, "Animals", "Beasts")[0] == 0
    assert mmrec("queries", "show", demo_bundle, file)[1].splitlines() == names
    code, _, err = mmrec("queries", "add", demo_bundle, "Beasts", "--from", file)
    assert (code, err.count("\n")) == (1, 1)
    assert mmrec("queries", "remove", demo_bundle, "Beasts")[0] == 0
    code, _, err = mmrec("queries", "remove", demo_bundle, "Beasts")
    assert (code, err) == (1, "mmrec: there is no query set 'Beasts'.\n")


def test_figures_are_of_the_set_and_say_of_how_many_queries(mmrec, demo_bundle: Path, kept: Path):
    names = open_bundle(demo_bundle).items.query("is_query")["image"].tolist()[:6]
    file = kept / "six.txt"
    file.write_text("\n".join([*names, "gone.png"]))
    code, out, _ = mmrec("evaluate", demo_bundle, "--queries", file, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["query_set"] == {
        "name": "six.txt",
        "size": 7,
        "measured": 6,
        "unknown": 1,
        "not_held_out": 0,
    }
    assert answer["queries"] == 6
    assert 0 < answer["candidate_recall"]["value"] <= 1
    assert "candidates" not in answer
    said = mmrec("evaluate", demo_bundle, "--queries", file)[1]
    assert "6 of 7 queries; 1 is no image of this bundle" in said
    assert "recall of candidates" in said


@pytest.mark.parametrize("command", ["evaluate", "verdicts", "queries history"])
def test_a_name_that_is_no_set_and_no_file_is_said_with_the_sets(
    mmrec, demo_bundle: Path, kept: Path, command: str
):
    mmrec("queries", "add", demo_bundle, "Some", "--sample", 5)
    code, _, err = mmrec(*command.split(), demo_bundle, "--queries", "Sone")
    assert code == 1
    assert err == "mmrec: 'Sone' is neither a query set nor a file. Query sets: 'Some'.\n"


def test_nothing_to_measure_on_is_said_in_one_line(mmrec, demo_bundle: Path, kept: Path):
    file = kept / "gone.txt"
    file.write_text("gone.png\n")
    code, _, err = mmrec("evaluate", demo_bundle, "--queries", file)
    assert (code, err.count("\n")) == (1, 1)
    assert "nothing to measure on" in err
    names = open_bundle(demo_bundle).items.query("is_query")["image"].tolist()[:3]
    file.write_text("\n".join(["gone.png", *names]))
    code, _, err = mmrec("diff", demo_bundle, demo_bundle, "--queries", file)
    assert (code, err.count("\n")) == (1, 1)
    assert "3 of the 4 chosen queries" in err
    assert "choose a larger query set" in err


def test_what_got_worse_becomes_a_set_on_which_a_pipeline_fails(
    mmrec, demo_bundle: Path, kept: Path
):
    worse = with_captions_dealt_out(demo_bundle, kept / "bundles" / "worse")
    how = ("--worse-than", demo_bundle, "--ranker", "bert")
    assert mmrec("queries", "add", worse, "Worse", *how)[0] == 0
    made = mmrec("queries", "show", worse, "Worse")[1].splitlines()
    diff = ("diff", demo_bundle, worse, "--ranker", "bert", "--queries", "Worse")
    code, out, _ = mmrec(*diff, "--json", "--fail-if-worse", "mrr")
    answer = json.loads(out)
    assert code == 1
    assert answer["query_set"]["measured"] == answer["queries"]["both"] == len(made)
    assert answer["query_set"]["by_outcome"]
    assert answer["warnings"][0].startswith("these queries were chosen by how they came out")
    figures = {(each["ranker"], each["metric"]): each for each in answer["figures"]}
    assert figures["bert", "ndcg@5"]["better"] == 0
    assert figures["bert", "ndcg@5"]["worse"] == len(made)
    assert answer["moved"][0]["image"] in made
    first, second = mmrec(*diff, "--fail-if-worse", "ndcg@5")[1].splitlines()[:2]
    assert first.startswith("Query set 'Worse': ")
    assert second.startswith("Note: these queries were chosen by how they came out")
    mmrec("queries", "add", demo_bundle, "Some", "--sample", 50)
    assert "came out" not in mmrec("diff", demo_bundle, worse, "--queries", "Some")[1]


def test_a_regression_shows_over_two_builds_of_a_bundle(mmrec, demo_bundle: Path, kept: Path):
    bundle = kept / "bundles" / "photos"
    shutil.copytree(demo_bundle, bundle)
    assert mmrec("evaluate", bundle, "--queries", "no")[0] == 1
    assert mmrec("queries", "history", bundle)[1].startswith("No build with the ranker")
    mmrec("queries", "add", bundle, "Some", "--sample", 200)
    assert mmrec("evaluate", bundle)[0] == 0
    shutil.rmtree(bundle)
    with_captions_dealt_out(demo_bundle, bundle)
    assert mmrec("evaluate", bundle)[0] == 0
    how = ("queries", "history", bundle, "--ranker", "bert", "--queries", "Some")
    code, out, _ = mmrec(*how, "--json")
    answer = json.loads(out)
    assert (code, answer["query_set"], answer["metric"]) == (0, "Some", "ndcg@5")
    first, second = answer["builds"]
    assert first["digest"] == open_bundle(demo_bundle).digest
    assert (first["worse"], second["worse"]) == (False, True)
    assert second["difference_high"] < 0
    assert mmrec(*how)[1].splitlines()[-1].endswith("worse")
    code, _, err = mmrec(*how, "--fail-if-worse")
    assert (code, err.count("\n")) == (1, 1)
    assert mmrec("queries", "history", bundle, "--ranker", "clip", "--fail-if-worse")[0] == 0
    assert mmrec(*how, "--metric", "auc")[0] == 2
