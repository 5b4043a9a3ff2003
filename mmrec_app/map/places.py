"""Where the names on the map stand."""

import numpy as np
import pandas as pd
import streamlit as st

from mmrec_app import i18n
from mmrec_app.served import layers
from mmrec_app.served.layers import Layer
from mmrec_app.shared import captions, naming
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


def names(bundle: Bundle, labels: tuple[str, ...] | None) -> Layer:
    """Return the names on the map with their places: of ``labels``, or without these of clusters.

    Each has the code of its category in the legend. With them come the names of all clusters.
    """
    speaks = (i18n.language(), captions.column(bundle))
    return _names(bundle.digest, speaks, labels, bundle)


@st.cache_resource(max_entries=16, show_spinner=False)
def _names(
    digest: str, speaks: tuple[str, str], labels: tuple[str, ...] | None, _bundle: Bundle
) -> Layer:
    clusters = range(len(_bundle.centroids))
    if labels is None:
        groups = np.asarray(_bundle.cluster_of)
        named = [", ".join(naming.words(_bundle, c)[:2]) or str(c) for c in clusters]
    else:
        codes = pd.Categorical(_bundle.items["label"], labels).codes
        groups = np.where(codes < 0, np.nan, codes)
        named = [naming.label_name(label) for label in labels]
    places = [
        {"code": int(code), "name": named[int(code)], "x": x, "y": y}
        for code, x, y, _size in middles(np.asarray(_bundle.map), groups).itertuples()
    ]
    known = [naming.cluster_name(_bundle, cluster) for cluster in clusters]
    return layers.of_json({"places": places, "clusters": known})
