"""Verdicts: kept at once, by many at a time, agreed upon, measured, taken away."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.errors import InputError, VerdictError
from mmrec_core.inputs.judgements import read_pairs
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.agreement import agreement
from mmrec_core.verdicts.judged_pairs import pairs_of_verdicts, write_pairs
from mmrec_core.verdicts.places import Place, verdict_place
from mmrec_core.verdicts.ranking import verdict_ranking
from mmrec_core.verdicts.selection import select
from mmrec_core.verdicts.store import VerdictStore


@pytest.fixture
def store(place: Place) -> VerdictStore:
    return VerdictStore(place)


@pytest.fixture
def file(tmp_path: Path) -> VerdictStore:
    """Verdicts in a file."""
    return VerdictStore(tmp_path / "demo.verdicts.sqlite")


def graded(*rows: tuple[str, str, int, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["query", "candidate", "grade", "reviewer"])
    return table.assign(note="")


NO_TAGS = pd.DataFrame({"image": [], "tag": []}, dtype=object)


def test_a_newer_verdict_replaces_the_older_one_and_can_be_taken_back(store):
    before = store.version()
    assert store.verdicts().empty
    store.grade("q.png", "c.png", 2, reviewer="Ann", note="a fin?", ranker="clip", rank=3)
    store.grade("q.png", "c.png", 4, reviewer="Боб", digest="d1")
    store.grade("q.png", "c.png", 3, reviewer="Ann", ranker="model", rank=1)
    table = store.verdicts().set_index("reviewer")
    assert table["grade"].to_dict() == {"Ann": 3, "Боб": 4}
    assert table.loc["Ann", ["note", "ranker", "rank"]].tolist() == ["a fin?", "model", 1]
    assert pd.Timestamp(table.loc["Ann", "time"]).utcoffset() == pd.Timedelta(0)
    store.annotate("q.png", "c.png", "", reviewer="Ann")
    store.withdraw("q.png", "c.png", reviewer="Боб")
    assert store.verdicts()[["reviewer", "note"]].to_numpy().tolist() == [["Ann", ""]]
    assert store.version() > before


def test_one_who_reviewed_under_two_names_has_the_newer_verdict_of_each_pair(store):
    for reviewer, candidate, grade in (
        ("anonymous-1", "a.png", 1), ("Ann", "a.png", 2),
        ("Ann", "b.png", 3), ("anonymous-1", "b.png", 4),
        ("anonymous-1", "c.png", 1), ("Bob", "c.png", 4),
    ):  # fmt: skip
        store.grade("q.png", candidate, grade, reviewer=reviewer)
    for reviewer, image in (("anonymous-1", "a.png"), ("Ann", "a.png"), ("anonymous-1", "b.png")):
        store.tag([image], "odd", reviewer=reviewer)
    store.hand_over("anonymous-1", "Ann")
    left = store.verdicts().sort_values(["candidate", "reviewer"])
    assert left[["candidate", "grade", "reviewer"]].to_numpy().tolist() == [
        ["a.png", 2, "Ann"], ["b.png", 4, "Ann"], ["c.png", 1, "Ann"], ["c.png", 4, "Bob"],
    ]  # fmt: skip
    assert sorted(store.tags()["image"]) == ["a.png", "b.png"]
    assert set(store.tags()["reviewer"]) == {"Ann"}
    store.hand_over("Ann", "Ann")
    assert len(store.verdicts()) == 4


def test_tags_belong_to_an_image_and_a_reviewer(store):
    store.tag(["a.png", "b.png"], " blurred  edge ", reviewer="Ann")
    store.tag(["a.png"], "blurred edge", reviewer="Bob")
    store.tag(["a.png"], "blurred edge", reviewer="Ann")
    store.untag(["a.png"], "blurred edge", reviewer="Ann")
    left = store.tags()[["image", "tag", "reviewer"]].to_numpy().tolist()
    assert left == [["b.png", "blurred edge", "Ann"], ["a.png", "blurred edge", "Bob"]]


STORE = (
    "import os, signal, sys; from pathlib import Path\n"
    "from mmrec_core.verdicts.places import verdict_place\n"
    "from mmrec_core.verdicts.store import VerdictStore\n"
    "store = VerdictStore(verdict_place(Path(sys.argv[1])))\n"
)
"""Opens the store of the bundle that the first argument names."""


def test_a_verdict_outlives_a_kill(store, tmp_path):
    code = f"{STORE}store.grade('q', 'c', 4, reviewer='Ann')\nos.kill(os.getpid(), signal.SIGKILL)"
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode < 0
    assert store.verdicts()["grade"].tolist() == [4]


def test_many_write_at_a_time_from_the_very_first_verdict(store, tmp_path):
    code = (
        f"{STORE}for i in range(15): store.grade('q', f'c{{i}}', 1 + i % 4, reviewer=sys.argv[2])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), f"process {i}"])
        for i in range(3)
    ]

    def write(name: str) -> None:
        for i in range(15):
            store.grade("q", f"c{i}", 1 + i % 4, reviewer=name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [f"thread {i}" for i in range(4)]))
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert store.verdicts()["reviewer"].value_counts().tolist() == [15] * 7


def test_another_process_s_verdict_changes_the_version(store, request):
    store.grade("q", "c", 1, reviewer="Ann")
    before = store.version()
    VerdictStore(store.path).grade("q", "c", 2, reviewer="Ann")
    assert store.version() != before
    if isinstance(store.path, Path):
        store.path.unlink()
    else:
        request.getfixturevalue("postgresql").execute(f'DROP SCHEMA "{store.path.name}" CASCADE')
    seen = store.version()
    store.grade("q", "c", 1, reviewer="Ann")
    assert store.version() not in (before, seen)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"grade": 5}, "one of 1, 2, 3, 4"),
        ({"candidate": "q"}, "two images"),
        ({"candidate": "c\udc80"}, "valid Unicode text"),
        ({"query": "x" * 5000}, "4,096"),
        ({"reviewer": " \n"}, "is empty"),
        ({"reviewer": "x" * 100}, "at most 80"),
        ({"note": "x" * 3000}, "at most 2,000"),
        ({"note": b"bytes"}, "expected a text"),
        ({"query": 7}, "valid Unicode text"),
        ({"ranker": 7}, "ranker's name is 7"),
        ({"rank": 2**70}, "a rank is 1180591620717411303424"),
        ({"rank": 1.5}, "a rank is 1.5"),
        ({"rank": 0}, "whole number from 1"),
        ({"digest": ["d"]}, "digest is"),
    ],
)
def test_what_is_no_verdict_is_refused_in_a_line(store, change, says):
    given = {"query": "q", "candidate": "c", "grade": 1, "reviewer": "Ann"} | change
    with pytest.raises(VerdictError, match=says):
        store.grade(**given)
    assert store.verdicts().empty


def test_numbers_and_names_as_tables_hold_them_are_kept(store):
    store.grade("q", "c", np.int64(3), reviewer="Ann", rank=np.int32(2), ranker="cl\udc80ip")
    assert store.verdicts()[["grade", "rank", "ranker"]].to_numpy().tolist() == [[3, 2, "clip"]]


def test_a_question_about_what_is_no_name_is_no_damage(store):
    store.grade("q", "c", 3, reviewer="Ann")
    with pytest.raises(VerdictError, match="valid Unicode text"):
        store.verdicts("q\udc80")
    with pytest.raises(VerdictError, match="valid Unicode text"):
        store.untag(["q\udc80"], "odd", reviewer="Ann")


def test_a_note_needs_a_verdict_and_keeps_no_control_characters(store):
    with pytest.raises(VerdictError, match="grade the pair first"):
        store.annotate("q", "c", "why", reviewer="Ann")
    store.grade("q", "c", 1, reviewer="A\x1b[31mnn", note="two\nlines \x00<b>")
    assert store.verdicts()[["reviewer", "note"]].to_numpy().tolist() == [
        ["A[31mnn", "two\nlines <b>"]
    ]


def test_files_that_hold_no_verdicts_are_told_in_a_line(file, tmp_path):
    file.grade("q", "c", 1, reviewer="Ann")
    content = file.path.read_bytes()
    torn = VerdictStore(tmp_path / "torn.sqlite")
    torn.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    garbage = VerdictStore(tmp_path / "garbage.sqlite")
    garbage.path.write_text("no database, by far" * 100)
    for damaged in (torn, garbage):
        with pytest.raises(VerdictError, match="damaged"):
            damaged.verdicts()
        with pytest.raises(VerdictError, match="damaged"):
            damaged.grade("q", "c", 1, reviewer="Ann")
    other = VerdictStore(tmp_path / "foreign.sqlite")
    with sqlite3.connect(other.path) as connection:
        connection.execute("CREATE TABLE verdicts (mine TEXT)")
    with pytest.raises(VerdictError, match="another program"):
        other.grade("q", "c", 1, reviewer="Ann")
    with sqlite3.connect(file.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(VerdictError, match="update mmrec"):
        file.verdicts()


def test_a_folder_that_cannot_be_written_is_told_in_a_line(file, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(VerdictError, match="MMREC_VERDICTS"):
        VerdictStore(tmp_path / "file" / "x.sqlite").grade("q", "c", 1, reviewer="Ann")
    file.grade("q", "c", 3, reviewer="Ann")
    if os.geteuid() == 0:
        return  # root writes everywhere
    tmp_path.chmod(0o500)
    try:
        assert file.verdicts()["grade"].tolist() == [3]
        with pytest.raises(VerdictError, match="MMREC_VERDICTS"):
            file.grade("q", "c", 1, reviewer="Ann")
    finally:
        tmp_path.chmod(0o700)


def test_verdicts_lie_beside_the_bundle(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("MMREC_VERDICTS", raising=False)
    assert verdict_place(tmp_path / "demo") == tmp_path / "demo.verdicts.sqlite"
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "kept"))
    assert verdict_place(tmp_path / "demo") == tmp_path / "kept" / "demo.verdicts.sqlite"


def test_agreement_of_those_who_agree_and_those_who_do_not():
    same = [("q", f"c{i}", 1 + i % 4, name) for i in range(8) for name in ("Ann", "Bob")]
    measured = agreement(graded(*same, ("q", "alone", 1, "Ann")))
    assert (measured.pairs, measured.reviewers, measured.alpha) == (8, 2, 1.0)
    assert measured.kappas[["pairs", "same", "kappa"]].to_numpy().tolist() == [[8, 1.0, 1.0]]
    opposite = [("q", f"c{i}", 4 - i % 4, "Eve") for i in range(8)]
    measured = agreement(graded(*same, *opposite))
    assert measured.alpha is not None
    assert measured.alpha < 0.3
    kappas = measured.kappas.set_index(["first", "second"])["kappa"]
    assert kappas["Ann", "Eve"] == pytest.approx(-1)


def test_agreement_is_not_defined_without_common_pairs_or_with_one_grade():
    assert agreement(graded(("q", "c", 1, "Ann"), ("q", "d", 1, "Bob"))).alpha is None
    measured = agreement(graded(("q", "c", 1, "Ann"), ("q", "c", 1, "Bob")))
    assert (measured.pairs, measured.alpha) == (1, None)
    assert measured.kappas["kappa"].isna().all()
    assert agreement(graded()).pairs == 0


def test_krippendorff_s_own_example():
    """Ordinal data of Krippendorff 2011, example D, whose alpha is 0.815 (there with 1 to 5)."""
    table = {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    }
    rows = [
        ("q", f"c{i}", grade, name)
        for name, grades in table.items()
        for i, grade in enumerate(grades)
        if grade is not None and i != 9  # grades end at 4 here
    ]
    from krippendorff import alpha

    short = [
        [np.nan if g is None or i == 9 else g for i, g in enumerate(gs)] for gs in table.values()
    ]
    expected = alpha(reliability_data=short, level_of_measurement="ordinal")
    assert agreement(graded(*rows)).alpha == pytest.approx(expected)


def test_judged_pairs_take_the_mean_grade_and_come_back_from_every_format(tmp_path):
    verdicts = graded(
        ("q,1.png", "c.png", 2, "Ann"), ("q,1.png", "c.png", 3, "Bob"), ("q", "d\n.png", 2, "Ann")
    )
    verdicts["note"] = ["=1+1", "", "fins"]
    tags = pd.DataFrame({"image": ["c.png", "c.png"], "tag": ["odd", "blurred"]})
    pairs = pairs_of_verdicts(verdicts, tags)
    for ending, read in (
        ("csv", lambda path: pd.read_csv(path, keep_default_na=False)),
        ("jsonl", lambda path: pd.read_json(path, lines=True)),
        ("parquet", pd.read_parquet),
    ):
        path = tmp_path / f"pairs.{ending}"
        write_pairs(pairs, path)
        table = read(path).set_index("candidate")
        assert table["target"].to_dict() == {"c.png": 1, "d\n.png": 0}
        assert table.loc["c.png", ["grade", "verdicts", "reviewers"]].tolist() == [
            2.5,
            2,
            "Ann; Bob",
        ]
        assert table.loc["c.png", "candidate_tags"] == "odd; blurred"
        assert table.loc["c.png", "notes"] == ("'=1+1" if ending == "csv" else "=1+1")
    read_back, left_out = read_pairs(tmp_path / "pairs.csv")
    assert left_out == []
    assert (
        read_back.to_numpy().tolist() == pairs[["query", "candidate", "target"]].to_numpy().tolist()
    )
    with pytest.raises(InputError, match=r"\.csv, \.jsonl, \.parquet"):
        write_pairs(pairs, tmp_path / "pairs.xlsx")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["r c", "q d", "q c"]),
        ({"reviewer": "Ann"}, ["q d", "q c"]),
        ({"grade": 4}, ["r c", "q c"]),
        ({"tag": "odd"}, ["q d"]),
        ({"tag": "blurred"}, ["q d", "q c"]),
        ({"noted": True, "grade": 4}, ["q c"]),
    ],
)
def test_verdicts_are_selected_the_newest_first(chosen: dict, expected: list[str]):
    verdicts = graded(("q", "c", 4, "Ann"), ("q", "d", 1, "Ann"), ("r", "c", 4, "Bob"))
    verdicts.loc[0, "note"] = "a fin?"
    tags = pd.DataFrame({"image": ["d", "q"], "tag": ["odd", "blurred"]})
    found = select(verdicts, tags, **chosen)
    assert (found["query"] + " " + found["candidate"]).tolist() == expected


def test_ndcg_on_verdicts_rewards_the_ranker_that_reviewers_agree_with(demo: Bundle):
    recommender = Recommender(demo)
    held_out = demo.pairs[demo.pairs["split"] == "test"]
    trained = demo.pairs[demo.pairs["split"] == "train"]
    rows = []
    for query in held_out["query"].unique()[:4]:
        candidates = held_out.loc[held_out["query"] == query, "candidate"].to_numpy()[:12]
        places = np.argsort(-recommender.score_pairs(int(query), candidates)["clip"])
        grades = np.repeat([4, 3, 2, 1], 3)
        rows += [
            (demo.image(int(query)), demo.image(int(candidates[place])), int(grade), "Ann")
            for place, grade in zip(places, grades, strict=True)
        ]
    elsewhere = trained.iloc[0]
    rows += [
        (demo.image(int(elsewhere["query"])), demo.image(int(elsewhere["candidate"])), 4, "Ann"),
        ("gone.png", demo.image(0), 4, "Ann"),
    ]
    pairs = pairs_of_verdicts(graded(*rows), NO_TAGS)
    ranking = verdict_ranking(demo, pairs, recommender.score_pairs)
    assert (ranking.queries, ranking.pairs, ranking.verdicts, ranking.elsewhere) == (4, 48, 48, 2)
    assert ranking.ndcg["clip"]["value"] == pytest.approx(1)
    assert all(ranking.ndcg[name]["value"] < 1 for name in ("bert", "model"))
    assert verdict_ranking(demo, pairs.iloc[:0], recommender.score_pairs).ndcg == {}
