"""CSV files that a spreadsheet may open."""

import io

import pandas as pd

from mmrec_core.csv_text import csv_text


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


def test_names_that_are_read_again_stay_as_they_are() -> None:
    table = pd.DataFrame({"name": ["-a.png"], "note": ["@sum"]})
    written = pd.read_csv(io.StringIO(csv_text(table, keep=["name"])))
    assert written.to_numpy().tolist() == [["-a.png", "'@sum"]]
