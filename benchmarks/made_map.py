"""A made bundle for the Map page alone: a million points, names and captions, and no vectors.

What lies where is drawn as in `benchmarks.made_bundle`. The vectors are of four dimensions and
zero, and nothing was judged: there are no recommendations, and a million images take some 300 MB.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.made_bundle import (
    Model,
    _catalogue,
    _copy_thumbnails,
    _draw_clusters,
    _map,
    _subjects,
)
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import Counts, Encoders, FileEntry, Manifest
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.collection.cluster_words import characteristic_words
from mmrec_core.collection.clusters import default_number_of_clusters
from mmrec_core.files import write_array, write_json, write_table

DIMENSION = 4


def make_map(out: Path, demo: Bundle, images: int, seed: int = 0) -> Path:
    """Write the bundle into ``out``, a folder that is not there yet, and return it."""
    out.mkdir(parents=True)
    generator = np.random.default_rng(seed)
    subjects = _subjects(demo, default_number_of_clusters(images), generator)
    model = Model(demo, subjects, DIMENSION)
    drawn = _draw_clusters(images, len(subjects), generator)
    table = _catalogue(model, drawn, generator)
    table["is_query"], table["split"] = False, "none"
    table["group"] = table["fold"] = np.int32(-1)
    _copy_thumbnails(demo, out)
    write_table(out / layout.CATALOGUE, table)
    write_array(out / layout.MAP, _map(model, drawn, generator))
    clusters = drawn.astype(np.int32)
    write_array(out / layout.CLUSTER_OF, clusters)
    words = {
        column: characteristic_words(table[column], clusters, len(subjects))
        for column in caption_columns(table.columns)
    }
    write_json(out / layout.WORDS, words)
    _write_what_the_map_leaves_alone(out, images, len(subjects))
    _write_manifest(out, demo, table, len(subjects), seed)
    open_bundle(out)
    return out


def _write_what_the_map_leaves_alone(out: Path, images: int, clusters: int) -> None:
    for name in (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT):
        write_array(out / name, np.zeros((images, DIMENSION), np.float32))
    write_array(out / layout.CENTROIDS, np.zeros((clusters, 2 * DIMENSION), np.float32))
    lists = np.full((images, 3, layout.STORED_NEIGHBOURS), -1, np.int32)
    write_array(out / layout.NEIGHBOURS, lists)
    none = {"query": np.int32, "candidate": np.int32, "relevance": np.int8, "split": str}
    pairs = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in none.items()})
    write_table(out / layout.PAIRS, pairs)
    write_json(out / layout.METRICS, {"split": "none"})
    write_json(out / layout.REPORT, {"problems": []})
    write_json(out / layout.TIMINGS, {"seconds": {}})


def _write_manifest(out: Path, demo: Bundle, table: pd.DataFrame, clusters: int, seed: int) -> None:
    encoders = Encoders(
        **{
            side: spec.model_copy(update={"name": "made", "dimension": DIMENSION})
            for side, spec in demo.manifest.encoders
        }
    )
    manifest = Manifest(
        schema_version=layout.SCHEMA_VERSION,
        name=f"Map, {len(table):,} images",
        recipe="made",
        seed=seed,
        relevance=None,
        counts=Counts(
            images=len(table),
            with_text=int(table["text"].notna().sum()),
            with_label=int(table["label"].notna().sum()),
            clusters=clusters,
            queries=0,
            held_out_queries=0,
            pairs=0,
            problems=0,
        ),
        encoders=encoders,
        candidates=demo.manifest.candidates,
        notes=["A made collection for measuring the map: its vectors are zero."],
        licence=demo.manifest.licence,
        build=f"{seed:064x}",
        files={name: FileEntry.of(out / name) for name in sorted(layout.REQUIRED)},
    )
    write_json(out / layout.MANIFEST, json.loads(manifest.model_dump_json()))
