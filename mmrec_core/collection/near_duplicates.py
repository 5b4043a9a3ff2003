"""Pairs of images whose pictures are almost the same, and labels that the pictures around deny."""

import numpy as np
import pandas as pd

from mmrec_core.bundle import Bundle, layout
from mmrec_core.collection.neighbours import IMAGE
from mmrec_core.inputs.splits import NEAR_DUPLICATE, centred_directions

VOTERS = 10
FEWEST_VOTERS = 3
_CHUNK = 512


def alike(bundle: Bundle) -> tuple[np.ndarray, np.ndarray]:
    """Return each image's nearest pictures and how alike they are.

    The measure is that of the split by groups (`mmrec_core.inputs.splits.near_duplicates`): the
    cosine of what the image encoder sees, less the mean over the queries.

    Parameters
    ----------
    bundle : Bundle

    Returns
    -------
    rows : ndarray (n_images, 21) int32
        The bundle's neighbour lists by picture; -1 fills up. Of more than 21 copies of a picture,
        some pairs are in no list.
    cosines : ndarray (n_images, 21) float32
        -1 where there is no neighbour.
    """
    kept = layout.PICTURES in bundle.manifest.files
    pictures = bundle.array(layout.PICTURES) if kept else np.asarray(bundle.clip_image)
    queries = bundle.items["is_query"].to_numpy(bool)
    mean = pictures[queries if queries.any() else slice(None)].mean(axis=0)
    centred = centred_directions(pictures, mean)
    rows = np.asarray(bundle.neighbours[:, IMAGE])
    cosines = np.empty(rows.shape, dtype=np.float32)
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        cosines[part] = np.einsum("nd,nkd->nk", centred[part], centred[rows[part]])
    cosines[rows < 0] = -1
    return rows, cosines


def near_duplicate_pairs(
    rows: np.ndarray, cosines: np.ndarray, least: float = NEAR_DUPLICATE
) -> pd.DataFrame:
    """Return the pairs of pictures from a cosine on, the most alike first.

    Parameters
    ----------
    rows, cosines : ndarray (n, k)
        What `alike` gives.
    least : float

    Returns
    -------
    DataFrame
        ``first``, ``second`` (rows, the smaller first; each pair once), ``cosine``.
    """
    image, place = np.nonzero(cosines >= least)
    other = rows[image, place]
    table = pd.DataFrame(
        {
            "first": np.minimum(image, other),
            "second": np.maximum(image, other),
            "cosine": cosines[image, place].round(4).astype(float),
        }
    )
    table = table.sort_values(["cosine", "first", "second"], ascending=[False, True, True])
    return table.drop_duplicates(["first", "second"]).reset_index(drop=True)


def label_mistakes(
    rows: np.ndarray, cosines: np.ndarray, labels: np.ndarray, least: float = 0.5
) -> pd.DataFrame:
    """Return images whose nearest pictures carry another label.

    The ten nearest pictures with a label vote, each with its cosine; near-duplicates do not, since
    what is wrong with one is wrong with the other. The vote of the nearest finds wrong labels
    without a trained classifier (Zhu et al. 2022, "Detecting Corrupted Labels Without Training a
    Model to Predict", https://arxiv.org/abs/2110.06283).

    Parameters
    ----------
    rows, cosines : ndarray (n, k)
        What `alike` gives.
    labels : ndarray (n,) of str or None
    least : float
        Least confidence.

    Returns
    -------
    DataFrame
        ``row``, ``label`` (its own), ``suggested``, ``confidence`` (the share of the votes for the
        suggested label), ``own`` (for its own), the most confident first; only images with at
        least three voters.
    """
    codes, names = pd.factorize(labels)
    votes = _votes(rows, cosines, codes[rows] >= 0)
    votes &= (votes.sum(axis=1) >= FEWEST_VOTERS)[:, None] & (codes >= 0)[:, None]
    image, place = np.nonzero(votes)
    cast = pd.DataFrame(
        {"row": image, "code": codes[rows[image, place]], "weight": cosines[image, place]}
    )
    shares = cast.groupby(["row", "code"], sort=True)["weight"].sum().reset_index()
    shares["weight"] /= shares.groupby("row")["weight"].transform("sum")
    own = shares[shares["code"] == codes[shares["row"]]].set_index("row")["weight"]
    first = shares.sort_values(["weight", "row", "code"], ascending=[False, True, True])
    first = first.drop_duplicates("row")
    first = first[(first["code"] != codes[first["row"]]) & (first["weight"] >= least)]
    return pd.DataFrame(
        {
            "row": first["row"].to_numpy(int),
            "label": labels[first["row"]],
            "suggested": np.asarray(names, dtype=object)[first["code"]],
            "confidence": first["weight"].to_numpy(float).round(4),
            "own": first["row"].map(own).fillna(0.0).to_numpy(float).round(4),
        }
    )


def voters(rows: np.ndarray, cosines: np.ndarray, labels: np.ndarray, row: int) -> np.ndarray:
    """Return the rows of the images that vote on an image's label, the nearest first."""
    others = rows[row : row + 1]
    votes = _votes(others, cosines[row : row + 1], pd.notna(labels[others]))
    return others[votes]


def _votes(rows: np.ndarray, cosines: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    votes = (rows >= 0) & labelled & (cosines > 0) & (cosines < NEAR_DUPLICATE)
    return votes & (np.cumsum(votes, axis=1) <= VOTERS)
