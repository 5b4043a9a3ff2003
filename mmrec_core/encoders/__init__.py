"""Encoders: images and texts to vectors. Importing this package does not import torch."""

from mmrec_core.encoders.base import UNKNOWN, EncoderSpec, ImageTextEncoder, TextEncoder
from mmrec_core.encoders.joint_space import Anchors, fit_projection
from mmrec_core.encoders.projection import Projection
from mmrec_core.encoders.registry import PRESETS, load_image_text_encoder, load_text_encoder

__all__ = [
    "PRESETS",
    "UNKNOWN",
    "Anchors",
    "EncoderSpec",
    "ImageTextEncoder",
    "Projection",
    "TextEncoder",
    "fit_projection",
    "load_image_text_encoder",
    "load_text_encoder",
]
