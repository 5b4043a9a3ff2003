"""The made bundle that speed is measured on: as sound as a built one, of any size."""

from pathlib import Path

import numpy as np

from benchmarks.made_bundle import make
from mmrec_core.bundle import Bundle, open_bundle, verify_bundle
from mmrec_core.serving.recommender import Query, Recommender


def test_a_made_bundle_is_sound_and_answers(demo: Bundle, tmp_path: Path) -> None:
    folder = make(tmp_path / "made", demo, 300, seed=1, text_dimension=768, say=lambda line: None)
    assert list(verify_bundle(folder)) == []
    made = open_bundle(folder)
    assert made.bert_text.shape == (300, 768)
    assert made.items["text"].isna().any()
    assert set(made.pairs["split"]) == {"train", "validation", "test"}
    assert all(made.cluster_words["text"])
    answer = Recommender(made).recommend(Query(made.image(0)), k=5)
    assert len(answer.results) == 5
    assert np.isfinite([result.score for result in answer.results]).all()
