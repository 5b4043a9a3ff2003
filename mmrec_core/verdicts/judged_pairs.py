"""Verdicts as judged pairs: one row a pair, over all reviewers, to take away or to build from."""

import io
from pathlib import Path

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle
from mmrec_core.csv_text import csv_text
from mmrec_core.errors import InputError
from mmrec_core.files import write_bytes
from mmrec_core.verdicts.values import RELEVANT

FORMATS = ("csv", "jsonl", "parquet")


def pairs_of_verdicts(verdicts: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """Gather verdicts by pair.

    Parameters
    ----------
    verdicts, tags : DataFrame
        What a `mmrec_core.verdicts.store.VerdictStore` gives.

    Returns
    -------
    DataFrame
        One row a pair, by name: ``query``, ``candidate``, ``target`` (1 where the mean grade is
        2.5 or more, else 0), ``grade`` (mean over the reviewers, 1 to 4), ``verdicts`` (how many),
        ``reviewers``, ``notes``, ``query_tags``, ``candidate_tags`` (texts, joined by "; ").
    """
    groups = verdicts.groupby(["query", "candidate"], sort=True)
    pairs = groups.agg(
        grade=("grade", "mean"),
        verdicts=("grade", "size"),
        reviewers=("reviewer", _joined),
        notes=("note", _joined),
    ).reset_index()
    for side in ("query", "candidate"):
        pairs[f"{side}_tags"] = tags_of(pairs[side], tags)
    target = (pairs["grade"] >= RELEVANT).astype("int8")
    pairs.insert(2, "target", target)
    return pairs


def tags_of(images: pd.Series, tags: pd.DataFrame) -> pd.Series:
    """Return the tags of each image, given by name, as one text, joined by "; "."""
    joined = tags.groupby("image")["tag"].agg(_joined)
    return images.map(joined).fillna("").astype(object)


def rows_of(pairs: pd.DataFrame, bundle: Bundle) -> pd.DataFrame:
    """Return the pairs of which both images are in the bundle, ``query`` and ``candidate`` as rows.

    A bundle that was built anew may lack images that verdicts name.
    """
    rows = pd.Series(np.arange(len(bundle.items)), index=bundle.items["image"])
    known = pairs.assign(query=pairs["query"].map(rows), candidate=pairs["candidate"].map(rows))
    known = known.dropna(subset=["query", "candidate"]).reset_index(drop=True)
    return known.astype({"query": np.int32, "candidate": np.int32})


def encoded(pairs: pd.DataFrame, ending: str) -> bytes:
    """Write judged pairs in one of `FORMATS`; ``mmrec build --pairs`` reads the CSV.

    In the CSV, a text that a spreadsheet would run as a formula gets an apostrophe.
    """
    if ending == "csv":
        return csv_text(pairs).encode("utf-8")
    if ending == "jsonl":
        return pairs.to_json(orient="records", lines=True, force_ascii=False).encode("utf-8")
    buffer = io.BytesIO()
    pairs.to_parquet(buffer, index=False)
    return buffer.getvalue()


def write_pairs(pairs: pd.DataFrame, path: Path) -> None:
    """Write judged pairs to a file, in the format of its ending; InputError if that fails."""
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise InputError(f"{path} must end in .csv, .jsonl, .parquet: choose one of them.")
    try:
        write_bytes(path, encoded(pairs, ending))
    except OSError as error:
        raise InputError(
            f"cannot write {path} ({error.strerror or error}): choose another place for --out."
        ) from None


def _joined(texts: pd.Series) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
