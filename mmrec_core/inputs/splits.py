"""The split of the queries into folds, near-duplicates together.

A query whose twin the ranker was trained on is easy: on the demo, nDCG@5 is higher by 0.16 on such
queries. So images that look the same or share a caption go to one side together, and every group
of them is held out once (Roberts et al. 2017, "Cross-validation strategies for data with temporal,
spatial, hierarchical, or phylogenetic structure").

Chance goes by the images' names (`mmrec_core.inputs.name_draws`): a collection that grew by a
little keeps nearly all queries where they were, so that its new build differs by what is new.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from mmrec_core.inputs.judgements import TEST, TRAIN, VALIDATION, VALIDATION_SHARE
from mmrec_core.inputs.name_draws import uniform_by_name

FOLDS = 5
HELD_OUT = 0
"""The fold that nothing in a bundle itself is fitted on."""

NEAR_DUPLICATE = 0.9
LARGEST_GROUP = 0.1
NO_QUERY = -1
_CHUNK = 1024


def near_duplicates(
    pictures: np.ndarray, texts: pd.Series, said: pd.DataFrame | None = None
) -> np.ndarray:
    """Group images that look the same or share a caption.

    Parameters
    ----------
    pictures : ndarray (n, d) float32
        What the image encoder sees in each picture. They are centred first: the cosine of two
        pictures then says how alike they are beside what all pictures have in common, and means
        much the same under any encoder.
    texts : Series of str
        Captions, missing ones among them; case and spaces do not count.
    said : DataFrame, optional
        What people said of pairs: ``first``, ``second`` (rows), ``same`` (bool). Pairs that are the
        same are linked, whatever their cosine; others are not linked by it, though perhaps by a
        caption or a third picture.

    Returns
    -------
    ndarray (n,) int
        The number of each image's group: all that are linked by cosines from `NEAR_DUPLICATE` on,
        or by a caption.

    Examples
    --------
    >>> pictures = np.array([[1, 0], [0, 1], [-1, -1], [-1, -1.01]], dtype=np.float32)
    >>> near_duplicates(pictures, pd.Series([None, "A cat.", "a  cat.", "A dog."])).tolist()
    [0, 1, 1, 1]
    """
    centred = centred_directions(pictures, pictures.mean(axis=0))
    links = [np.zeros((2, 0), dtype=int)]
    for start in range(0, len(centred), _CHUNK):
        first, second = np.nonzero(centred[start : start + _CHUNK] @ centred.T >= NEAR_DUPLICATE)
        links.append(np.stack([first + start, second]))
    if said is not None and len(said):
        links = _as_said(np.concatenate(links, axis=1), said, len(pictures))
    captions = texts.reset_index(drop=True).dropna().astype(str)
    captions = captions.str.casefold().str.split().str.join(" ")
    for rows in captions[captions != ""].groupby(captions).groups.values():
        links.append(np.stack([np.asarray(rows), np.full(len(rows), rows[0])]))
    rows, columns = np.concatenate(links, axis=1)
    shape = (len(pictures), len(pictures))
    linked = csr_array(coo_array((np.ones(len(rows)), (rows, columns)), shape=shape))
    return connected_components(linked, directed=False)[1]


def centred_directions(pictures: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return vectors less their ``mean``, of length 1, (n, d): what `near_duplicates` compares."""
    centred = pictures - mean
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    centred /= np.where(lengths > 0, lengths, 1)
    return centred


def _as_said(links: np.ndarray, said: pd.DataFrame, images: int) -> list[np.ndarray]:
    """Return the links with those that people added, and without those that they denied."""
    first, second = said["first"].to_numpy(), said["second"].to_numpy()
    denied = ~said["same"].to_numpy(bool)
    ways = np.stack([np.append(first, second), np.append(second, first)])
    keys = ways[0] * images + ways[1]
    kept = ~np.isin(links[0] * images + links[1], keys[np.append(denied, denied)])
    return [links[:, kept], np.stack([first, second])[:, ~denied]]


def dissolve_large(groups: np.ndarray) -> np.ndarray:
    """Take apart groups that no split could keep together.

    Parameters
    ----------
    groups : ndarray (q,) int
        The group of each query.

    Returns
    -------
    ndarray (q,) int
        The same, but every image of a group of more than a tenth of all queries is a group of its
        own: with a few large groups, some fold would hold nothing to learn from.

    Examples
    --------
    >>> groups = dissolve_large(np.array([0] * 15 + [1, 1] + list(range(2, 15))))
    >>> len(set(groups[:15].tolist())), bool(groups[15] == groups[16])
    (15, True)
    """
    sizes = np.bincount(groups)
    large = sizes[groups] > max(LARGEST_GROUP * len(groups), 2)
    singles = len(sizes) + np.arange(len(groups))
    return np.unique(np.where(large, singles, groups), return_inverse=True)[1]


def deal_folds(
    groups: np.ndarray, names: Sequence[str] | pd.Series, seed: int, folds: int = FOLDS
) -> np.ndarray:
    """Deal queries into folds of about equal size, each group into one.

    Parameters
    ----------
    groups : ndarray (q,) int
        The group of each query.
    names : sequence of str
        The image of each query.
    seed : int
        Seed of the dealing.
    folds : int
        How many; as many as there are groups, if those are fewer.

    Returns
    -------
    ndarray (q,) int

    Notes
    -----
    A group's fold goes by the name of one of its queries, itself drawn; where that fold is full it
    is the next one with room, after "Consistent hashing with bounded loads" (Mirrokni, Thorup and
    Zadimoghaddam 2018). Larger groups are dealt first, a group larger than a fold to the least
    full one. If a hundredth of 526 queries goes, about one in a hundred of the others changes its
    fold.

    Examples
    --------
    >>> folds = deal_folds(np.array([0, 0, 1, 2, 3, 3]), list("abcdef"), seed=0, folds=3)
    >>> bool(folds[0] == folds[1]), sorted(np.bincount(folds).tolist())
    (True, [2, 2, 2])
    """
    groups = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(groups)
    filled = np.zeros(max(1, min(folds, len(sizes))), dtype=int)
    most = -(-len(groups) // len(filled))
    place = _group_draws(groups, names, "fold", seed) * len(filled)
    fold_of = np.zeros(len(sizes), dtype=int)
    for group in np.lexsort((place % 1, -sizes)):
        room = filled + sizes[group] <= most
        if not (filled.all() and room.any()):
            room = filled == filled.min()
        own = int(place[group])
        fold_of[group] = (own + np.roll(room, -own).argmax()) % len(filled)
        filled[fold_of[group]] += sizes[group]
    return fold_of[groups]


def _group_draws(
    groups: np.ndarray, names: Sequence[str] | pd.Series, *purpose: str | int
) -> np.ndarray:
    """Return a draw for each group from 0 on: that of one of its queries, itself drawn.

    The least draw of its queries would favour large groups.
    """
    order = np.lexsort((uniform_by_name(names, "leader of its group"), groups))
    first = np.searchsorted(groups[order], np.arange(int(groups.max(initial=-1)) + 1))
    return uniform_by_name(names, *purpose)[order[first]]


def split_of_fold(
    fold_of: np.ndarray,
    groups: np.ndarray,
    names: Sequence[str] | pd.Series,
    held_out: int,
    seed: int,
) -> np.ndarray:
    """Say what is trained, validated and tested on when one fold is held out.

    Parameters
    ----------
    fold_of : ndarray (images,) int
        The fold of each image, `NO_QUERY` for one that is no query, which is ``train``.
    groups : ndarray (images,) int
        Its group.
    names : sequence of str
        The images.
    held_out : int
        The fold.
    seed : int
        Seed of the drawing of validation groups.

    Returns
    -------
    ndarray (images,) of str
        ``test`` for the fold, ``validation`` for groups of 15 % of the queries, else ``train``.
    """
    split = np.full(len(fold_of), TRAIN, dtype=object)
    split[fold_of == held_out] = TEST
    others = np.flatnonzero((fold_of != held_out) & (fold_of != NO_QUERY))
    among = np.unique(groups[others], return_inverse=True)[1]
    drawn = _group_draws(
        among, np.asarray(names, dtype=object)[others].tolist(), "validation", held_out, seed
    )
    sizes = np.bincount(among)
    wanted = round((fold_of != NO_QUERY).sum() * VALIDATION_SHARE)
    chosen = np.zeros(len(sizes), dtype=bool)
    for group in drawn.argsort(kind="stable"):
        if sizes[group] <= wanted:
            chosen[group], wanted = True, wanted - sizes[group]
    split[others[chosen[among]]] = VALIDATION
    return split
