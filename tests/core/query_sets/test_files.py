"""Files of queries as people have them, and one clear line where a file is none."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from mmrec_core.errors import InputError
from mmrec_core.query_sets.choosing import drawn, named
from mmrec_core.query_sets.files import read_queries, write_queries
from mmrec_core.query_sets.members import members
from mmrec_core.query_sets.store import QuerySet, QuerySets

NAMES = ("b/сова.png", "a, b.png", "=1.png")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("list.txt", "\ufeffb/сова.png\r\n\r\n  a, b.png \n=1.png\na, b.png\n".encode()),
        ("list.txt", "b/сова.png\na, b.png\n=1.png".encode("utf-16")),
        ("table.csv", '\ufeffimage,text\nb/сова.png,x\n"a, b.png",y\n=1.png,\n'.encode()),
        ("table.csv", 'n,query\n1,b/сова.png\n2,"a, b.png"\n3,=1.png\n'.encode()),
        ("plain.csv", 'b/сова.png\n"a, b.png"\n\n=1.png\n'.encode()),
        ("table.tsv", "query\nb/сова.png\na, b.png\n=1.png\n".encode()),
        ("rows.jsonl", "".join(json.dumps({"image": name}) + "\n" for name in NAMES).encode()),
    ],
)
def test_names_are_read_in_their_order(tmp_path: Path, file: str, content: bytes):
    path = tmp_path / file
    path.write_bytes(content)
    assert read_queries(path) == NAMES


@pytest.mark.parametrize("ending", ["txt", "csv", "jsonl", "json", "parquet"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, ending: str):
    os.mkfifo(tmp_path / f"pipe.{ending}")
    with pytest.raises(InputError, match="is not a plain file"):
        read_queries(tmp_path / f"pipe.{ending}")


@pytest.mark.parametrize("ending", ["txt", "csv", "jsonl"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str):
    path = tmp_path / f"set.{ending}"
    write_queries(NAMES, path)
    assert read_queries(path) == NAMES


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("none.txt", b"\n \n", "names no query"),
        ("other.csv", b"a,b\n1,2\n", "image or query"),
        ("bytes.txt", b"\xff\x00\x81", "UTF-8"),
        ("other.xlsx", b"PK", "convert it"),
        ("broken.jsonl", b"{", "JSON"),
        ("list.jsonl", b"[1]", "JSON"),
        ("other.jsonl", b'{"name": 1}', "image or query"),
        ("plain.csv", b"a.png\na, b.png\n", "quote"),
        ("quotes.csv", b'image,text\n"a.png,b\n', "quotes"),
        ("wide.csv", b",".join(b"x" * 60 for _ in range(9999)), "image or query"),
        ("large.txt", b"x" * ((16 << 20) + 1), "16 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, file: str, content: bytes, said: str
):
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as error:
        read_queries(path)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000


def test_a_table_that_is_wide_and_long_takes_no_more_than_its_size(tmp_path: Path):
    path = tmp_path / "hostile.csv"
    path.write_text(",".join(["image", *["x"] * 200_000]) + "\n" + "a.png\n" * 200_000)
    assert read_queries(path) == ("a.png",)
    lines = tmp_path / "hostile.jsonl"
    lines.write_text("".join(f'{{"image": "a.png", "{i}": 0}}\n' for i in range(50_000)))
    assert read_queries(lines) == ("a.png",)


def test_a_table_of_the_app_is_read(tmp_path: Path):
    table = pd.DataFrame({"image": NAMES, "pairs": 1})
    table.to_json(tmp_path / "queries.json", orient="records", force_ascii=False)
    table.to_parquet(tmp_path / "queries.parquet")
    assert {read_queries(tmp_path / f"queries.{end}") for end in ("json", "parquet")} == {NAMES}


def test_a_set_goes_before_a_file_and_neither_is_said_with_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    sets = QuerySets(tmp_path / "demo.verdicts.sqlite")
    Path("both.txt").write_text("file.png\n")
    assert named("both.txt", sets).images == ("file.png",)
    sets.add(QuerySet("both.txt", ("set.png",), "", "Ann"))
    assert named("both.txt", sets).images == ("set.png",)
    assert named("./both.txt", sets).images == ("file.png",)
    with pytest.raises(InputError, match=r"'both\.txt'"):
        named("neither", sets)


def test_drawing_is_repeatable_and_gives_each_query_the_same_chance():
    names = [f"{i}.png" for i in range(10)]
    assert drawn(names, 4, seed=1) == drawn(names, 4, seed=1) != drawn(names, 4, seed=2)
    assert drawn(names, 10, seed=3) == tuple(names)
    times = pd.Series([name for seed in range(2000) for name in drawn(names, 3, seed)])
    # 2000 binomial draws at 0.3 have a deviation of 20.5
    assert times.value_counts().between(600 - 100, 600 + 100).all()
    with pytest.raises(InputError, match="draw fewer"):
        drawn(names, 11, seed=0)


def test_names_that_a_bundle_lacks_are_counted():
    items = pd.DataFrame({"image": ["a.png", "b.png", "c.png"]})
    found = members("Birds", ("c.png", "gone.png", "a.png", "b.png"), items, pd.array([0, 2]))
    assert (found.rows.tolist(), found.size, found.unknown, found.not_held_out) == ([0, 2], 4, 1, 1)
    assert "2 of 4 queries; 1 is no image" in found.sentence
