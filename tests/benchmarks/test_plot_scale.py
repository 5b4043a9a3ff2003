"""The plot of cost against size: every line in it, for readers in either scheme."""

import json
from pathlib import Path

import pytest

from benchmarks.plot_scale import PANELS, RESULTS, draw
from mmrec_core.measuring.figures import Figure
from mmrec_core.measuring.lines import LINES
from mmrec_core.measuring.machine import this_machine
from mmrec_core.measuring.report import as_json

KEPT = sorted(RESULTS.glob("[0-9]*.json"))


def test_the_plot_shows_every_panel_and_takes_the_reader_s_colours(tmp_path: Path):
    machine = this_machine()
    parts = {"milliseconds": 1.0, "faiss' milliseconds": 2.0}
    results = [
        as_json(
            [Figure(line, images / 1_000, limit=0.5, parts=parts) for line in LINES],
            images,
            seed=0,
            map="pca",
            machine=machine,
        )
        for images in (1_000, 125_000)
    ]
    draw(results, tmp_path / "scale.svg")
    text = (tmp_path / "scale.svg").read_text("utf-8")
    for title, _, lines in PANELS:
        assert title in text
        for _, _, words in lines:
            assert words in text
    assert "prefers-color-scheme:dark" in text
    assert "currentColor" in text
    draw(results, tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_text("utf-8") == text


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_kept_results_have_every_line_of_the_table(file: Path):
    result = json.loads(file.read_text("utf-8"))
    assert [line["name"] for line in result["lines"]] == [line.name for line in LINES]
    assert result["machine"]["cores"]
