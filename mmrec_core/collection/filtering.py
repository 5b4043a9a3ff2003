"""Which images of a collection pass a filter: by words, label, cluster, query, verdict and tag."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.collection.numbers import parsed_ranges
from mmrec_core.inputs.judgements import TEST

WITH, WITHOUT = "with", "without"
ALL_QUERIES, HELD_OUT = "all", "held-out"


@dataclass(frozen=True)
class Filter:
    """What an image must have to pass; None and "" require nothing.

    Attributes
    ----------
    q : str
        Words, each of which is in one of its captions or its name.
    label, tag : str or None
        Its label; a tag that a reviewer gave it.
    cluster : int or None
    text : str or None
        ``with`` or ``without`` a caption.
    queries : str or None
        ``all``: it is a query whose pairs have a relevance; ``held-out``: and nothing was fitted on
        it.
    verdict : {1, 2, 3, 4} or None
        A grade that a reviewer gave it as a candidate.
    ranges : str
        Between which ends, included, its numbers lie
        (`mmrec_core.collection.numbers.parsed_ranges`).
    """

    q: str = ""
    label: str | None = None
    cluster: int | None = None
    text: str | None = None
    queries: str | None = None
    verdict: Literal[1, 2, 3, 4] | None = None
    tag: str | None = None
    ranges: str = ""

    @property
    def active(self) -> list[str]:
        """The names of the parts that require something."""
        return [f.name for f in fields(Filter) if getattr(self, f.name) not in (None, "")]

    @property
    def part(self) -> "Filter":
        """The filter alone, of a view that has more."""
        return Filter(**{f.name: getattr(self, f.name) for f in fields(Filter)})


def passing(
    bundle: Bundle,
    chosen: Filter,
    texts: Callable[[], pa.Array],
    verdicts: Callable[[], pd.DataFrame],
    tags: Callable[[], pd.DataFrame],
    numbers: Callable[[str], np.ndarray],
) -> np.ndarray:
    """Return the images that pass a filter.

    Parameters
    ----------
    bundle : Bundle
    chosen : Filter
    texts : callable
        Returns `searchable` of the bundle's catalogue. It and the next three are called only where
        the filter asks for what they return.
    verdicts, tags : callable
        The methods of those names of a `mmrec_core.verdicts.store.VerdictStore`.
    numbers : callable
        Takes a name in ``ranges`` and returns that number of each image, (n,) float64, or NaN.

    Returns
    -------
    ndarray (n,) int64
        Their rows, ascending.
    """
    items = bundle.items
    keep = np.ones(len(items), bool)
    if chosen.label is not None:
        keep &= (items["label"] == chosen.label).to_numpy()
    if chosen.cluster is not None:
        keep &= np.asarray(bundle.cluster_of) == chosen.cluster
    if chosen.text is not None:
        keep &= items["text"].notna().to_numpy() == (chosen.text == WITH)
    if chosen.queries is not None:
        keep &= items["is_query"].to_numpy(bool)
        keep &= (chosen.queries == ALL_QUERIES) | (items["split"] == TEST).to_numpy()
    for word in chosen.q.casefold().split():
        keep &= pc.match_substring(texts(), word).to_numpy(False)
    if chosen.verdict is not None:
        given = verdicts()
        graded = given.loc[given["grade"] == chosen.verdict, "candidate"]
        keep &= items["image"].isin(graded).to_numpy()
    if chosen.tag is not None:
        given = tags()
        tagged = given.loc[given["tag"] == chosen.tag, "image"]
        keep &= items["image"].isin(tagged).to_numpy()
    for name, (low, high) in parsed_ranges(chosen.ranges).items():
        values = numbers(name)
        keep &= (values >= low) & (values <= high)
    return np.flatnonzero(keep)


def searchable(items: pd.DataFrame) -> pa.Array:
    """Return the name and all captions of each image as one text without case, (n,) of str.

    Parameters
    ----------
    items : DataFrame
        The catalogue, as ``bundle.items`` has it.
    """
    columns = ["image", *caption_columns(items.columns)]
    kind = pa.large_string()
    parts = [pa.array(items[column].fillna("").str.casefold(), kind) for column in columns]
    return pc.binary_join_element_wise(*parts, pa.scalar("\n", kind))
