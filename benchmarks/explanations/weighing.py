"""What weighs cells: the encoder's own parts, and two rivals."""

from collections.abc import Callable

import numpy as np
from PIL.Image import Image

from benchmarks.explanations.gradient_attention import gradient_attention
from mmrec_core.attribution import align
from mmrec_core.encoders import ImageTextEncoder
from mmrec_core.encoders.left_out import picture_by_occlusion
from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.parts import Grid, Parts, PictureParts
from mmrec_core.encoders.vit_parts import attends_to_patches

PARTS, OCCLUSION = "parts", "occlusion"

Weigh = Callable[[Image, np.ndarray], tuple[np.ndarray, Grid]]
"""A picture and (t, d) vectors to what each cell adds to the cosine with each, (t, cells)."""


def ways(encoder: ImageTextEncoder) -> dict[str, Weigh]:
    """Return ways to weigh cells by name, the encoder's own parts first."""

    def own(image: Image, towards: np.ndarray) -> tuple[np.ndarray, Grid]:
        return _of_parts(encoder.picture_parts(image), towards)

    def occlusion(image: Image, towards: np.ndarray) -> tuple[np.ndarray, Grid]:
        return _of_parts(picture_by_occlusion(encoder.encode_images, image), towards)

    def gradients(image: Image, towards: np.ndarray) -> tuple[np.ndarray, Grid]:
        grid = encoder.picture_parts(image).grid
        return np.array([gradient_attention(encoder, image, to)[0] for to in towards]), grid

    found = {PARTS: own, OCCLUSION: occlusion}
    if isinstance(encoder, OpenClipEncoder) and attends_to_patches(encoder.model.visual):
        found["gradient attention"] = gradients
    return found


def _of_parts(parts: PictureParts, towards: np.ndarray) -> tuple[np.ndarray, Grid]:
    none = np.zeros((0, towards.shape[1]))
    others = [Parts(none, vector.astype(np.float64), "sum") for vector in towards]
    return np.array([align(parts, other).by_query[:-1] for other in others]), parts.grid
