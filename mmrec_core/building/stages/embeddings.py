"""Embeddings: pictures by CLIP, captions by CLIP and BERT."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from mmrec_core.building import scratch
from mmrec_core.building.caption_vectors import encode_captions
from mmrec_core.building.fitted_vectors import fit_vectors
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.encoders import OPTIONS, load_bert, load_clip, load_encoders
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.config import BuildConfig
from mmrec_core.distributed.engine import Portable
from mmrec_core.files import write_array
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import FOLDS

CaptionEncoder = Callable[[list[str]], np.ndarray]


def embeddings(work: Workspace) -> None:
    """Embed captions with CLIP and BERT, and fit the offline CLIP.

    It is fitted on images that are not held out and their captions in all languages. Captions in
    further languages (``text_ru`` and the like) are else only measured. The bundle keeps what it
    was fitted on, for a training with verdicts to fit it again without each fold.
    """
    table = work.table()
    clip, bert = load_encoders(work.config)
    towers = {"CLIP": _captions_by(clip), "BERT": bert.encode_texts}
    held_out = (table["split"] == TEST).to_numpy()

    def captions(role: Literal["CLIP", "BERT"], column: str) -> np.ndarray:
        """Encode a column; the held-out captions separately, so that no batch mixes them in."""
        encode = Portable(towers[role], text_tower, work.config, role)
        vectors = np.full((len(table), encode([]).shape[1]), np.nan, dtype=np.float32)
        for name, part in (("fitted", ~held_out), ("held out", held_out)):
            what = f"embeddings {role} {column} {name}"
            encode_captions(work, what, table[column].where(part), encode, vectors)
        return vectors

    columns = ["text", *(name for name in caption_columns(table.columns) if name != "text")]
    by_clip = np.stack([captions("CLIP", column) for column in columns], axis=1)
    by_bert = captions("BERT", "text")
    fitted = fit_vectors(
        clip,
        work.array(scratch.PICTURES),
        by_clip,
        by_bert,
        table["split"].to_numpy(),
        table["fold"].to_numpy(),
    )
    write_array(work.output(layout.CLIP_IMAGE), np.asarray(fitted.vectors.clip_image))
    write_array(work.output(layout.CLIP_TEXT), fitted.vectors.clip_text)
    write_array(work.output(layout.BERT_TEXT), by_bert)
    write_array(work.output(scratch.CAPTIONS), by_clip)
    write_array(work.output(scratch.FURTHER_TEXT), fitted.further)
    unseen = np.zeros((0, *fitted.vectors.clip_text.shape), dtype=np.float32)
    if fitted.projection:
        fitted.projection.save(work.output(layout.PROJECTION))
        write_array(work.output(layout.PICTURES), np.asarray(work.array(scratch.PICTURES)))
        write_array(work.output(layout.CAPTIONS), by_clip)
        unseen = np.zeros((FOLDS, *fitted.vectors.clip_text.shape), dtype=np.float32)
        for fold, vectors in fitted.unseen.items():
            unseen[fold] = vectors
    write_array(work.output(scratch.UNSEEN_TEXT), unseen)


def text_tower(config: BuildConfig, role: Literal["CLIP", "BERT"]) -> CaptionEncoder:
    """Return what encodes captions; of an encoder that is fitted to the collection, its tower."""
    return load_bert(config).encode_texts if role == "BERT" else _captions_by(load_clip(config))


def _captions_by(clip: Any) -> CaptionEncoder:
    return clip.text_features if hasattr(clip, "fit") else clip.encode_texts


STAGE = Stage(
    "embeddings",
    embeddings,
    reads=(layout.CATALOGUE, scratch.PICTURES, scratch.ENCODERS),
    writes=(
        layout.CLIP_IMAGE,
        layout.CLIP_TEXT,
        layout.BERT_TEXT,
        layout.PROJECTION,
        layout.PICTURES,
        layout.CAPTIONS,
        scratch.CAPTIONS,
        scratch.FURTHER_TEXT,
        scratch.UNSEEN_TEXT,
    ),
    options=OPTIONS,
)
