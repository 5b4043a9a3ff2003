"""Vectors drawn towards their nearest images.

Query expansion weighted by similarity (Radenović, Tolias and Chum 2018, "Fine-tuning CNN image
retrieval with no human annotation", section 3.4), with α = 3, on both sides of a pair.
"""

import numpy as np

from mmrec_core.collection.vectors import Vectors, fused, unit

EXPANSION = 5
_CHUNK = 4096


def expanded(
    collection: Vectors, points: Vectors, neighbours: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return picture and BERT vectors of ``points`` drawn towards their nearest images.

    Parameters
    ----------
    collection : Vectors
        Of length 1, n images.
    points : Vectors
        Of length 1, m.
    neighbours : ndarray (m, k) int
        Their nearest images, at least `EXPANSION`, nearest first; -1 fills up.

    Returns
    -------
    tuple of ndarray
        (m, clip_dim) and (m, bert_dim) float32, of length 1.
    """
    near = neighbours[:, :EXPANSION]
    pictures = collection.clip_image[near].astype(np.float32)
    captions = collection.bert_text[near].astype(np.float32)
    image = np.einsum("nkd,nd->nk", pictures, points.clip_image)
    text = np.einsum("nkd,nd->nk", captions, points.bert_text)
    weights = (np.maximum(fused(image, text), 0) ** 3 * (near >= 0)).astype(np.float32)
    drawn = np.einsum("nk,nkd->nd", weights, pictures)
    drawn_text = np.einsum("nk,nkd->nd", weights, np.nan_to_num(captions))
    return unit(points.clip_image + drawn), unit(points.bert_text + drawn_text)


def expand_all(
    collection: Vectors, neighbours: np.ndarray, into: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Expand every image, a chunk at a time.

    Parameters
    ----------
    collection : Vectors
        Of length 1, n images.
    neighbours : ndarray (n, 3, 21) int32
        The lists by both modalities count.
    into : tuple of ndarray, optional
        Where they are written to, such as memory maps.

    Returns
    -------
    tuple of ndarray
        (n, clip_dim) and (n, bert_dim) float16.
    """
    blocks = into or tuple(
        np.empty(block.shape, dtype=np.float16)
        for block in (collection.clip_image, collection.bert_text)
    )
    for start in range(0, len(collection), _CHUNK):
        part = slice(start, start + _CHUNK)
        lists = np.asarray(neighbours[part, 2])
        for block, made in zip(
            blocks, expanded(collection, collection.rows(part), lists), strict=True
        ):
            block[part] = made
    return blocks[0], blocks[1]
