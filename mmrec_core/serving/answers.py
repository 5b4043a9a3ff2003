"""What a query asks and what comes back: plain data, shared by core, command line and pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL.Image import Image

from mmrec_core.collection.candidates import Placed
from mmrec_core.collection.vectors import Vectors
from mmrec_core.ranker.explanation import Contributions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Query:
    """What is searched for: an image, a text, or an image with a text.

    ``image`` is a name in the bundle, or a decoded picture (`mmrec_core.inputs.images.decode`), or
    None for a text alone. A blank ``text`` is no text. An image of the bundle comes with its own
    caption, which ``text`` replaces.

    Examples
    --------
    >>> from mmrec_core.serving.answers import Query
    >>> of_the_bundle = Query("animals/birds/magpie.png")
    >>> in_other_words = Query("animals/birds/magpie.png", "A black and white bird.")
    >>> text_alone = Query(text="A birthday cake.")
    """  # fmt: skip

    image: str | Image | None = None
    text: str | None = None


@dataclass(frozen=True, eq=False)
class EmbeddedQuery:
    """A query as vectors, from `mmrec_core.serving.scoring.Scorer.embed`, or altered.

    Attributes
    ----------
    image : str or None
        Its name, if it is an image of the bundle.
    row : int
        The row that it must not find: the image's own, or that of the image whose picture it is a
        part of; else -1.
    text : str or None
        Its caption; None where it has none.
    vectors : Vectors
        n = 1, not normalised, NaN where it has no picture or no text.
    stored : bool
        Whether the bundle has all of it, caption and neighbour lists included.
    """

    image: str | None
    row: int
    text: str | None
    vectors: Vectors
    stored: bool = False

    @property
    def by_text(self) -> bool:
        """Whether it is a text without a picture."""
        return bool(np.isnan(self.vectors.clip_image[0, 0]))


@dataclass(frozen=True)
class QueryInfo:
    """The query as it was understood.

    ``index`` and ``image`` are None where it is no image of the bundle. ``x``, ``y`` are its place
    on the map; ``duplicates`` names images left out of the results because their picture is the
    query's own, as ``collapse`` asks.
    """

    index: int | None
    image: str | None
    text: str | None
    cluster: int
    x: float
    y: float
    duplicates: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ScoredQuery:
    """A query with all its candidates, scored by every ranker that can answer it.

    Attributes
    ----------
    info : QueryInfo
    placed : Placed
    candidates : ndarray (n,) int64
        Rows, ascending.
    features : ndarray (n, len(FEATURES)) float32
        NaN where a modality is missing.
    scores : dict of ndarray (n,) float64
        Raw scores by ranker; NaN where it has nothing to compare.
    by_text : bool
        Whether it is a text without a picture.
    timings_ms : dict
        Milliseconds of the stages up to here.
    """

    info: QueryInfo
    placed: Placed
    candidates: np.ndarray
    features: np.ndarray
    scores: dict[str, np.ndarray]
    by_text: bool
    timings_ms: dict[str, float]


@dataclass(frozen=True, eq=False)
class Ordered:
    """A query's candidates in one ranker's order, without explanations.

    Attributes
    ----------
    scored : ScoredQuery
    ranker : str
    order : ndarray (m,) int64
        Places among the candidates, best first, without what was collapsed.
    ranks : ndarray (n,) float64
        As of `Recommendation`.
    collapsed : dict
        What was collapsed into a place of ``order``.
    probability : ndarray (n,) float64 or None
    own : ndarray (n,) bool
        Candidates that are left out, since they show the query's own picture.
    """

    scored: ScoredQuery
    ranker: str
    order: np.ndarray
    ranks: np.ndarray
    collapsed: dict[int, list[int]]
    probability: np.ndarray | None
    own: np.ndarray


@dataclass(frozen=True)
class NearCluster:
    """A cluster near the query: its number, its distance from the query, its images."""

    cluster: int
    distance: float
    size: int


@dataclass(frozen=True)
class Result:
    """One recommendation.

    ``rank`` is its place in the list shown. ``score`` is raw (log-odds for ``model``, cosine for
    the others), ``probability`` the calibrated chance that it is relevant, None where nothing was
    calibrated for such a query. ``relevance`` is 1 or 0 where judgements or labels say whether it
    is relevant. ``features`` has NaN where a modality is missing; ``percentiles`` says what
    percentage of the query's candidates have a lower value. ``duplicates`` names the images that
    were collapsed into this one.
    """

    rank: int
    index: int
    image: str
    text: str | None
    cluster: int
    score: float
    probability: float | None
    relevance: int | None
    features: dict[str, float]
    percentiles: dict[str, float]
    contributions: Contributions
    duplicates: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Recommendation:
    """One ranker's answer to a query.

    Attributes
    ----------
    query : QueryInfo
    ranker : str
    clusters : list of NearCluster
        The nearest clusters; they gave the candidates, unless exact search did.
    candidates : ndarray (n,) int64
        Their rows, ascending.
    ranks : ndarray (n,) float64
        Each candidate's place in the whole list, from 1; that of the image shown in its stead if
        it was collapsed; NaN if the ranker cannot compare it or it is the query's own picture.
    results : list of Result
        The first k.
    threshold : float or None
        The probability from which on a candidate counts as relevant, as validation queries chose.
    end_of_relevance : int or None
        How many places of the whole list lie before the probability first falls below the
        threshold. None without one, and in a diversified list, which is not in that order.
    timings_ms : dict
        Milliseconds by stage.
    """

    query: QueryInfo
    ranker: str
    clusters: list[NearCluster]
    candidates: np.ndarray
    ranks: np.ndarray
    results: list[Result]
    threshold: float | None
    end_of_relevance: int | None
    timings_ms: dict[str, float]

    def table(self) -> pd.DataFrame:
        """Return the results as a table.

        Returns
        -------
        DataFrame
            One row a result, indexed by ``rank``: ``image``, ``text``, ``cluster``, ``score``,
            ``probability`` (NaN where nothing was calibrated) and ``relevance`` (1, 0, or NaN where
            it is not known).

        Examples
        --------
        >>> from mmrec_core.bundle import open_bundle
        >>> from mmrec_core.serving.answers import Query
        >>> from mmrec_core.serving.recommender import Recommender
        >>> recommender = Recommender(open_bundle("artifacts/demo"))
        >>> table = recommender.recommend(Query("animals/birds/magpie.png"), k=3).table()
        >>> table.index.tolist(), bool(table["score"].is_monotonic_decreasing)
        ([1, 2, 3], True)
        """
        import pandas as pd  # a recommendation printed as JSON needs none

        columns = ("image", "text", "cluster", "score", "probability", "relevance")
        rows = [[getattr(result, name) for name in columns] for result in self.results]
        ranks = pd.Index([result.rank for result in self.results], name="rank")
        table = pd.DataFrame(rows, ranks, columns)
        return table.astype({"score": float, "probability": float, "relevance": float})

    def contributions_table(self) -> pd.DataFrame:
        """Return what adds up to each result's score.

        Returns
        -------
        DataFrame
            One row a result, indexed by ``rank``: ``base``, and one column for each group of
            features. A row's sum is the result's score.

        Examples
        --------
        >>> from mmrec_core.bundle import open_bundle
        >>> from mmrec_core.serving.answers import Query
        >>> from mmrec_core.serving.recommender import Recommender
        >>> recommender = Recommender(open_bundle("artifacts/demo"))
        >>> answer = recommender.recommend(Query("animals/birds/magpie.png"))
        >>> difference = answer.contributions_table().sum(axis=1) - answer.table()["score"]
        >>> bool(difference.abs().max() < 1e-5)
        True
        """
        import pandas as pd

        parts = [result.contributions for result in self.results]
        ranks = pd.Index([result.rank for result in self.results], name="rank")
        return pd.DataFrame([{"base": part.base} | part.groups for part in parts], ranks)

    def rank_of(self, row: int) -> int | None:
        """Return the place of the image of row ``row`` in the whole list, if it has one."""
        place = place_of(row, self.candidates)
        rank = np.nan if place is None else self.ranks[place]
        return None if np.isnan(rank) else int(rank)


def place_of(row: int, candidates: np.ndarray) -> int | None:
    """Return where a row stands among candidates, (n,) ascending; None if it is none of them."""
    place = int(np.searchsorted(candidates, row))
    return place if place < len(candidates) and candidates[place] == row else None
