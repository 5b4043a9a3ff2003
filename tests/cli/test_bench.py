"""`mmrec bench`: every line of the table, its bound, and JSON."""

import json
import math
from pathlib import Path

import pytest

from mmrec_core.bundle import open_bundle, verify_bundle
from mmrec_core.measuring.lines import LINES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def test_every_line_has_a_figure_and_a_bound(mmrec, folder: Path):
    file = folder / "300.json"
    how = ("bench", "--images", 300, "--map", "pca", "--folder", folder, "--json", file)
    code, out, err = mmrec(*how)
    assert code == 0, err
    made = json.loads(file.read_text())
    assert [line["name"] for line in made["lines"]] == [line.name for line in LINES]
    for line in made["lines"]:
        assert line["title"] in out
        assert math.isfinite(line["median"])
        assert line["median"] >= 0
        assert line["bound"]["median"] > 0
        assert isinstance(line["passes"], bool)
    by_name = {line["name"]: line for line in made["lines"]}
    for name in ("query-600", "query-2000", "pair", "upload"):
        assert by_name[name]["samples"] >= 200
        assert by_name[name]["p95"] >= by_name[name]["median"] > by_name[name]["limit"] > 0
    assert out.count("pass") + out.count("miss") == len(LINES)
    assert (made["images"], made["seed"], made["bounds_at"]) == (300, 0, 125_000)
    machine = made["machine"]
    assert machine["cores"] >= 1
    assert min(machine["bytes_a_second"], machine["flops"], machine["memory"]) > 1e8


def test_a_bundle_is_used_again_and_is_a_sound_one(mmrec, folder: Path):
    how = ("bench", "--images", 300, "--map", "pca", "--folder", folder, "--only", "build")
    code, out, err = mmrec(*how)
    assert code == 0
    assert "built before" in err
    assert "query" not in out
    (bundle,) = folder.glob("bundle-300-*/")
    assert not list(verify_bundle(bundle))
    opened = open_bundle(bundle)
    assert opened.has_ranker
    assert opened.manifest.counts.held_out_queries


def test_the_bound_is_that_of_the_nearest_size(mmrec):
    from mmrec_core.measuring.figures import nearest_size

    assert [nearest_size(n) for n in (1_000, 300_000, 400_000, 5_000_000)] == [
        125_000,
        125_000,
        1_000_000,
        1_000_000,
    ]


def test_an_unknown_line_is_said_with_those_that_there_are(mmrec, folder: Path):
    code, _, err = mmrec("bench", "--images", 300, "--folder", folder, "--only", "speed")
    assert code == 2
    assert "cold, query, contributions" in err
