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
    return load_clip(config), load_bert(config)


def load_clip(config: BuildConfig) -> Any:
    """Load the image-text encoder alone; see `load_encoders`."""
    return load_image_text_encoder(config.image_encoder or PRESETS[config.encoders][0])


def load_bert(config: BuildConfig) -> Any:
    """Load the text encoder alone; see `load_encoders`."""
    name = config.text_encoder or PRESETS[config.encoders][1]
    return load_text_encoder(name, pooling=config.text_pooling)


STAGE = Stage("encoders", encoders, writes=(scratch.ENCODERS,), options=OPTIONS)
