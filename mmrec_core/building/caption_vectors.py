"""Vectors of a column of captions: each different one is encoded once, so equal ones are equal."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from mmrec_core.building.workspace import Workspace


def caption_vectors(
    work: Workspace, what: str, captions: pd.Series, encode: Callable[[list[str]], np.ndarray]
) -> np.ndarray:
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

    Returns
    -------
    ndarray (n, d) float32
        NaN rows where there is no caption.
    """
    vectors = np.full((len(captions), encode([]).shape[1]), np.nan, dtype=np.float32)
    which, texts = pd.factorize(captions)
    encoded = work.in_chunks(what, list(map(str, texts)), encode, "captions")
    vectors[which >= 0] = encoded[which[which >= 0]]
    return vectors
