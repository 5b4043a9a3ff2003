"""Second stage: the encoders, tried before the long work begins."""

from typing import Any

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import BuildConfig
from mmrec_core.encoders import PRESETS, load_image_text_encoder, load_text_encoder
from mmrec_core.files import write_json

OPTIONS = ("encoders", "image_encoder", "text_encoder", "text_pooling")


def encoders(work: Workspace) -> None:
    """Load both encoders and describe them, so that a missing one is known at once."""
    clip, bert = load_encoders(work.config)
    specs = {"image_text": clip.spec.model_dump(), "text": bert.spec.model_dump()}
    write_json(work.output(scratch.ENCODERS), specs)


def load_encoders(config: BuildConfig) -> tuple[Any, Any]:
    """Load the image-text encoder and the text encoder that a config names.

    Raises
    ------
    EncoderError
        If one of them cannot be loaded.
    """
    image_text, text = PRESETS[config.encoders]
    return (
        load_image_text_encoder(config.image_encoder or image_text),
        load_text_encoder(config.text_encoder or text, pooling=config.text_pooling),
    )


STAGE = Stage("encoders", encoders, writes=(scratch.ENCODERS,), options=OPTIONS)
