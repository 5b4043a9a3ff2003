"""What is relevant to what: judged pairs or labels, split by query."""

from pathlib import Path

import numpy as np
import pandas as pd

from mmrec_core.csv_text import as_written
from mmrec_core.errors import InputError
from mmrec_core.inputs.name_draws import uniform_by_pair
from mmrec_core.inputs.problem import Problem

TRAIN, VALIDATION, TEST = "train", "validation", "test"
ADDED = "added"
"""Images that came after the build: no queries of it, and nothing was fitted on them."""
TEST_SHARE, VALIDATION_SHARE = 0.20, 0.15
PAIRS_A_QUERY = 200
MOST_QUERIES = 5_000


def read_pairs(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read judged pairs.

    Parameters
    ----------
    path : Path
        CSV of three columns: query image, candidate image, and ``target`` (or ``relevance``), 0
        or 1. The first two may have any name (the reference's are ``img_clip_1,img_clip_2`` or
        ``img_bert_1,img_bert_2``).

    Returns
    -------
    pairs : DataFrame
        ``query``, ``candidate`` (names), ``relevance`` (0 or 1, int8).
    left_out : list of Problem
        Pairs that stand twice, contradict each other (all of them are left out), or pair an image
        with itself.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or has another target.
    """
    frame = read_pair_names(path)
    target = next((c for c in ("target", "relevance") if c in frame.columns), None)
    if target is None:
        raise InputError(
            f"{path} has the columns {', '.join(frame.columns)}: add a column 'target', 1 where "
            "the pair is relevant and 0 where it is not."
        )
    values = pd.to_numeric(frame[target], errors="coerce")
    if not values.isin([0, 1]).all():
        line = int(np.flatnonzero(~values.isin([0, 1]))[0]) + 2
        raise InputError(f"{path}, line {line}: the target is {frame[target].iloc[line - 2]!r}, "
                         "expected 0 or 1.")  # fmt: skip
    pairs = frame[["query", "candidate"]].assign(relevance=values.astype("int8"))
    itself = pairs["query"] == pairs["candidate"]
    judgements = pairs.groupby(["query", "candidate"])["relevance"].transform("nunique")
    twice = pairs.duplicated() & (judgements == 1)
    reasons = {
        "pairs of an image with itself": itself,
        "pairs judged both 0 and 1": (judgements > 1) & ~itself,
        "pairs that stand there before": twice & ~itself,
    }
    left_out = [
        Problem(path.name, "pairs", f"{int(excluded.sum())} {reason} are left out")
        for reason, excluded in reasons.items()
        if excluded.any()
    ]
    return pairs[~(itself | twice | (judgements > 1))].reset_index(drop=True), left_out


def read_pair_names(path: Path) -> pd.DataFrame:
    """Read pairs whose relevance need not be known.

    Returns all columns, as text. Unless two are named ``query`` and ``candidate``, the first two
    get these names; an index column without a name is left out.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is not a file: give a CSV of pairs.")
    try:
        frame = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", compression=None
        )
    except FileNotFoundError:
        raise InputError(f"there is no pairs file {path}: check the path.") from None
    except (OSError, ValueError, pd.errors.ParserError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} is not a readable CSV file ({reason}): correct it.") from None
    if not isinstance(frame.index, pd.RangeIndex):
        raise InputError(
            f"{path} has rows with more fields than its header: quote names that contain a comma."
        )
    if str(frame.columns[0]).startswith("Unnamed"):
        frame = frame.drop(columns=frame.columns[0])
    if frame.shape[1] < 2 or frame.empty:
        raise InputError(
            f"{path} contains no pairs: expected a CSV with the query image and the candidate "
            "image in its first two columns, or in columns named query and candidate."
        )
    frame = frame.map(as_written)
    if {"query", "candidate"} <= set(frame.columns):
        return frame
    frame = frame.rename(columns=dict(zip(frame.columns[:2], ("query", "candidate"), strict=True)))
    if not frame.columns.is_unique:
        raise InputError(
            f"{path} has only one of the columns query and candidate: name both, or neither."
        )
    return frame


def check_known(pairs: pd.DataFrame, images: pd.Series, path: Path) -> None:
    """Raise InputError if a pair names an image that is not among ``images``."""
    named = pd.unique(pd.concat([pairs["query"], pairs["candidate"]], ignore_index=True))
    unknown = sorted(set(named) - set(images))
    if unknown:
        raise InputError(
            f"{path} names {len(unknown)} unknown images, the first {unknown[0]!r}: name images "
            "by their path below the images folder."
        )


def queries_by_label(labels: pd.Series, drawn: np.ndarray) -> np.ndarray:
    """Return the rows of images that share their label with another; of more than 5,000 a sample.

    Parameters
    ----------
    labels : Series of str
        The label of every image, or None.
    drawn : ndarray (images,) float64
        A draw of every image: those of the smallest ones are kept.
    """
    counts = labels.map(labels.value_counts()).fillna(0).to_numpy()
    rows = np.flatnonzero(counts > 1)
    return np.sort(rows[drawn[rows].argsort(kind="stable")[:MOST_QUERIES]])


def label_pairs(
    query: int, candidates: np.ndarray, labels: np.ndarray, split: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that ``query`` is paired with, and whether they are relevant.

    A candidate of the same label is relevant; one without a label is left out, since nobody said
    that it is not. A held-out query gets its whole candidate list, the others at most 200, drawn
    at random (`mmrec_core.inputs.name_draws.uniform_by_pair`), of those that `may_pair` allows.

    Parameters
    ----------
    query : int
        Its row.
    candidates : ndarray (n,) int
        Rows of its candidates.
    labels, split : ndarray (images,) of str
        Label (or None) and split of every image.
    drawn : ndarray (images,) float64
        A draw of every image.

    Returns
    -------
    rows : ndarray (m,) int
    relevance : ndarray (m,) int8, 0 or 1
    """
    candidates = candidates[
        pd.notna(labels[candidates]) & may_pair(split[query], split[candidates])
    ]
    if split[query] != TEST and len(candidates) > PAIRS_A_QUERY:
        order = uniform_by_pair(drawn[query], drawn[candidates]).argsort(kind="stable")
        candidates = np.sort(candidates[order[:PAIRS_A_QUERY]])
    return candidates, (labels[candidates] == labels[query]).astype(np.int8)


def allowed_pairs(pairs: pd.DataFrame, split: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one query's judged rows, (m,) int, and their relevance, of those `may_pair` allows."""
    query, rows = int(pairs["query"].to_numpy()[0]), pairs["candidate"].to_numpy()
    allowed = may_pair(split[query], split[rows])
    return rows[allowed], pairs["relevance"].to_numpy()[allowed]


def fitted_on(splits: np.ndarray) -> np.ndarray:
    """Say which images a build may fit on, (n,) bool: neither held out nor added later."""
    return (splits != TEST) & (splits != ADDED)


def may_pair(query_split: str, candidate_splits: np.ndarray) -> np.ndarray:
    """Say which candidates a query may be paired with, so that the splits share no pair.

    A training query meets training images only, a validation query no held-out and no added image,
    a held-out query any image.
    """
    if query_split == TEST:
        return np.ones(len(candidate_splits), dtype=bool)
    if query_split == VALIDATION:
        return fitted_on(candidate_splits)
    return candidate_splits == TRAIN
