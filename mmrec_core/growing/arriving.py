"""The stages of images that arrive: listed, told from those that are there, and embedded."""

import io
import os
import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from mmrec_core.building import scratch
from mmrec_core.building.caption_vectors import encode_captions
from mmrec_core.building.picture_files import PicturePlaces
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import pictures, thumbnails
from mmrec_core.building.stages.catalogue import write_catalogue
from mmrec_core.building.stages.encoders import OPTIONS, load_encoders
from mmrec_core.building.thumbnail_making import make_thumbnail
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import open_bundle
from mmrec_core.bundle.contents import inside
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.distributed.threads import as_done
from mmrec_core.errors import ImageError, InputError
from mmrec_core.files import write_array, write_json, write_table, written_aside
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.serving.query_encoder import QueryEncoder

KNOWN = f"{scratch.FOLDER}/known.parquet"
KNOWN_FILES = f"{scratch.FOLDER}/known-files.parquet"
CAPTIONS = scratch.CAPTIONS
BERT = f"{scratch.FOLDER}/bert-text.npy"

_CELLS = 16  # a side
_MOST_DIFFERENT = 12  # of 255


def listing(work: Workspace) -> None:
    """List the images with their captions, apart from those whose names the bundle has."""
    there = open_bundle(work.config.out).items
    names = {_key(name): name for name in there["image"]}
    problems = write_catalogue(work)
    listed = pd.read_parquet(work.output(scratch.LISTED))
    files = pq.read_table(work.output(scratch.PICTURE_FILES))
    called = listed["image"].map(lambda name: names.get(_key(name)))
    known = called.notna()
    checked = there.set_index("image")["thumbnail"].reindex(called[known]).reset_index()
    write_table(work.output(KNOWN), checked)
    write_table(work.output(scratch.LISTED), listed[~known])
    for target, chosen in ((KNOWN_FILES, known), (scratch.PICTURE_FILES, ~known)):
        with written_aside(work.output(target)) as aside:
            pq.write_table(files.filter(pa.array(chosen)), aside, compression="zstd")
    work.report(problem for problem in problems if _key(problem.image) not in names)


def known_images(work: Workspace) -> None:
    """See that images whose names the bundle has are the very pictures that it has."""
    known, folder = work.table(KNOWN), work.config.out
    places = PicturePlaces.read(work.input(KNOWN_FILES))

    def is_other(row: int) -> bool:
        try:
            made = make_thumbnail(reader.read(places[row]))
        except ImageError:
            return False
        stored = inside(folder, str(known["thumbnail"].iat[row])).read_bytes()
        return stored != made.content and _differ(stored, made.content)

    with PictureReader(work.config.images) as reader:
        done = as_done(is_other, range(len(known)), os.cpu_count() or 1)
        outcomes = work.progress(done, "known images", "images", len(known))
        others = known["image"].iloc[sorted(row for row, other in outcomes if other)]
    if len(others):
        raise InputError(
            f"{len(others)} of the pictures in {work.config.images} have names by which "
            f"{work.config.out} has other pictures, the first {others.iat[0]!r}: rename them, or "
            "take the old ones out first with `mmrec remove`."
        )


def encoders(work: Workspace) -> None:
    """See that the encoders that made the bundle are here."""
    bundle = open_bundle(work.config.out)
    QueryEncoder(bundle).load()
    write_json(work.output(scratch.ENCODERS), bundle.manifest.encoders.model_dump())


def captions(work: Workspace) -> None:
    """Encode the new images' captions; by a fitted encoder in all languages, its tower alone."""
    table = work.table(scratch.DECODED)
    clip, bert = load_encoders(work.config)
    fitted = hasattr(clip, "fit")

    def encoded(role: str, column: str, encode: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        vectors = np.full((len(table), encode([]).shape[1]), np.nan, dtype=np.float32)
        encode_captions(work, f"embeddings {role} {column}", table[column], encode, vectors)
        return vectors

    encode = clip.text_features if fitted else clip.encode_texts
    columns = languages(table) if fitted else ["text"]
    by_clip = [encoded("CLIP", column, encode) for column in columns]
    write_array(work.output(CAPTIONS), np.stack(by_clip, axis=1))
    write_array(work.output(BERT), encoded("BERT", "text", bert.encode_texts))


def languages(table: pd.DataFrame) -> list[str]:
    """Return the columns of captions, the main one first."""
    return ["text", *(name for name in caption_columns(table.columns) if name != "text")]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _differ(stored: bytes, made: bytes) -> bool:
    """Say whether two thumbnails show different pictures, however libraries may have changed."""
    with Image.open(io.BytesIO(stored)) as first, Image.open(io.BytesIO(made)) as second:
        if first.size != second.size:
            return True
        cells = [
            np.asarray(each.convert("RGB").resize((_CELLS, _CELLS), Image.Resampling.BOX), float)
            for each in (first, second)
        ]
    return bool(np.abs(cells[0] - cells[1]).max() > _MOST_DIFFERENT)


STAGES = (
    Stage(
        "listing",
        listing,
        writes=(scratch.LISTED, scratch.PICTURE_FILES, KNOWN, KNOWN_FILES),
    ),
    Stage("known images", known_images, reads=(KNOWN, KNOWN_FILES)),
    Stage("encoders", encoders, writes=(scratch.ENCODERS,), options=OPTIONS),
    thumbnails.STAGE,
    pictures.STAGE,
    Stage(
        "captions",
        captions,
        reads=(scratch.DECODED, scratch.ENCODERS),
        writes=(CAPTIONS, BERT),
        options=OPTIONS,
    ),
)
"""From a folder of images to what encoders see in those that are new, as a build makes it."""
