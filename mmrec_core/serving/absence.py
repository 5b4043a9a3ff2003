"""Why an image is not among a query's results: the stage that lost it, and what it lacks there."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mmrec_core.collection.neighbours import IMAGE, TEXT
from mmrec_core.collection.vectors import products
from mmrec_core.ranker.model import all_scores
from mmrec_core.ranker.pair_features import pair_features
from mmrec_core.serving.answers import Recommendation, Result, ScoredQuery
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.standing import Standing, stands_for
from mmrec_core.serving.text_query import without_picture

Loss = Literal[
    "query", "not found", "own picture", "not ranked", "merged", "shown", "spread", "ranked low"
]
LOSSES: tuple[Loss, ...] = (
    "query", "not found", "own picture", "not ranked", "merged", "shown", "spread", "ranked low",
)  # fmt: skip


@dataclass(frozen=True)
class Retrieval:
    """How far an image was from being a candidate.

    Attributes
    ----------
    method : {"exact", "clusters", "text"}
        What is nearest: images by standardised similarity, clusters, or pictures and captions.
    place : int
        The place of the image, or of its cluster, by nearness to the query, from 1. For a text the
        better of its places among pictures and among captions.
    taken, of : int
        How many of the nearest are, or give, candidates; and how many there are.
    """

    method: Literal["exact", "clusters", "text"]
    place: int
    taken: int
    of: int


@dataclass(frozen=True)
class Absence:
    """What became of one image in one ranker's answer.

    Attributes
    ----------
    index : int
        Its row.
    ranker : str
    loss : str
        ``query``: it is the query. ``not found``: it is no candidate. ``own picture``: left out,
        since it shows the query's own picture. ``not ranked``: the ranker has nothing to compare.
        ``merged``: a near-duplicate, ``other``, stands for it. ``shown``: it is among the results.
        ``spread``: its score would show it, but diversity prefers images unlike ``other``.
        ``ranked low``: its score is too low.
    rank : int or None
        Its place in the whole list; of no candidate the place that it would have as one.
    by_score : int or None
        Its place by score alone, which diversity does not change.
    other : int or None
        The row of the image that it was merged into, or of the result that it is most like.
    retrieval : Retrieval or None
        For no candidate, where it can be said.
    result, last : Result or None
        It, explained as if it were shown, where it has a rank; and the last result shown.
    """

    index: int
    ranker: str
    loss: Loss
    rank: int | None = None
    by_score: int | None = None
    other: int | None = None
    retrieval: Retrieval | None = None
    result: Result | None = None
    last: Result | None = None

    @property
    def lacks(self) -> bool:
        """Whether its score is below that of the last result."""
        return bool(self.result and self.last and self.result.score < self.last.score)


def why_not(
    recommender: Recommender,
    scored: ScoredQuery,
    answer: Recommendation,
    row: int,
    *,
    collapse: float | None = None,
    diversity: float = 0,
) -> Absence:
    """Say why an image of the collection is not among the results.

    Parameters
    ----------
    recommender : Recommender
    scored : ScoredQuery
    answer : Recommendation
        The answer of one ranker to it.
    row : int
        The image.
    collapse, diversity
        As they were for the answer.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.absence import why_not
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> magpie = "animals/birds/magpie.png"
    >>> scored = recommender.score(Query(magpie))
    >>> answer = recommender.answer(scored)
    >>> why_not(recommender, scored, answer, recommender.bundle.index_of(magpie)).loss
    'query'
    """
    last = answer.results[-1] if answer.results else None
    found = Absence(row, answer.ranker, "ranked low", last=last)
    if row == scored.info.index:
        return replace(found, loss="query")
    if not np.isin(row, scored.candidates):
        retrieval = _retrieval(recommender, scored, row)
        found = replace(found, loss="not found", retrieval=retrieval)
        scored = as_candidate(recommender, scored, row)
        answer = recommender.answer(
            scored, k=1, ranker=answer.ranker, collapse=collapse, diversity=diversity
        )
        return replace(
            found,
            rank=answer.rank_of(row),
            result=recommender.result_of(scored, answer, row),
        )
    if recommender.bundle.image(row) in answer.query.duplicates:
        return replace(found, loss="own picture")
    rank = answer.rank_of(row)
    if rank is None:
        return replace(found, loss="not ranked")
    score = float(scored.scores[answer.ranker][np.searchsorted(scored.candidates, row)])
    by_score = Standing.of(scored, answer).place_of(row, score)
    result = recommender.result_of(scored, answer, row)
    found = replace(found, rank=rank, by_score=by_score, result=result)
    leader = stands_for(scored, answer, row)
    if leader != row:
        return replace(found, loss="merged", other=leader)
    shown = [one.index for one in answer.results]
    if row in shown:
        return replace(found, loss="shown")
    if by_score > len(shown):
        return found
    pictures = recommender.collection.unit.clip_image
    return replace(
        found, loss="spread", other=shown[int(products(pictures[shown], pictures[[row]]).argmax())]
    )


def as_candidate(recommender: Recommender, scored: ScoredQuery, row: int) -> ScoredQuery:
    """Return a scored query with one more candidate, whose ranks are counted among the others."""
    features = pair_features(
        recommender.collection, scored.placed, np.array([row]), scored.candidates
    )
    if scored.by_text:
        features = without_picture(features)
    model = recommender.ranker.model if recommender.ranker and not scored.by_text else None
    scores = all_scores(model, features)
    place = int(np.searchsorted(scored.candidates, row))
    return replace(
        scored,
        candidates=np.insert(scored.candidates, place, row),
        features=np.insert(scored.features, place, features, axis=0),
        scores={n: np.insert(s, place, scores[n]) for n, s in scored.scores.items()},
    )


def _retrieval(recommender: Recommender, scored: ScoredQuery, row: int) -> Retrieval | None:
    placed, settings = scored.placed, recommender.settings
    if not scored.by_text and settings.method == "clusters":
        distances = placed.distances
        order = np.argsort(distances, kind="stable").tolist()
        place = 1 + order.index(int(recommender.bundle.cluster_of[row]))
        return Retrieval("clusters", place, settings.nearest_clusters, len(distances))
    if scored.by_text:
        search = recommender.collection.search
        places = [search.place_of(placed.unit, modality, row) for modality in (IMAGE, TEXT)]
        place = min(one for one in places if one is not None)
        return Retrieval("text", place, settings.exact_size, len(recommender.collection.unit))
    similarity = replace(placed.similarity)  # what it computes of all images is not kept
    place, of = similarity.place_of(row), int(np.isfinite(similarity.sums).sum())
    return None if place is None else Retrieval("exact", place, settings.exact_size, of)
