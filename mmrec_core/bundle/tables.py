"""A bundle's tables: what columns the catalogue and the pairs must have, and of what kind."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_TEXT, _WHOLE, _NUMBER, _TRUTH = "text", "whole", "number", "truth"
_ITEMS = {
    "image": _TEXT, "text": _TEXT, "label": _TEXT, "thumbnail": _TEXT, "split": _TEXT,
    "is_query": _TRUTH,
}  # fmt: skip
_PAIRS = {"query": _WHOLE, "candidate": _WHOLE, "relevance": _NUMBER, "split": _TEXT}
_WITHOUT_GAPS = ("image", "thumbnail", "split")
_CAPTIONS = re.compile(r"text(_[a-z]{2,3}(_[a-z]{2,4})?)?")


def caption_columns(columns: Iterable[Any]) -> list[str]:
    """Return those columns that hold captions, in order: ``text``, ``text_ru`` and the like."""
    return [str(column) for column in columns if _CAPTIONS.fullmatch(str(column))]


def read_table(content: bytes) -> pd.DataFrame:
    """Return a table of the Parquet format."""
    import pandas as pd  # half of the time that opening a bundle would take

    return pd.read_parquet(io.BytesIO(content))


def fits_items(items: pd.DataFrame, images: int) -> bool:
    """Say whether a catalogue has what serving takes from it: a name and a file for each image."""
    captions = dict.fromkeys(caption_columns(items.columns), _TEXT)
    if len(items) != images or not _of_kinds(items, _ITEMS | captions):
        return False
    names = items["image"]
    gaps = items[[*_WITHOUT_GAPS]].isna().any(axis=None)
    return not gaps and names.is_unique and not names.str.contains("\0", regex=False).any()


def fits_pairs(pairs: pd.DataFrame, images: int, *, folds: bool = False) -> bool:
    """Say whether a table of pairs names images that there are, with a relevance of 0 or 1."""
    numbers = dict.fromkeys(map(str, pairs.columns), _NUMBER)  # all others are features
    if not _of_kinds(pairs, numbers | _PAIRS | ({"fold": _WHOLE} if folds else {})):
        return False
    rows = pairs[["query", "candidate"]].to_numpy()
    return not rows.size or bool(
        rows.min() >= 0 and rows.max() < images and pairs["relevance"].isin((0, 1)).all()
    )


def _of_kinds(table: pd.DataFrame, kinds: dict[str, str]) -> bool:
    return set(table.columns) >= set(kinds) and all(
        _is(table[name], kind) for name, kind in kinds.items()
    )


def _is(column: pd.Series, kind: str) -> bool:
    from pandas.api import types

    if kind == _WHOLE:
        return types.is_integer_dtype(column)
    if kind == _NUMBER:
        return types.is_numeric_dtype(column)
    if kind == _TRUTH:
        return types.is_bool_dtype(column)
    return types.infer_dtype(column, skipna=True) in ("string", "empty")
