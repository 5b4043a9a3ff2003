"""Near-duplicates and label mistakes: what was planted is found, and twins have no vote."""

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.collection.near_duplicates import (
    alike,
    label_mistakes,
    near_duplicate_pairs,
    voters,
)
from mmrec_core.inputs.splits import near_duplicates

LABELS = np.array(["cat"] * 5 + ["dog"] * 5 + [None], dtype=object)


def lists(cosines: dict[tuple[int, int], float]) -> tuple[np.ndarray, np.ndarray]:
    """Neighbour lists of eleven images: those of one kind have cosine 0.5, others are none."""
    matrix = np.full((11, 11), -1.0)
    for group in (range(5), range(5, 10)):
        matrix[np.ix_(group, group)] = 0.5
    for (first, second), cosine in cosines.items():
        matrix[first, second] = matrix[second, first] = cosine
    np.fill_diagonal(matrix, -2)
    rows = np.argsort(-matrix, axis=1, kind="stable")[:, :6].astype(np.int32)
    sorted_cosines = np.take_along_axis(matrix, rows, axis=1).astype(np.float32)
    rows[sorted_cosines < 0] = -1
    return rows, sorted_cosines


def test_each_pair_is_listed_once_the_most_alike_first() -> None:
    pairs = near_duplicate_pairs(*lists({(0, 7): 0.97, (1, 2): 0.97, (3, 10): 0.92}))
    assert pairs[["first", "second"]].to_numpy().tolist() == [[0, 7], [1, 2], [3, 10]]
    assert len(near_duplicate_pairs(*lists({}))) == 0


def test_a_wrong_label_is_found_by_its_neighbours_but_not_by_its_twins() -> None:
    labels = LABELS.copy()
    labels[2] = "dog"
    found = label_mistakes(*lists({}), labels)
    assert found["row"].tolist() == [2]
    assert found.loc[0, ["label", "suggested", "confidence", "own"]].tolist() == [
        "dog",
        "cat",
        1,
        0,
    ]
    rows, cosines = lists({(2, 0): 0.99, (2, 1): 0.99})
    assert label_mistakes(rows, cosines, labels).empty  # only two voters are left
    assert voters(rows, cosines, labels, 2).tolist() == [3, 4]


def test_the_demo_has_one_picture_in_two_categories(demo: Bundle) -> None:
    pairs = near_duplicate_pairs(*alike(demo))
    labels = demo.items["label"].to_numpy(object)
    across = pairs[labels[pairs["first"]] != labels[pairs["second"]]]
    names = demo.items["image"].to_numpy()[across[["first", "second"]].to_numpy()]
    assert ["military/fireman240a.png", "people/fireman240a.png"] in names.tolist()


def test_what_people_say_of_near_duplicates_goes_before_their_cosine() -> None:
    pictures = np.array([[1, 0], [1, 0.01], [-1, 0], [0, 1], [0, -1]], dtype=np.float32)
    texts = pd.Series([None] * 5)
    assert len(set(near_duplicates(pictures, texts).tolist())) == 4
    said = pd.DataFrame({"first": [1, 2], "second": [0, 3], "same": [False, True]})
    groups = near_duplicates(pictures, texts, said)
    assert groups[0] != groups[1]
    assert groups[2] == groups[3]
