"""Embeddings: pictures by CLIP, captions by CLIP and BERT."""

from collections.abc import Callable

import numpy as np
from PIL.Image import Image

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.encoders import OPTIONS, load_encoders
from mmrec_core.building.workspace import Workspace, in_threads
from mmrec_core.bundle import layout
from mmrec_core.collection.cluster_words import caption_columns
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import write_array
from mmrec_core.inputs.images import DECODED_SIDE, decode
from mmrec_core.inputs.judgements import TEST


def embeddings(work: Workspace) -> None:
    """Embed pictures with CLIP and captions with CLIP and BERT.

    The offline CLIP is fitted here, on images that are not held out and their captions in all
    languages. The caption vectors of the images that it was fitted on are leave-one-out: none has
    seen its own picture, so they are what the encoder would give for a new image.

    Captions in further languages (``text_ru`` and the like) are else only measured: their CLIP
    vectors are handed on for the held-out images, (n, columns, clip_dim).
    """
    config = work.config
    table = work.table()
    clip, bert = load_encoders(config)
    fittable = hasattr(clip, "fit")
    held_out = (table["split"] == TEST).to_numpy()
    further = [column for column in caption_columns(table.columns) if column != "text"]

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

    def captions(role: str, column: str, encode: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        """Encode a column; the held-out captions apart, so that no batch mixes them in."""
        vectors = np.full((len(table), encode([]).shape[1]), np.nan, dtype=np.float32)
        for part, apart in (("fitted", ~held_out), ("held out", held_out)):
            rows = np.flatnonzero(table[column].notna() & apart)
            texts = [str(text) for text in table[column].iloc[rows]]
            what = f"embeddings {role} {column} {part}"
            vectors[rows] = work.in_chunks(what, texts, encode, "captions")
        return vectors

    images = work.in_chunks("embeddings images", list(table["image"]), pictures, "images")
    encode = clip.text_features if fittable else clip.encode_texts
    clip_texts = {column: captions("CLIP", column, encode) for column in ["text", *further]}
    bert_text = captions("BERT", "text", bert.encode_texts)
    if fittable:
        features = np.stack(list(clip_texts.values()), axis=1)
        projection, left_out = clip.fit(images[~held_out], features[~held_out])
        projection.save(work.output(layout.PROJECTION))
        images = projection.project_images(images)
        clip_texts = {column: projection.project_texts(v) for column, v in clip_texts.items()}
        clip_texts["text"][~held_out] = left_out
    write_array(work.output(layout.CLIP_IMAGE), images)
    write_array(work.output(layout.CLIP_TEXT), clip_texts.pop("text"))
    write_array(work.output(layout.BERT_TEXT), bert_text)
    if further:
        vectors = np.stack(list(clip_texts.values()), axis=1)
        vectors[~held_out] = np.nan
        write_array(work.output(scratch.FURTHER_TEXT), vectors)


STAGE = Stage(
    "embeddings",
    embeddings,
    reads=(layout.CATALOGUE, scratch.IMAGE_FILES, scratch.ENCODERS),
    writes=(
        layout.CLIP_IMAGE,
        layout.CLIP_TEXT,
        layout.BERT_TEXT,
        layout.PROJECTION,
        scratch.FURTHER_TEXT,
    ),
    options=OPTIONS,
)
