"""Characteristic words of clusters."""

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.collection.cluster_words import (
    WORDS_A_CLUSTER,
    characteristic_words,
)

CAPTIONS = pd.Series(
    [
        "A brown owl on the tree.",
        "An owl, an owl, an owl!",
        "Brown owl 2024",
        "Трактор в поле — и ещё трактор.",
        "Красный трактор.",
        "A tree.",
        None,
        "<img src=x onerror=alert(1)> tree",
    ]
)
CLUSTER_OF = np.array([0, 0, 0, 1, 1, 3, 2, 3])


def test_words_tell_a_cluster_from_the_others():
    owls, tractors, silent, trees = characteristic_words(CAPTIONS, CLUSTER_OF, 4)
    assert owls == ["owl", "brown", "tree"]
    assert tractors == ["трактор", "красный", "поле"]
    assert silent == []
    assert trees[0] == "tree"
    assert all(word.isalpha() for word in trees)


def test_word_order_does_not_depend_on_the_order_of_the_captions():
    order = np.random.default_rng(0).permutation(len(CAPTIONS))
    shuffled = characteristic_words(CAPTIONS.iloc[order], CLUSTER_OF[order], 4)
    assert shuffled == characteristic_words(CAPTIONS, CLUSTER_OF, 4)


def test_captions_without_words_name_nothing():
    nothing = pd.Series(["the", "1 2 3", None, "и"])
    assert characteristic_words(nothing, np.array([0, 0, 1, 1]), 2) == [[], []]
    assert characteristic_words(pd.Series([None], dtype=object), np.array([0]), 1) == [[]]


def test_only_caption_columns_give_words():
    columns = ["image", "text", "label", "text_ru", "text_source", "text_pt_br", "context"]
    assert caption_columns(columns) == ["text", "text_ru", "text_pt_br"]


def test_the_demo_s_clusters_are_named_in_both_languages(demo: Bundle):
    words = demo.cluster_words
    assert list(words) == ["text", "text_ru"]
    assert all(len(named) == len(demo.centroids) for named in words.values())
    assert max(map(len, words["text"])) == WORDS_A_CLUSTER
    assert {"planet", "castle", "lion"} & {word for named in words["text"] for word in named}
    assert "планета" in {word for named in words["text_ru"] for word in named}
