"""Embeddings: pictures by CLIP, captions by CLIP and BERT."""

import numpy as np
from PIL.Image import Image

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.encoders import OPTIONS, load_encoders
from mmrec_core.building.workspace import Workspace, in_threads
from mmrec_core.bundle import layout
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import write_array
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.inputs.judgements import TEST


def embeddings(work: Workspace) -> None:
    """Embed pictures with CLIP and captions with CLIP and BERT.

    The offline CLIP is fitted here, on images that are not held out. The caption vectors of the
    images that it was fitted on are leave-one-out: none has seen its own picture, so they are
    what the encoder would give for a new image.
    """
    config = work.config
    table = work.table()
    clip, bert = load_encoders(config)
    fittable = hasattr(clip, "fit")
    with_text = np.flatnonzero(table["text"].notna())
    texts = [str(text) for text in table["text"].iloc[with_text]]

    def picture(name: str) -> Image:
        try:
            return decode(config.images / name, max_side=DECODED_SIDE)
        except ImageError as error:
            raise InputError(
                f"{config.images / name} changed during the build ({error}): run the same "
                "command again."
            ) from None

    def pictures(names: list[str]) -> np.ndarray:
        encode = clip.image_features if fittable else clip.encode_images
        return encode(list(in_threads(picture, names)))

    images = work.in_chunks("embeddings images", list(table["image"]), pictures, "images")
    clip_texts = work.in_chunks(
        "embeddings captions CLIP",
        texts,
        clip.text_features if fittable else clip.encode_texts,
        "captions",
    )
    bert_texts = work.in_chunks("embeddings captions BERT", texts, bert.encode_texts, "captions")
    clip_texts = spread(clip_texts, with_text, len(table))
    if fittable:
        fitted = np.flatnonzero(table["split"] != TEST)
        projection, left_out = clip.fit(images[fitted], clip_texts[fitted])
        projection.save(work.output(layout.PROJECTION))
        projected = np.full((len(table), clip.spec.dimension), np.nan, dtype=np.float32)
        projected[with_text] = projection.project_texts(clip_texts[with_text])
        projected[fitted] = left_out
        images, clip_texts = projection.project_images(images), projected
    write_array(work.output(layout.CLIP_IMAGE), images)
    write_array(work.output(layout.CLIP_TEXT), clip_texts)
    write_array(work.output(layout.BERT_TEXT), spread(bert_texts, with_text, len(table)))


def spread(vectors: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """Return ``vectors`` at ``rows`` of a table of ``length`` rows, NaN elsewhere."""
    table = np.full((length, vectors.shape[1]), np.nan, dtype=np.float32)
    table[rows] = vectors
    return table


STAGE = Stage(
    "embeddings",
    embeddings,
    reads=(layout.CATALOGUE, scratch.IMAGE_FILES, scratch.ENCODERS),
    writes=(layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT, layout.PROJECTION),
    options=OPTIONS,
)
