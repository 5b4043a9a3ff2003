"""Figures over builds: as Evaluation has them, and a regression where one was made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.errors import OptionError, VerdictError
from mmrec_core.evaluation.bootstrap import paired_difference
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.query_sets.builds import (
    MOST,
    BuildRecords,
    RecordedBuild,
    record_if_possible,
    recorded_build,
)
from mmrec_core.query_sets.history import history_lines, over_builds
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.database import writing
from mmrec_core.verdicts.places import Place, verdict_place


def build(digest: str, day: int, **ndcg: float) -> RecordedBuild:
    figures = pd.DataFrame(
        {
            "image": list(ndcg),
            "candidate_recall": 0.5,
            "clip_ndcg": list(ndcg.values()),
            "clip_rr": 1.0,
            "clip_recall": 1.0,
        }
    )
    return RecordedBuild(digest, f"2026-01-{day:02}T00:00:00+00:00", figures)


def test_a_change_is_paired_over_the_queries_of_both_builds():
    builds = [
        build("one", 1, a=1.0, b=0.5, c=0.75, gone=0.0),
        build("two", 2, a=0.5, b=0.25, c=0.25, new=1.0),
        build("three", 3, a=0.5, b=np.nan, c=0.75),
    ]
    table = over_builds(builds, "clip", "ndcg@5", seed=3)
    assert table["value"].tolist() == pytest.approx([0.5625, 0.5, 0.625])
    assert table["queries"].tolist() == [4, 4, 2]
    assert table["shared"].tolist() == [0, 3, 2]
    known = paired_difference(np.array([0.5, 0.25, 0.25]), np.array([1.0, 0.5, 0.75]), seed=3)
    second = table.iloc[1]
    assert [second[c] for c in ("difference", "difference_low", "difference_high")] == [
        known["value"],
        known["low"],
        known["high"],
    ]
    assert table["worse"].tolist() == [False, True, False]
    assert "worse" in history_lines(table, "ndcg@5", "clip")[3]


def test_a_set_alone_shows_what_the_mean_of_all_hides():
    builds = [build("one", 1, a=0.5, b=1.0, c=0.0), build("two", 2, a=1.0, b=0.5, c=0.0)]
    everything = over_builds(builds, "clip", "ndcg@5")
    assert everything["difference"].iloc[1] == 0
    assert not everything["worse"].any()
    one = over_builds(builds, "clip", "ndcg@5", ["b", "unknown", "b"])
    assert one["queries"].tolist() == [1, 1]
    assert one["difference"].iloc[1] == -0.5
    assert one["worse"].tolist() == [False, True]
    nothing = over_builds(builds, "clip", "ndcg@5", ["unknown"])
    assert nothing["value"].isna().all()
    assert over_builds(builds, "bert", "ndcg@5").empty
    with pytest.raises(OptionError, match="metric"):
        over_builds(builds, "clip", "auc")


def test_a_recorded_build_has_the_figures_of_evaluation(demo: Bundle, tmp_path: Path):
    recommender = Recommender(demo)
    scored = scored_pairs(recommender)
    records = BuildRecords(tmp_path / "demo.verdicts.sqlite")
    records.record(recorded_build(recommender, scored))
    records.record(recorded_build(recommender, scored))
    (kept,) = records.newest()
    assert (kept.digest, kept.rankers) == (demo.digest, ("model", "clip", "bert", "fused"))
    measured = measure(scored, demo.manifest.seed)["rankers"]
    for metric in ("ndcg@5", "mrr", "recall@5"):
        row = over_builds([kept], "model", metric, seed=demo.manifest.seed).iloc[0]
        for end in ("value", "low", "high"):
            assert row[end] == pytest.approx(measured["model"][metric][end], abs=1e-6)


def test_builds_are_kept_in_the_order_of_time_and_the_oldest_dropped(place: Place):
    records = BuildRecords(place)
    assert records.newest() == []
    for i in range(MOST + 1):
        records.record(RecordedBuild(str(i), f"{3000 - i}", build("", 1, a=1.0).figures))
    kept = records.newest()
    assert [each.digest for each in kept] == [str(i) for i in range(MOST - 1, -1, -1)]
    assert [each.digest for each in records.newest(2)] == ["1", "0"]
    with writing(records.path) as connection:
        connection.execute("UPDATE builds SET figures = 'no table'")
    with pytest.raises(VerdictError, match="damaged"):
        records.newest()


def test_recording_fails_silently_where_nothing_can_be_written(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path / "file"))
    record_if_possible(demo_bundle)
    record_if_possible(tmp_path / "no bundle")
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    record_if_possible(demo_bundle)
    assert BuildRecords(verdict_place(demo_bundle)).has(open_bundle(demo_bundle).digest)
