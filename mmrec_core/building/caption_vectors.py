"""Vectors of a column of captions: each different one is encoded once, so equal ones are equal."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mmrec_core.building.workspace import CHUNK, Workspace


def encode_captions(
    work: Workspace,
    what: str,
    captions: pd.Series,
    encode: Callable[[list[str]], np.ndarray],
    into: np.ndarray,
) -> None:
    """Encode captions chunk by chunk, as `Workspace.in_chunks` does.

    Encoded with others in one batch, a caption gets a vector that differs in the last digit: two
    that are equal would not tie.

    Parameters
    ----------
    work : Workspace
    what : str
        What the progress is called.
    captions : Series (n,) of str
        None where there is none.
    encode : callable
        Of a chunk of texts.
    into : ndarray (n, d) float32
        Where the vectors are written to; rows without a caption stay as they are.
    """
    which, texts = pd.factorize(captions)
    encoded = work.in_chunks(what, list(map(str, texts)), encode, "captions")
    rows = np.flatnonzero(which >= 0)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        into[part] = encoded[which[part]]
