"""CSV files that a spreadsheet may open."""

import io
from pathlib import Path

import pandas as pd

from mmrec_core.csv_text import csv_text
from mmrec_core.inputs.judgements import read_pair_names


def test_no_text_is_a_formula() -> None:
    table = pd.DataFrame({"name": ["-a.png", "b.png"], "note": ["=1+1", "fine"], "n": [-1, 2.5]})
    written = pd.read_csv(io.StringIO(csv_text(table)))
    assert written["name"].tolist() == ["'-a.png", "b.png"]
    assert written["note"].tolist() == ["'=1+1", "fine"]
    assert written["n"].tolist() == [-1, 2.5]


def test_an_empty_text_stays_empty() -> None:
    assert (
        csv_text(pd.DataFrame({"note": ["", "fine"], "tag": ["a", ""]})) == "note,tag\n,a\nfine,\n"
    )


def test_what_is_read_again_is_what_was_written(tmp_path: Path) -> None:
    names = ["=cmd()", "-a.png", "'quoted'.png", "plain.png", "@home/ü.png"]
    path = tmp_path / "pairs.csv"
    path.write_text(csv_text(pd.DataFrame({"query": names, "candidate": names[::-1]})))
    assert not any(line.startswith("=") for line in path.read_text().splitlines())
    assert read_pair_names(path)["query"].tolist() == names
