"""A made collection on disk: vectors in Parquet, judged pairs, and images that are not in it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from mmrec_core.collection.vectors import Vectors
from mmrec_core.files import read_array, write_array, write_bytes, written_aside
from mmrec_core.measuring.mixture import DIMENSIONS, LATENT, Mixture, relevance

QUERIES = 5_000
PAIRS_A_QUERY = 20
NEW_IMAGES = 400
_ROWS = 8_192
_LOOKED_AT = 60
"""Images of the query's group, and as many of its topic, of which the nearest are judged."""
_PAIRS, _NEW = 0xF0F0, 0x0E0E


@dataclass(frozen=True)
class MadeCollection:
    """Where the files of a made collection lie."""

    folder: Path

    @property
    def vectors(self) -> Path:
        """Parquet: ``image``, ``text``, ``label`` and the vectors of `DIMENSIONS`."""
        return self.folder / "vectors.parquet"

    @property
    def pairs(self) -> Path:
        """CSV: ``query``, ``candidate``, ``target``."""
        return self.folder / "pairs.csv"

    @property
    def group_of(self) -> Path:
        """The group that each image was drawn from, (n,) int32."""
        return self.folder / "group_of.npy"

    def new_images(self) -> Vectors:
        """Return vectors of the same mixture that are not in the collection, all with captions."""
        return Vectors(*(read_array(self.folder / f"new_{name}.npy") for name in DIMENSIONS))


def make_collection(folder: Path, images: int, seed: int) -> MadeCollection:
    """Draw a collection, the same for the same ``images`` and ``seed``.

    Parameters
    ----------
    folder : Path
        Where it goes.
    images : int
        How many; memory grows by 140 bytes with each, as vectors are written chunk by chunk.
    seed : int

    Notes
    -----
    Up to 5,000 queries are judged against 20 images each: half of them the nearest by what the
    mixture knows of them, of some images of the same group and topic, half any of these.
    """
    made, mixture = MadeCollection(folder), Mixture(images, seed)
    meaning = np.empty((images, LATENT), dtype=np.float32)
    group_of = np.empty(images, dtype=np.int32)
    schema = _schema()
    with (
        written_aside(made.vectors) as aside,
        pq.ParquetWriter(aside, schema, compression="none") as writer,
        tqdm(total=images, desc="  vectors", unit=" images", file=sys.stderr, leave=False,
             mininterval=0.5, dynamic_ncols=True) as bar,
    ):  # fmt: skip
        for start in range(0, images, _ROWS):
            rows = slice(start, min(start + _ROWS, images))
            drawn = mixture.draw(rows.stop - start, np.random.default_rng([seed, images, start]))
            meaning[rows], group_of[rows] = drawn.meaning, drawn.group
            said = {
                "image": [image_name(row) for row in range(start, rows.stop)],
                "text": drawn.captions,
                "label": [mixture.label(group) for group in drawn.group],
            }
            columns = [pa.array(said[name], pa.string()) for name in said]
            columns += [
                pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
                for values in drawn.vectors.values()
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            bar.update(rows.stop - start)
    write_array(made.group_of, group_of)
    new = mixture.draw(2 * NEW_IMAGES, np.random.default_rng([seed, images, _NEW]))
    captioned = [row for row, caption in enumerate(new.captions) if caption][:NEW_IMAGES]
    for name, values in new.vectors.items():
        write_array(folder / f"new_{name}.npy", values[captioned])
    pairs = _pairs(mixture, meaning, group_of, np.random.default_rng([seed, images, _PAIRS]))
    write_bytes(made.pairs, pairs.to_csv(index=False).encode())
    return made


def image_name(row: int) -> str:
    """Name the image of a row."""
    return f"{row:07d}.png"


def _schema() -> pa.Schema:
    said = [pa.field(name, pa.string()) for name in ("image", "text", "label")]
    vectors = [pa.field(name, pa.list_(pa.float32(), d)) for name, d in DIMENSIONS.items()]
    return pa.schema([*said, *vectors])


def _pairs(
    mixture: Mixture, meaning: np.ndarray, group_of: np.ndarray, generator: np.random.Generator
) -> pd.DataFrame:
    images = len(group_of)
    queries = generator.choice(images, min(QUERIES, images // 3), replace=False)
    members = _members(group_of, len(mixture.topic_of))
    of_topic = _members(mixture.topic_of[group_of], int(mixture.topic_of.max()) + 1)
    judged = []
    for query in queries:
        group = group_of[query]
        some = [
            generator.choice(rows, min(_LOOKED_AT, len(rows)), replace=False)
            for rows in (members[group], of_topic[mixture.topic_of[group]])
        ]
        rows = np.setdiff1d(np.concatenate(some), [query])
        distance = np.linalg.norm(meaning[rows] - meaning[query], axis=1)
        near = rows[distance.argsort(kind="stable")[: PAIRS_A_QUERY // 2]]
        rest = np.setdiff1d(rows, near)
        others = generator.choice(rest, min(PAIRS_A_QUERY // 2, len(rest)), replace=False)
        judged += [(query, row) for row in (*near, *others)]
    first, second = np.array(judged).T
    return pd.DataFrame(
        {
            "query": [image_name(row) for row in first],
            "candidate": [image_name(row) for row in second],
            "target": relevance(meaning[first], meaning[second], generator),
        }
    )


def _members(number_of: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(number_of, kind="stable")
    return np.split(order, np.cumsum(np.bincount(number_of, minlength=count))[:-1])
