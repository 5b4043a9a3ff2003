"""The benchmark of encoding pictures runs, and measures a build's own way."""

import pytest

from benchmarks import embedding


def test_every_way_is_printed_with_its_rate(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(embedding, "SIZES", ((96, 72),))
    embedding.main(["--images", "5", "--rounds", "1"])
    lines = [line.split("|") for line in capsys.readouterr().out.splitlines() if "|" in line]
    rates = {cells[1].strip(): [float(cell) for cell in cells[2:4]] for cells in lines[2:]}
    assert list(rates) == [*embedding.WAYS, "thumbnails, before it"]
    assert all(rate > 0 for both in rates.values() for rate in both)
    clock = {way: rate for way, (rate, _) in rates.items()}
    assert clock["limit"] < min(clock[embedding.WAYS[1]], clock[embedding.WAYS[2]])
