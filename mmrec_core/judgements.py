"""What is relevant to what: judged pairs or labels, split by query."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mmrec_core.errors import InputError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
TEST_SHARE, VALIDATION_SHARE = 0.20, 0.15
PAIRS_A_QUERY = 200
MOST_QUERIES = 20_000


def read_pairs(path: Path) -> pd.DataFrame:
    """Read judged pairs.

    Parameters
    ----------
    path : Path
        CSV of three columns: query image, candidate image, and ``target`` (or ``relevance``), 0
        or 1. The first two may have any name (the reference's are ``img_clip_1,img_clip_2`` or
        ``img_bert_1,img_bert_2``).

    Returns
    -------
    DataFrame
        ``query``, ``candidate`` (names), ``relevance`` (0 or 1, int8). A pair that stands twice is
        kept once; pairs of an image with itself are left out.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or has another target.
    """
    frame = read_pair_names(path)
    target = next((c for c in ("target", "relevance") if c in frame.columns), None)
    if target is None:
        raise InputError(
            f"{path} has the columns {', '.join(frame.columns)}, and no 'target' of 0 or 1 that "
            "says whether a pair is relevant."
        )
    values = pd.to_numeric(frame[target], errors="coerce")
    if not values.isin([0, 1]).all():
        line = int(np.flatnonzero(~values.isin([0, 1]))[0]) + 2
        raise InputError(f"{path}, line {line}: the target is {frame[target].iloc[line - 2]!r}, "
                         "expected 0 or 1.")  # fmt: skip
    pairs = frame[["query", "candidate"]].assign(relevance=values.astype("int8"))
    pairs = pairs[pairs["query"] != pairs["candidate"]]
    return pairs.drop_duplicates(["query", "candidate"]).reset_index(drop=True)


def read_pair_names(path: Path) -> pd.DataFrame:
    """Read pairs whose relevance need not be known: all columns, the first two renamed."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"there is no pairs file {path}.") from None
    except (OSError, ValueError, pd.errors.ParserError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{path} is no CSV file that can be read: {reason}.") from None
    if frame.shape[1] < 2 or frame.empty:
        raise InputError(
            f"{path} holds no pairs: expected a CSV with a query image and a candidate image in "
            "its first two columns."
        )
    return frame.rename(columns=dict(zip(frame.columns[:2], ("query", "candidate"), strict=True)))


def check_known(pairs: pd.DataFrame, images: pd.Series, path: Path) -> None:
    """Raise InputError if a pair names an image that is not among ``images``."""
    named = pd.unique(pd.concat([pairs["query"], pairs["candidate"]], ignore_index=True))
    unknown = sorted(set(named) - set(images))
    if unknown:
        raise InputError(
            f"{path} names {len(unknown)} unknown images, the first {unknown[0]!r}: pairs must "
            "name images by their path below the images folder."
        )


def split_queries(queries: np.ndarray, images: int, seed: int) -> np.ndarray:
    """Deal the query images into train, validation and test.

    Parameters
    ----------
    queries : ndarray (q,) int
        Rows of the images that are queries.
    images : int
        Number of images. One that is no query is ``train``.
    seed : int
        Seed of the permutation.

    Returns
    -------
    ndarray (images,) of str
    """
    split = np.full(images, TRAIN, dtype=object)
    shuffled = np.random.default_rng(seed).permutation(np.unique(queries))
    tests = round(len(shuffled) * TEST_SHARE)
    validations = round(len(shuffled) * VALIDATION_SHARE)
    split[shuffled[:tests]] = TEST
    split[shuffled[tests : tests + validations]] = VALIDATION
    return split


def queries_by_label(labels: pd.Series) -> np.ndarray:
    """Return the rows of images that share their label with another, at most 20,000."""
    counts = labels.map(labels.value_counts()).fillna(0).to_numpy()
    rows = np.flatnonzero(counts > 1)
    if len(rows) > MOST_QUERIES:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_QUERIES, replace=False))
    return rows


def label_pairs(
    query: int, candidates: np.ndarray, labels: np.ndarray, split: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that ``query`` is paired with, and whether they are relevant.

    A candidate of the same label is relevant. A held-out query gets its whole candidate list; the
    others at most 200, drawn at random, and none that is itself held out.
    """
    if split[query] != TEST:
        candidates = candidates[split[candidates] != TEST]
        if len(candidates) > PAIRS_A_QUERY:
            generator = np.random.default_rng([seed, query])
            candidates = np.sort(generator.choice(candidates, PAIRS_A_QUERY, replace=False))
    return candidates, (labels[candidates] == labels[query]).astype(np.int8)


def judged_by_query(
    pairs: pd.DataFrame, split: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield each query with its judged rows and their relevance.

    A pair of a training or validation query with a held-out query image is left out, so that
    nothing is fitted on that image.
    """
    queries, candidates = pairs["query"].to_numpy(), pairs["candidate"].to_numpy()
    kept = (split[queries] == TEST) | (split[candidates] != TEST)
    for query, group in pairs[kept].groupby("query", sort=True):
        yield int(str(query)), group["candidate"].to_numpy(), group["relevance"].to_numpy()
