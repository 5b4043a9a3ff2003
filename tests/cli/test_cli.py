"""The command line: what it prints, its stable JSON, its exit codes and its one-line errors."""

import json
import pkgutil
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import mmrec_core
from mmrec_core.bundle import Bundle, layout
from tests.altered_bundles import altered

PICTURE = "animals/birds/magpie.png"


def test_recommend_prints_the_stable_json(mmrec, demo_bundle: Path):
    code, out, _ = mmrec("recommend", demo_bundle, "--image", PICTURE, "-k", 3, "--json")
    answer = json.loads(out)
    assert code == 0
    assert {"query", "ranker", "results", "timings_ms"} <= answer.keys()
    assert answer["query"].keys() == {"image", "text", "cluster"}
    assert answer["ranker"] == "model"
    assert [result["rank"] for result in answer["results"]] == [1, 2, 3]
    for result in answer["results"]:
        assert {"image", "text", "cluster", "score", "probability", "features"} <= result.keys()
        shares = result["contributions"]
        assert shares["base"] + sum(shares["groups"].values()) == pytest.approx(
            result["score"], abs=1e-6
        )


def test_a_demo_that_this_version_cannot_use_is_built_again(
    mmrec, demo_bundle: Path, tmp_path: Path, monkeypatch
):
    code, out, _ = mmrec("demo", "--out", demo_bundle)
    assert (code, out) == (0, f"{demo_bundle} exists already; --force builds it again.\n")
    settings = json.loads((demo_bundle / layout.RANKER).read_text())
    settings["features"][-1] = "of_another_version"
    written = {layout.RANKER: json.dumps(settings).encode()}
    other = altered(demo_bundle, tmp_path / "demo", written=written)
    monkeypatch.setenv("MMREC_STAMPS", str(tmp_path / "empty"))  # so that the build ends at once
    code, _, error = mmrec("demo", "--out", other)
    assert code == 1
    assert "trained on other pair features" in error
    assert "MMREC_STAMPS" in error


def test_recommend_takes_any_file(mmrec, demo_bundle: Path, demo_stamps: Path):
    file = demo_stamps / PICTURE
    code, out, _ = mmrec("recommend", demo_bundle, "--file", file, "--ranker", "clip", "--json")
    assert code == 0
    assert json.loads(out)["results"][0]["image"] == PICTURE
    assert json.loads(out)["results"][0]["features"]["bert_cosine"] is None


def test_recommend_takes_a_text_alone(mmrec, demo_bundle: Path):
    code, out, _ = mmrec(
        "recommend", demo_bundle, "--text", "A cake.", "--diversity", 0.5, "--json"
    )
    answer = json.loads(out)
    assert code == 0
    assert answer["query"]["image"] is None
    assert answer["query"]["text"] == "A cake."
    assert "cake" in answer["results"][0]["image"]
    assert answer["results"][0]["probability"] is None


def test_recommend_takes_a_text_in_russian(mmrec, demo_bundle: Path):
    code, out, _ = mmrec("recommend", demo_bundle, "--text", "красный цветок", "--json")
    assert code == 0
    results = json.loads(out)["results"]
    assert sum(result["image"].startswith("plants/flowers/") for result in results) >= 3
    assert sum("red" in result["text"].lower().split() for result in results) >= 2


def test_recommend_explains_by_regions_and_words(mmrec, demo_bundle: Path):
    asked = ("recommend", demo_bundle, "--image", PICTURE, "-k", 2, "--explain")
    code, out, _ = mmrec(*asked, "regions, words", "--json")
    assert code == 0
    for result in json.loads(out)["results"]:
        for side in (result["parts"]["query"], result["parts"]["candidate"]):
            assert [len(row) for row in side["picture"]["regions"]] == [9] * 9
            assert all(word["text"].strip() for word in side["text"]["words"])
    code, out, _ = mmrec(*asked, "words")
    assert code == 0
    says = [line.strip() for line in out.splitlines()]
    assert sum(line.startswith("query: regions ") for line in says) == 2
    assert all("“magpie.”" in line for line in says if line.startswith("query: "))
    assert mmrec(*asked, "faces")[0] == 2


def test_a_text_alone_is_explained_by_the_regions_of_what_it_finds(mmrec, demo_bundle: Path):
    code, out, _ = mmrec(
        "recommend", demo_bundle, "--text", "cake", "-k", 1, "--explain", "regions"
    )
    query, result = (line.strip() for line in out.splitlines()[-2:])
    assert code == 0
    assert query.startswith("query: words ")
    assert result.startswith("result: regions ")
    assert "(" in result
    assert "(" not in query


def test_evaluate_prints_the_stable_json(mmrec, demo_bundle: Path):
    code, out, _ = mmrec("evaluate", demo_bundle, "--json")
    metrics = json.loads(out)
    assert code == 0
    assert {"queries", "pairs", "rankers", "candidates", "split"} <= metrics.keys()
    assert metrics["rankers"].keys() == {"model", "clip", "bert", "fused"}
    for row in metrics["rankers"].values():
        for metric in ("auc", "ndcg@5", "mrr"):
            assert row[metric]["low"] < row[metric]["value"] < row[metric]["high"]
    for method in ("clusters", "exact"):
        assert 0 < metrics["candidates"][method]["recall"] < 1
        assert metrics["candidates"][method]["mean_size"] > 0


def test_score_keeps_the_pairs_and_their_order(mmrec, demo: Bundle, tmp_path: Path):
    sample = demo.pairs.sample(40, random_state=0)
    images = demo.items["image"]
    pairs = pd.DataFrame(
        {
            "a": images.iloc[sample["query"]].to_numpy(),
            "b": images.iloc[sample["candidate"]].to_numpy(),
            "target": sample["relevance"].to_numpy(),
        }
    )
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    code, _, _ = mmrec(
        "score", demo.path, "--pairs", tmp_path / "pairs.csv", "--out", tmp_path / "scores.csv"
    )
    scored = pd.read_csv(tmp_path / "scores.csv")
    assert code == 0
    assert scored["query"].tolist() == pairs["a"].tolist()
    assert scored["candidate"].tolist() == pairs["b"].tolist()
    for ranker in ("model", "clip", "bert", "fused"):
        assert scored[f"{ranker}_score"].notna().all()
        assert scored[f"{ranker}_probability"].between(0, 1).all()


def test_info_and_verify(mmrec, demo: Bundle):
    code, out, _ = mmrec("info", demo.path, "--json")
    info = json.loads(out)
    assert code == 0
    assert info["counts"]["images"] == 538
    assert info["digest"] == demo.digest
    assert info["recipe"] == "default"
    assert info["encoders"]["text"]["name"] == "offline"
    assert mmrec("verify", demo.path)[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "{bundle}"),
        ("recommend", "{bundle}", "--image", "a", "--file", "b"),
        ("recommend", "{bundle}", "--image", PICTURE, "--ranker", "best"),
        ("recommend", "{bundle}", "--image", PICTURE, "-k", "0"),
        ("recommend", "{bundle}", "--image", PICTURE, "--diversity", "2"),
        ("build", "--images", "x"),
        ("build", "--images", "x", "--out", "y", "--encoders", "best"),
        ("demo", "--out", "y/none", "--encoders", "best"),
        ("build", "--images", "x", "--out", "y", "--clusters", "0"),
        ("nothing",),
    ],
)
def test_bad_usage_is_exit_code_2(mmrec, demo_bundle: Path, words):
    assert mmrec(*(word.format(bundle=demo_bundle) for word in words))[0] == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("info", "{tmp}/none"), "is not a bundle"),
        (("recommend", "{bundle}", "--image", "none.png"), "no image 'none.png'"),
        (("recommend", "{bundle}", "--file", "{tmp}/none.png"), "none.png"),
        (("recommend", "{bundle}", "--file", "{tmp}/words.png"), "not an image"),
        (("recommend", "{bundle}", "--text", "cake", "--ranker", "model"), "pairs of pictures"),
        (("score", "{bundle}", "--pairs", "{tmp}/none.csv", "--out", "{tmp}/o"), "no pairs file"),
        (("build", "--images", "{tmp}/none", "--out", "{tmp}/o"), "{tmp}/none"),
        (("build", "--config", "{tmp}/none.toml"), "none.toml"),
    ],
)
def test_errors_are_one_line_that_helps(mmrec, demo_bundle: Path, tmp_path: Path, words, says):
    (tmp_path / "words.png").write_text("not a picture at all")
    filled = [word.format(bundle=demo_bundle, tmp=tmp_path) for word in words]
    code, out, err = mmrec(*filled)
    assert code == 1
    assert out == ""
    *stages, error = err.splitlines()
    assert all(line.startswith("[") for line in stages)
    assert error.startswith("mmrec: ")
    assert says.format(tmp=tmp_path) in error


def test_the_core_never_imports_streamlit():
    modules = pkgutil.walk_packages(mmrec_core.__path__, "mmrec_core.")
    imports = "; ".join(f"import {module.name}" for module in modules)
    code = f"{imports}; import sys; assert 'streamlit' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_port_in_use_is_said_in_one_line(mmrec, demo_bundle: Path):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = mmrec("app", "--bundles", demo_bundle, "--port", port)
    assert (code, out) == (1, "")
    assert err.startswith(f"mmrec: port {port} cannot be used")
    assert err.count("\n") == 1


def lacking(library: str, *words: object) -> tuple[int, str]:
    """Run a command in a process that has no such library; return its exit code and its errors."""
    argv = ["mmrec", *map(str, words)]
    code = (
        f"import sys; sys.modules[{library!r}] = None; sys.argv = {argv!r}\n"
        "from mmrec_core.cli.main import main; main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return ended.returncode, ended.stderr


def test_a_missing_part_is_said_in_one_line(demo_bundle: Path):
    assert lacking("catboost", "recommend", demo_bundle, "--image", PICTURE) == (
        1,
        "mmrec: catboost is not installed, only part of mmrec is: "
        "`pip install mmrec` brings the rest\n",
    )


def test_a_text_query_without_the_encoders_is_said_in_one_line(demo_bundle: Path):
    assert lacking("torch", "recommend", demo_bundle, "--text", "A cake.") == (
        1,
        "mmrec: no encoder is installed here, since torch is missing: "
        "`pip install mmrec` installs it\n",
    )


def test_export_says_what_it_wrote_and_how_to_read_it(mmrec, demo_bundle: Path, tmp_path: Path):
    out = tmp_path / "out"
    code, printed, _ = mmrec("export", demo_bundle, "--to", "parquet", "--out", out)
    assert code == 0
    assert str(out / "images.parquet") in printed
    code, _, err = mmrec("export", demo_bundle, "--to", "excel", "--out", tmp_path / "b")
    assert code == 2
    assert "parquet, datasets, embedding-atlas, fiftyone" in " ".join(err.split())
    code, _, err = mmrec("export", demo_bundle, "--to", "parquet", "--out", out)
    assert code == 1
    assert "not an empty folder" in err
