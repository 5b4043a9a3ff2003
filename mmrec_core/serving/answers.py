"""What a query asks and what comes back: plain data, shared by core, command line and pages."""

from dataclasses import dataclass, field

import numpy as np
from PIL.Image import Image

from mmrec_core.collection.candidates import Placed
from mmrec_core.ranker.explanation import Contributions


@dataclass(frozen=True)
class Query:
    """What recommendations are asked for: an image, a text, or an image with a text.

    ``image`` is a name in the bundle, or a decoded picture (`mmrec_core.inputs.images.decode`), or
    None for a text alone. A blank ``text`` is no text. An image of the bundle comes with its own
    caption, which ``text`` replaces.
    """  # fmt: skip

    image: str | Image | None = None
    text: str | None = None


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

    def rank_of(self, row: int) -> int | None:
        """Return the place of the image of row ``row`` in the whole list, if it has one."""
        place = int(np.searchsorted(self.candidates, row))
        if place >= len(self.candidates) or self.candidates[place] != row:
            return None
        rank = self.ranks[place]
        return None if np.isnan(rank) else int(rank)
