"""Where the images known to be relevant were lost: before ranking, or by it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from mmrec_core.serving.answers import Recommendation, ScoredQuery
from mmrec_core.serving.recommender import Recommender

Stage = Literal["shown", "ranked low", "not ranked", "not found", "own picture"]
STAGES: tuple[Stage, ...] = ("shown", "ranked low", "not ranked", "not found", "own picture")


@dataclass(frozen=True)
class RelevantItem:
    """An image known to be relevant to the query, and where it is.

    Attributes
    ----------
    index : int
        Its row.
    stage : str
        ``shown``: among the first k, itself or the image that it was collapsed into. ``ranked
        low``: a candidate below k, a ranking error. ``not ranked``: a candidate that the ranker
        has nothing to compare with. ``not found``: no candidate, a retrieval miss. ``own picture``:
        left out, since it shows the query's own picture.
    rank : int or None
        Its place in the ranker's whole list.
    cluster : int
        Its cluster.
    cluster_place : int
        The place of its cluster among all clusters by distance from the query, from 1.
    """

    index: int
    stage: Stage
    rank: int | None
    cluster: int
    cluster_place: int


@dataclass(frozen=True)
class Attribution:
    """What became of everything known to be relevant to a query.

    Attributes
    ----------
    source : {"judged", "labels"}
        Whether people judged the pairs, or equal labels count as relevant.
    held_out : bool
        Whether nothing was fitted on the query image: only then do the counts speak of quality.
    k : int
        How many results were shown.
    counts : dict
        How many items there are of each of `STAGES`.
    items : list of RelevantItem
        All, in the order of `STAGES` and then of rank and cluster's place.
    """

    source: Literal["judged", "labels"]
    held_out: bool
    k: int
    counts: dict[Stage, int]
    items: list[RelevantItem]


def attribute(
    recommender: Recommender, scored: ScoredQuery, answer: Recommendation, k: int
) -> Attribution | None:
    """Follow everything known to be relevant to the query through the stages.

    Parameters
    ----------
    recommender : Recommender
    scored : ScoredQuery
    answer : Recommendation
        The answer of one ranker to it.
    k : int
        How many results were requested.

    Returns
    -------
    Attribution or None
        None where nothing is known: for a new image or a text, or an image without label or
        judgements.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.attribution import attribute
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> scored = recommender.score(Query("animals/birds/magpie.png"))
    >>> lost = attribute(recommender, scored, recommender.answer(scored, k=5), 5)
    >>> lost.source, sum(lost.counts.values()) == len(lost.items)
    ('labels', True)
    """
    bundle, known, query = recommender.bundle, recommender.relevance, scored.info.index
    if query is None or known.source is None:
        return None
    rows = known.relevant(query)
    if not len(rows):
        return None
    places = np.empty(len(scored.placed.distances), dtype=np.int64)
    places[np.argsort(scored.placed.distances, kind="stable")] = np.arange(1, len(places) + 1)
    cluster_of = np.asarray(bundle.cluster_of[rows])
    own = set(answer.query.duplicates)
    items = []
    listed = np.isin(rows, answer.candidates)
    for row, cluster, candidate in zip(rows, cluster_of, listed, strict=True):
        rank = answer.rank_of(int(row)) if candidate else None
        if not candidate:
            stage: Stage = "not found"
        elif rank is not None:
            stage = "shown" if rank <= k else "ranked low"
        else:
            stage = "own picture" if bundle.image(int(row)) in own else "not ranked"
        items.append(RelevantItem(int(row), stage, rank, int(cluster), int(places[cluster])))
    items.sort(key=lambda item: (STAGES.index(item.stage), item.rank or 0, item.cluster_place))
    held_out = bundle.columns["split"][query] == "test" and bool(bundle.columns["is_query"][query])
    counts = {stage: sum(item.stage == stage for item in items) for stage in STAGES}
    return Attribution(known.source, held_out, k, counts, items)
