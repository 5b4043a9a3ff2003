"""Where the names on the map stand."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app import captions, i18n, naming
from mmrec_app.map import layers
from mmrec_app.map.layers import Layer
from mmrec_core.bundle import Bundle


def middles(positions: np.ndarray, groups: np.ndarray) -> pd.DataFrame:
    """Return the middle of each group: its member nearest to the median of its positions.

    Parameters
    ----------
    positions : ndarray (n, 2)
        In map units.
    groups : ndarray (n,)
        Missing values are no group.

    Returns
    -------
    DataFrame
        ``x``, ``y``, ``size`` (number of members) by group, the largest first.
    """
    table = pd.DataFrame({"x": positions[:, 0], "y": positions[:, 1], "group": groups})
    table = table.dropna(subset="group").astype({"x": float, "y": float})
    grouped = table.groupby("group")
    away = table[["x", "y"]] - grouped[["x", "y"]].transform("median")
    table["away"] = np.hypot(away["x"], away["y"])
    table["size"] = grouped["x"].transform("size")
    nearest = table.loc[grouped["away"].idxmin()].set_index("group")
    return nearest[["x", "y", "size"]].sort_values("size", ascending=False, kind="stable")


def names(bundle: Bundle, by_label: bool) -> Layer:
    """Return the names of clusters, or of labels, and where they stand on the map."""
    speaks = (i18n.language(), captions.column(bundle))
    return _names(bundle.digest, speaks, by_label, bundle)


@st.cache_resource(max_entries=16, show_spinner=False)
def _names(digest: str, speaks: tuple[str, str], by_label: bool, _bundle: Bundle) -> Layer:
    groups = _bundle.items["label"].to_numpy() if by_label else np.asarray(_bundle.clusters)
    found = middles(np.asarray(_bundle.map), groups)
    clusters = range(len(_bundle.centroids))
    return layers.of_json(
        {
            "places": [
                {"name": _name(_bundle, group, by_label), "x": place.x, "y": place.y}
                for group, place in zip(found.index, found.itertuples(), strict=True)
            ],
            "clusters": [naming.cluster_name(_bundle, cluster) for cluster in clusters],
        }
    )


def _name(bundle: Bundle, group: str | int, by_label: bool) -> str:
    if by_label:
        return naming.label_name(str(group))
    return ", ".join(naming.words(bundle, int(group))[:2]) or str(group)
