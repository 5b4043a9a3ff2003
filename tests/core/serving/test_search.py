"""Searches by content: as people type them, and what is taken away."""

import numpy as np
import pytest

from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.search import AWAY, Term, search
from mmrec_core.serving.written_search import read


@pytest.mark.parametrize(
    ("line", "terms", "adds"),
    [
        ("a cake with candles", [("a cake with candles", 1.0)], False),
        ("a cake -chocolate", [("a cake", 1.0), ("chocolate", AWAY)], False),
        ("a cake − dark chocolate", [("a cake", 1.0), ("dark chocolate", AWAY)], False),
        ("торт −шоколад +свечи", [("торт", 1.0), ("шоколад", AWAY), ("свечи", 1.0)], False),
        ("-chocolate", [("chocolate", AWAY)], True),
        ("+ candles", [("candles", 1.0)], True),
        ("a t-shirt", [("a t-shirt", 1.0)], False),
        ("a cat - a drawing", [("a cat - a drawing", 1.0)], False),
        ("at -5 degrees", [("at -5 degrees", 1.0)], False),
        (" − ", [("−", 1.0)], False),
        ("", [], False),
    ],
)
def test_a_line_is_words_and_parts_behind_signs(line, terms, adds) -> None:
    found = read(line)
    assert [(term.text, term.weight) for term in found.terms] == terms
    assert found.adds == adds


def test_pictures_unlike_what_is_taken_away_keep_their_order(recommender: Recommender) -> None:
    bird, house = Term(1.0, text="a bird"), Term(AWAY, text="a house")
    alone, without = search(recommender, [bird]), search(recommender, [bird, house])
    like_house = search(recommender, [Term(1.0, text="a house")])
    unlike = np.flatnonzero(like_house < like_house.mean())
    order = unlike[np.argsort(-alone[unlike], kind="stable")]
    assert (np.diff(without[order]) <= 1e-6).all()
    most_like = int(like_house.argmax())
    place = (np.sum(alone > alone[most_like]), np.sum(without > without[most_like]))
    assert place[1] > place[0]


def test_alone_what_is_taken_away_orders_by_being_unlike_it(recommender: Recommender) -> None:
    house = search(recommender, [Term(1.0, text="a house")])
    away = search(recommender, [Term(AWAY, text="a house")])
    assert int(away.argmax()) == int(house.argmin())
