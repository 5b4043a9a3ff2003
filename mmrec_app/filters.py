"""Which images a Browse view shows, and which make good first examples."""

import numpy as np
import pandas as pd

from mmrec_app.state import BrowseView


def matching(items: pd.DataFrame, view: BrowseView) -> np.ndarray:
    """Return the rows that pass all filters of a view, in catalogue order, int64.

    Each word of the query must be in one of the image's captions (all languages) or its name.
    """
    keep = np.ones(len(items), bool)
    if view.label is not None:
        keep &= (items["label"] == view.label).to_numpy()
    if view.cluster is not None:
        keep &= (items["cluster"] == view.cluster).to_numpy()
    columns = [name for name in items.columns if name == "text" or name.startswith("text_")]
    for word in view.q.casefold().split():
        found = np.zeros(len(items), bool)
        for name in [*columns, "image"]:
            text = items[name].fillna("").astype(str).str.casefold()
            found |= text.str.contains(word, regex=False).to_numpy()
        keep &= found
    return np.flatnonzero(keep)


def examples(items: pd.DataFrame, n: int) -> list[int]:
    """Return ``n`` rows from as many clusters as there are, the largest clusters first."""
    with_text = items["text"].notna().to_numpy()
    pool = items[with_text] if with_text.any() else items
    sizes = pool["cluster"].value_counts()
    order = pool.assign(turn=pool.groupby("cluster").cumcount(), size=-pool["cluster"].map(sizes))
    chosen = order.reset_index(names="row").sort_values(["turn", "size", "row"], kind="stable")
    return [int(row) for row in chosen["row"].head(n)]
