"""From ready-made vectors to a bundle: the pipeline of builds with other first stages."""

import shutil
from dataclasses import replace

import numpy as np

from mmrec_core.building import pipeline, scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import map as drawing
from mmrec_core.building.stages import placeholders
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.encoders import UNKNOWN, EncoderSpec
from mmrec_core.files import write_array, write_json, written_aside
from mmrec_core.inputs.problem import Problem
from mmrec_core.ready_vectors.config import VectorsConfig
from mmrec_core.ready_vectors.items import PLACES, VECTORS
from mmrec_core.ready_vectors.items import STAGE as ITEMS

KNOWN = "Its vectors were imported; the import named it."
NOT_KNOWN = "The vectors were imported, and what made them is not recorded."
_MISSING = {
    "clip_text": "no text vectors of the pictures' space: a text is not compared with pictures",
    "bert_text": "no text vectors: captions are shown and not compared",
}


def encoders(work: Workspace) -> None:
    """Describe what made the vectors as far as it is known."""
    config = work.config
    image_text = EncoderSpec(
        kind="image-text",
        name=config.image_encoder or UNKNOWN,
        library="imported vectors",
        revision=UNKNOWN,
        dimension=work.array(VECTORS["clip_image"]).shape[1],
        pooling="as the model defines",
        description=KNOWN if config.image_encoder else NOT_KNOWN,
        licence=UNKNOWN,
    )
    text = EncoderSpec(
        kind="text",
        name=config.text_encoder or UNKNOWN,
        library="imported vectors",
        revision=UNKNOWN,
        dimension=work.array(VECTORS["bert_text"]).shape[1],
        pooling=config.text_pooling,
        description=KNOWN if config.text_encoder else NOT_KNOWN,
        licence=UNKNOWN,
    )
    specs = {"image_text": image_text.model_dump(), "text": text.model_dump()}
    write_json(work.output(scratch.ENCODERS), specs)


def pictures(work: Workspace) -> None:
    """Take the image vectors as what an encoder saw."""
    _copy(work, VECTORS["clip_image"], scratch.PICTURES)


def embeddings(work: Workspace) -> None:
    """Take the vectors as they are, and report what is missing."""
    for name, target in zip(VECTORS, (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
                            strict=True):  # fmt: skip
        _copy(work, VECTORS[name], target)
    missing = [
        Problem("", "embeddings", reason)
        for name, reason in _MISSING.items()
        if np.isnan(work.array(VECTORS[name])[:, 0]).all()
    ]
    work.report(missing)
    joint = np.asarray(work.array(VECTORS["clip_text"]))
    further = len(caption_columns(work.table().columns)) - 1
    none = np.full((len(joint), max(further, 0), joint.shape[1]), np.nan, dtype=np.float32)
    write_array(work.output(scratch.CAPTIONS), np.concatenate([joint[:, None], none], axis=1))
    write_array(work.output(scratch.FURTHER_TEXT), none)
    write_array(work.output(scratch.UNSEEN_TEXT), joint[None][1:])


def map_positions(work: Workspace) -> None:
    """Take the places that the files give, or draw the map."""
    places = work.array(PLACES)
    if len(places) and work.config.keep_map:  # type: ignore[attr-defined]
        write_array(work.output(layout.MAP), np.asarray(places))
    else:
        drawing.map_positions(work)


def _copy(work: Workspace, name: str, target: str) -> None:
    with written_aside(work.output(target)) as aside:
        shutil.copyfile(work.input(name), aside)


_GIVEN = tuple(VECTORS.values())
_OWN = {
    "catalogue": ITEMS,
    "encoders": Stage(
        "encoders",
        encoders,
        reads=_GIVEN,
        writes=(scratch.ENCODERS,),
        options=("image_encoder", "text_encoder", "text_pooling"),
    ),
    "thumbnails": placeholders.STAGE,
    "pictures": Stage("pictures", pictures, reads=_GIVEN, writes=(scratch.PICTURES,)),
    "embeddings": Stage(
        "embeddings",
        embeddings,
        reads=(layout.CATALOGUE, *_GIVEN),
        writes=(
            *(layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT, layout.PROJECTION),
            *(scratch.CAPTIONS, scratch.FURTHER_TEXT, scratch.UNSEEN_TEXT),
        ),
    ),
    "map": replace(
        drawing.STAGE,
        run=map_positions,
        reads=(*drawing.STAGE.reads, PLACES),
        options=(*drawing.STAGE.options, "keep_map"),
    ),
}


def stages(config: VectorsConfig) -> tuple[Stage, ...]:
    """Return the pipeline's stages with those replaced whose outcome the files hold."""
    return tuple(_OWN.get(stage.name, stage) for stage in pipeline.STAGES)
