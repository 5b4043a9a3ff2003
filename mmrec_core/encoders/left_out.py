"""What a vector loses without a part: for encoders that are no sum over cells or words.

Each word is left out, or each cell painted over, and the vector's change is the part's. What parts
do together only falls to the whole. (Occlusion is of Zeiler and Fergus 2014, "Visualizing and
understanding convolutional networks", section 4.2; leaving words out of Li, Monroe and Jurafsky
2016, "Understanding neural networks through representation erasure".)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mmrec_core.encoders.base import FloatArray
from mmrec_core.encoders.parts import Float64Array, Grid, PictureParts, TextParts, without, words

if TYPE_CHECKING:
    from PIL.Image import Image

CELLS = 7  # along each side
MOST_WORDS = 64


def without_each_word(encode: Callable[[Sequence[str]], FloatArray], text: str) -> Float64Array:
    """Return what a text's vector loses without each of its words, (words, d).

    Parameters
    ----------
    encode
        Texts to vectors, such as `TextEncoder.encode_texts`.
    text
        Words after the first `MOST_WORDS` get zeros: encoders cut long texts, too.
    """
    spans = words(text)
    tried = spans[:MOST_WORDS]
    vectors = encode([text, *(without(text, span) for span in tried)]).astype(np.float64)
    lost = np.zeros((len(spans), vectors.shape[1]))
    lost[: len(tried)] = vectors[0] - vectors[1:]
    return lost


def text_by_leaving_out(encode: Callable[[Sequence[str]], FloatArray], text: str) -> TextParts:
    """Take a text's vector apart by `without_each_word`."""
    lost = without_each_word(encode, text)
    whole = encode([text])[0].astype(np.float64) - lost.sum(axis=0)
    return TextParts(lost, whole, "leave-one-out", words(text))


def picture_by_occlusion(
    encode: Callable[[Sequence[Image]], FloatArray], image: Image
) -> PictureParts:
    """Take a picture's vector apart by painting each of 7 × 7 cells over in its mean colour.

    Parameters
    ----------
    encode
        RGB images to vectors, such as `ImageTextEncoder.encode_images`.
    image
        RGB. Cells thinner than a pixel are not painted, and add nothing.
    """
    colour = tuple(int(c) for c in np.asarray(image).reshape(-1, 3).mean(axis=0))
    xs = np.linspace(0, image.width, CELLS + 1).round().astype(int).tolist()
    ys = np.linspace(0, image.height, CELLS + 1).round().astype(int).tolist()
    pictures = [image]
    for top, bottom in pairwise(ys):
        for left, right in pairwise(xs):
            painted = image.copy()
            painted.paste(colour, (left, top, right, bottom))
            pictures.append(painted)
    vectors = encode(pictures).astype(np.float64)
    lost = vectors[0] - vectors[1:]
    grid = Grid(CELLS, CELLS, 0.0, 0.0, 1.0, 1.0)
    return PictureParts(lost, vectors[0] - lost.sum(axis=0), "occlusion", grid)
