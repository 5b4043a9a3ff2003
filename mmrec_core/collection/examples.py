"""Images that make good first queries."""

import pandas as pd


def examples(items: pd.DataFrame, n: int) -> list[int]:
    """Return ``n`` rows from as many clusters as there are, the largest clusters first."""
    with_text = items["text"].notna().to_numpy()
    pool = items[with_text] if with_text.any() else items
    sizes = pool["cluster"].value_counts()
    order = pool.assign(turn=pool.groupby("cluster").cumcount(), size=-pool["cluster"].map(sizes))
    chosen = order.reset_index(names="row").sort_values(["turn", "size", "row"], kind="stable")
    return [int(row) for row in chosen["row"].head(n)]
