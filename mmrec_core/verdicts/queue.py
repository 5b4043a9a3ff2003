"""The queue of queries to grade: which, in what order, and each ranker's first candidates."""

from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from mmrec_core.evaluation.query_figures import candidate_recall
from mmrec_core.evaluation.scored_pairs import per_query_table, score_pairs
from mmrec_core.inputs.judgements import TEST, may_pair
from mmrec_core.serving.answers import ScoredQuery
from mmrec_core.serving.recommender import Recommender

HELD_OUT, TRAINING, ALL = SCOPES = ("held-out", "training", "all")
DISAGREEMENT, NDCG, PRECISION, RECALL, UNCERTAIN, WORSE = ORDERS = (
    "disagreement", "ndcg", "ap", "recall", "uncertain", "worse",
)  # fmt: skip
OF_RANKER = (NDCG, PRECISION, UNCERTAIN, WORSE)
FIRST = 6
"""Candidates of each ranker that a reviewer is shown."""


class QueuedCandidate(NamedTuple):
    """A candidate to grade: its row, raw score, probability and known relevance, None without."""

    row: int
    score: float
    probability: float | None
    relevant: bool | None


class Progress(NamedTuple):
    """How far the queries of a queue are graded.

    Attributes
    ----------
    graded : ndarray (queries,) bool
        Whether anybody gave a verdict on the query.
    own : ndarray (queries,) bool
        Whether the reviewer in question did.
    reviewers : int
        How many people gave verdicts on these queries.
    """

    graded: np.ndarray
    own: np.ndarray
    reviewers: int


def scored_queries(recommender: Recommender, held_out: pd.DataFrame) -> pd.DataFrame:
    """Return the scored pairs of all queries of a bundle, those that were trained on included.

    Parameters
    ----------
    recommender : Recommender
    held_out : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives. Where the build cross-fitted
        it has all queries, each scored by a ranker that never met it; otherwise all are scored by
        the bundle's own, without ``fold``.
    """
    scored, bundle = held_out, recommender.bundle
    if bundle.cross_fitted is None:
        scored = score_pairs(bundle.pairs, recommender.ranker)
        scored = scored.join(bundle.pairs.filter(["listed"]))
    return scored if "listed" in scored else scored.assign(listed=True)


def all_queries(recommender: Recommender, scored: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of all queries of a bundle, by which they can be ordered.

    Parameters
    ----------
    recommender : Recommender
    scored : DataFrame
        What `scored_queries` gives.

    Returns
    -------
    DataFrame
        The columns of `per_query_table`; ``recall``, the share of the query's relevant images that
        are candidates, NaN without any; for each ranker ``{ranker}_uncertain``, the mean distance
        of its first candidates' probabilities to its threshold, negated, NaN without a threshold.
    """
    table = per_query_table(scored).set_index("query")
    table["recall"] = candidate_recall(scored, recommender.relevance)
    trained = recommender.ranker
    for ranker, threshold in (trained.thresholds if trained else {}).items():
        first = scored[scored[f"{ranker}_rank"] <= FIRST]
        distance = (first[f"{ranker}_probability"] - threshold).abs()
        table[f"{ranker}_uncertain"] = -distance.groupby(first["query"]).mean()
    return table.reset_index()


def queue(
    queries: pd.DataFrame, splits: np.ndarray, scope: str, order: str, ranker: str
) -> pd.DataFrame:
    """Return the queries of a scope in the order in which they are to be graded.

    Parameters
    ----------
    queries : DataFrame
        What `all_queries` gives.
    splits : ndarray (n_images,) of str
        Each image's part of the split.
    scope : str
        ``held-out``: of the build's own split, on which verdicts compare rankers; ``training``
        (validation included), where verdicts train; ``all``.
    order : str
        One of `ORDERS`: ``disagreement``, most first; ``ndcg``, ``ap`` or ``recall``, worst first;
        ``uncertain``, the nearest to the threshold first; ``worse``, the worst first, of what
        `mmrec_core.verdicts.got_worse.worse_than` gives. Where it is not known, it comes last.
    ranker : str
        Whose figures, for those `OF_RANKER`.
    """
    held_out = splits[queries["query"]] == TEST
    table = {HELD_OUT: queries[held_out], TRAINING: queries[~held_out], ALL: queries}[scope]
    column = f"{ranker}_{order}" if order in OF_RANKER else order
    if column not in table:
        return table
    most_first = order in (DISAGREEMENT, UNCERTAIN, WORSE)
    return table.sort_values(column, ascending=not most_first, kind="stable")


def dealt(images: np.ndarray, part: int, parts: int) -> np.ndarray:
    """Say which queries are one part of a queue that several reviewers share.

    A query's part hangs on its name alone: it stays the same in every order, scope and build, and
    the parts are about as large as each other.

    Parameters
    ----------
    images : ndarray (queries,) of str
        The queries' names.
    part : int
        From 1.
    parts : int

    Returns
    -------
    ndarray (queries,) bool
    """
    return np.array([crc32(str(name).encode()) % parts == part - 1 for name in images], dtype=bool)


def progress(counts: pd.DataFrame, images: np.ndarray, reviewer: str) -> Progress:
    """Say which of a queue's queries are graded, and by how many.

    Parameters
    ----------
    counts : DataFrame
        What `mmrec_core.verdicts.store.VerdictStore.counts` gives.
    images : ndarray (queries,) of str
        The queries' names.
    reviewer : str
        Whose verdicts are ``own``.
    """
    here = counts[counts["query"].isin(images)]
    own = here.loc[here["reviewer"] == reviewer, "query"]
    return Progress(
        graded=np.isin(images, here["query"]),
        own=np.isin(images, own),
        reviewers=here["reviewer"].nunique(),
    )


def next_open(done: np.ndarray, place: int) -> int:
    """Return the first place after ``place`` that is not done, from the start on if need be.

    The same place where all others are done.
    """
    others = (place + 1 + np.arange(len(done) - 1)) % len(done)
    left = others[~done[others]]
    return int(left[0]) if len(left) else place


def lists_whole(recommender: Recommender) -> bool:
    """Say whether the scored pairs of a held-out query hold all its candidates.

    They do where labels say what is relevant and every image has one; of judged pairs there are
    only those that somebody judged.
    """
    bundle = recommender.bundle
    return bundle.manifest.relevance == "labels" and bool(bundle.items["label"].notna().all())


def first_listed(scored: pd.DataFrame, ranker: str, n: int = FIRST) -> list[QueuedCandidate]:
    """Return a ranker's first candidates of a query, as its figures count them, ``n`` at most.

    Parameters
    ----------
    scored : DataFrame
        One query's part of what `scored_queries` gives, where `lists_whole`.
    ranker : str
    n : int
    """
    known = scored[scored["listed"] & scored[f"{ranker}_score"].notna()]
    first = known.sort_values(f"{ranker}_rank", kind="stable").iloc[:n]
    return [
        QueuedCandidate(
            int(row["candidate"]),
            float(row[f"{ranker}_score"]),
            None if np.isnan(row[f"{ranker}_probability"]) else float(row[f"{ranker}_probability"]),
            bool(row["relevance"]),
        )
        for row in first.to_dict("records")
    ]


def first_candidates(
    recommender: Recommender, scored: ScoredQuery, ranker: str, n: int = FIRST
) -> list[QueuedCandidate]:
    """Return a ranker's first candidates that may be paired with the query, ``n`` at most.

    A query of the training part meets no held-out image, so that its verdicts can be trained on.
    """
    splits, query = recommender.bundle.items["split"].to_numpy(), scored.info.index
    scores = scored.scores[ranker].astype(float)
    if query is not None:
        scores = np.where(may_pair(splits[query], splits[scored.candidates]), scores, np.nan)
    order = np.argsort(-np.where(np.isnan(scores), -np.inf, scores), kind="stable")[:n]
    order = order[~np.isnan(scores[order])]
    rows, scores = scored.candidates[order], scores[order]
    known = np.full(len(rows), np.nan) if query is None else recommender.relevance.of(query, rows)
    trained = recommender.ranker
    probabilities = trained.calibration[ranker].probability(scores) if trained else None
    return [
        QueuedCandidate(
            int(row),
            float(scores[place]),
            None if probabilities is None else float(probabilities[place]),
            None if np.isnan(known[place]) else bool(known[place]),
        )
        for place, row in enumerate(rows)
    ]
