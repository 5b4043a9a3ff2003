"""Which of a bundle's queries its own story shows: chosen by what is measured, not by name."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mmrec_core.collection.examples import examples
from mmrec_core.collection.vectors import products
from mmrec_core.evaluation.scored_pairs import held_out_pairs, rankers_of, score_held_out
from mmrec_core.inputs.splits import HELD_OUT
from mmrec_core.ranker.model import BERT, CLIP, MODEL
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.embedding_rows import ALIKE

FIRST = 5
_LEAST_RELEVANT = 5
_LEAST_GAIN = 1.5  # relevant results that the trained ranker shows beyond CLIP and BERT
_MOST_RIGHT_OF_AN_ERROR = 2


class Chosen(NamedTuple):
    """Rows of two queries.

    Attributes
    ----------
    shown : int
        Where the rankers differ and the trained one does well. Of those it lies in no small
        cluster, and has the most similar picture in the collection beside it. Any good first query
        without pairs.
    wrong : int or None
        Where the trained ranker does worst; None where nothing is known, or nothing is that bad.
    queries : int
        How many held-out queries it is the worst of.
    """

    shown: int
    wrong: int | None
    queries: int


def chosen_queries(recommender: Recommender) -> Chosen:
    """Choose the queries that a bundle's story shows, of those that the served ranker never met."""
    bundle = recommender.bundle
    otherwise = examples(bundle.items, 1)[0]
    if recommender.ranker is None:
        return Chosen(otherwise, None, 0)
    held_out = held_out_pairs(bundle.pairs, None)
    if held_out.empty:
        return Chosen(otherwise, None, 0)
    table = _first_places(score_held_out(held_out, {HELD_OUT: recommender.ranker}))
    table = table[table["relevant"] >= _LEAST_RELEVANT]
    if table.empty:
        return Chosen(otherwise, None, 0)
    captioned = bundle.items["text"].notna().to_numpy()[table.index]
    others = table[[name for name in (CLIP, BERT) if name in table]].mean(axis=1)
    fit = captioned if captioned.any() else ~captioned
    best = table.index[fit & (table[MODEL] == table[MODEL][fit].max())]
    gain = (table[MODEL] - others).loc[best]
    differing = gain.index[gain >= min(_LEAST_GAIN, gain.max())]
    sizes = bundle.cluster_sizes[bundle.cluster_of[differing]]
    common = sizes >= min(bundle.cluster_sizes.mean(), sizes.max())
    shown = int(max(differing[common], key=lambda row: _nearest_picture(recommender, int(row))))
    worst = table.drop(index=shown).sort_values([MODEL, "relevant"], ascending=[True, False])
    wrong = None
    if len(worst) and worst[MODEL].iloc[0] <= _MOST_RIGHT_OF_AN_ERROR:
        wrong = int(worst.index[0])
    return Chosen(shown, wrong, len(table))


def _nearest_picture(recommender: Recommender, row: int) -> float:
    """Return the cosine of the nearest picture that is no copy: how well likeness can be shown."""
    near = np.asarray(recommender.bundle.neighbours[row, 0])
    pictures = recommender.collection.unit.clip_image
    cosines = products(pictures[near[near >= 0]], pictures[[row]])[0]
    return float(cosines[cosines < ALIKE].max(initial=-1.0))


def _first_places(scored: pd.DataFrame) -> pd.DataFrame:
    """Return by query how many of each ranker's first places, and of all pairs, are relevant."""
    queries = scored["query"].to_numpy()
    columns = {"relevant": scored["relevance"].groupby(queries).sum()}
    for name in rankers_of(scored):
        first = (scored[f"{name}_rank"] <= FIRST) & scored[f"{name}_score"].notna()
        columns[name] = (scored["relevance"] * first).groupby(queries).sum()
    return pd.DataFrame(columns)
