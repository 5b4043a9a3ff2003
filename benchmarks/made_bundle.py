"""A made bundle of the Yandex set's shape: 125,000 images, 500 clusters, 100,000 judged pairs.

    python -m benchmarks.made_bundle OUT [--images 125000] [--seed 0] [--text-dimension 768]

It stands in for a real collection where only size matters. Every cluster is a Gaussian around one
image of the demo bundle, whose picture, caption, label and place on the map its images borrow, so
that search, names and pictures make sense. Relevance is drawn from the vectors. Nothing that is
measured on it says anything about quality.
"""

import argparse
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.manifest import Counts, Encoders, FileEntry, Manifest
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.cluster_words import characteristic_words
from mmrec_core.collection.clusters import assign, default_number_of_clusters
from mmrec_core.collection.kept import keep
from mmrec_core.collection.neighbours import all_neighbours
from mmrec_core.collection.prepared import Prepared, both_lengths
from mmrec_core.collection.vectors import Vectors
from mmrec_core.encoders.base import EncoderSpec
from mmrec_core.evaluation.evaluate import evaluate_rankers
from mmrec_core.evaluation.retrieval import candidate_recall, recall_curve, retrieval_table
from mmrec_core.evaluation.text_search import text_search, text_search_table
from mmrec_core.files import read_array, write_array, write_json, write_table
from mmrec_core.inputs.judgements import TEST, may_pair
from mmrec_core.inputs.splits import HELD_OUT, NO_QUERY, deal_folds, split_of_fold
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.ranker.training import fit_ranker

QUERIES = 5_000
PAIRS_A_QUERY = 20
WITHOUT_TEXT = 0.1
LATENT = 24
CHUNK = 10_000
CANDIDATES_MEASURED_ON = 60

PLACES = {
    "by the river": "у реки",
    "in the garden": "в саду",
    "on a table": "на столе",
    "under a tree": "под деревом",
    "at the market": "на рынке",
    "near the sea": "у моря",
    "in the mountains": "в горах",
    "on the street": "на улице",
    "at home": "дома",
    "in a museum": "в музее",
    "on a white background": "на белом фоне",
    "behind the house": "за домом",
}
STYLES = {
    "close-up": "крупным планом",
    "in winter": "зимой",
    "at night": "ночью",
    "in the morning": "утром",
    "in black and white": "чёрно-белое фото",
    "a watercolour": "акварель",
    "a pencil drawing": "рисунок карандашом",
    "seen from above": "вид сверху",
    "in the rain": "под дождём",
    "in autumn": "осенью",
}


@dataclass(frozen=True)
class Model:
    """Where the Gaussians lie: ``subjects`` are the demo rows that the clusters stand around."""

    demo: Bundle
    subjects: np.ndarray
    text_dimension: int


def make(
    out: Path,
    demo: Bundle,
    images: int,
    seed: int,
    text_dimension: int,
    say: Callable[[str], None] = print,
) -> Path:
    """Write the bundle into ``out``, a folder that is not there yet, and return it."""
    out.mkdir(parents=True)
    generator = np.random.default_rng(seed)
    subjects = _subjects(demo, default_number_of_clusters(images), generator)
    model = Model(demo, subjects, text_dimension)
    drawn = _draw_clusters(images, len(subjects), generator)
    queries = generator.choice(images, min(QUERIES, images // 3), replace=False)
    say("catalogue, map")
    table = _catalogue(model, drawn, generator)
    table["is_query"] = np.isin(np.arange(images), queries)
    group_of, fold_of = (np.full(images, NO_QUERY, dtype=np.int32) for _ in range(2))
    rows = np.flatnonzero(table["is_query"])
    group_of[rows] = np.arange(len(rows))
    fold_of[rows] = deal_folds(group_of[rows], table["image"].iloc[rows], seed)
    table["group"], table["fold"] = group_of, fold_of
    table["split"] = split_of_fold(fold_of, group_of, table["image"], HELD_OUT, seed)
    _copy_thumbnails(demo, out)
    write_table(out / layout.CATALOGUE, table)
    write_array(out / layout.MAP, _map(model, drawn, generator))
    say("vectors")
    _write_vectors(out, model, drawn, table["text"].isna().to_numpy(), generator)
    say("clusters, neighbours")
    collection = _write_collection(out, drawn, len(subjects))
    sizes = np.bincount(collection.cluster_of)
    words = {
        column: characteristic_words(table[column], collection.cluster_of, len(sizes))
        for column in caption_columns(table.columns)
    }
    write_json(out / layout.WORDS, words)
    settings = CandidateSettings(
        method="clusters", nearest_clusters=3, exact_size=int(3 * sizes.mean())
    )
    keep(collection, settings.exact_size, seed, lambda name: out / name)
    say("pairs")
    pairs = _pairs(collection, settings, table, generator)
    write_table(out / layout.PAIRS, pairs)
    say("ranker, metrics")
    _write_ranker(out, collection, settings, pairs, seed)
    write_json(out / layout.REPORT, {"problems": []})
    _write_manifest(out, model, settings, table, len(pairs), seed)
    open_bundle(out)
    return out


def _subjects(demo: Bundle, n_clusters: int, generator: np.random.Generator) -> np.ndarray:
    rows = generator.permutation(len(demo.items))
    return np.sort(rows[: min(n_clusters, len(rows))])


def _draw_clusters(images: int, n_clusters: int, generator: np.random.Generator) -> np.ndarray:
    """Return the Gaussian of each image, (n,) int64; sizes differ as in real collections."""
    shares = np.exp(generator.normal(0, 0.5, n_clusters))
    others = generator.choice(n_clusters, images - n_clusters, p=shares / shares.sum())
    return generator.permutation(np.concatenate([np.arange(n_clusters), others]))


def _catalogue(model: Model, drawn: np.ndarray, generator: np.random.Generator) -> pd.DataFrame:
    demo = model.demo.items
    subject = model.subjects[drawn]
    siblings = demo.groupby("label").indices
    pictures = [siblings[label] for label in demo["label"].iloc[model.subjects]]
    chance = generator.random(len(drawn))
    shown = np.where(
        chance < 0.6,
        subject,
        [pictures[c][int(u * len(pictures[c]))] for c, u in zip(drawn, chance, strict=True)],
    )
    place = generator.integers(len(PLACES), size=len(drawn))
    style = generator.integers(len(STYLES), size=len(drawn))

    def captions(column: str, places: list[str], styles: list[str]) -> pd.Series:
        names = demo[column].str.rstrip(".").to_numpy()[subject]
        return pd.Series(names) + ", " + np.array(places)[place] + ", " + np.array(styles)[style]

    names = demo["image"].map(lambda image: re.sub(r"\.\w+$", "", image)).to_numpy()[subject]
    untold = generator.random(len(drawn)) < WITHOUT_TEXT
    table = pd.DataFrame(
        {
            "image": [f"{name}-{row:06d}.png" for row, name in enumerate(names)],
            "text": captions("text", [*PLACES], [*STYLES]).mask(untold),
            "label": demo["label"].to_numpy()[subject],
            "text_ru": captions("text_ru", [*PLACES.values()], [*STYLES.values()]).mask(untold),
        }
    )
    for column in ("width", "height", "thumbnail", "thumbnail_sha256"):
        table[column] = demo[column].to_numpy()[shown]
    return table


def _copy_thumbnails(demo: Bundle, out: Path) -> None:
    for name in demo.items["thumbnail"]:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(demo.path / name, target)


def _map(model: Model, drawn: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Lay every cluster out as a few stretched spots around its subject's place in the demo."""
    n_clusters = len(model.subjects)
    centres = np.asarray(model.demo.map)[model.subjects] * 3.0
    centres = centres + generator.normal(0, 0.5, centres.shape)
    spots = 3
    offsets = generator.normal(0, 0.38, (n_clusters, spots, 2))
    stretch = generator.normal(0, 0.13, (n_clusters, spots, 2, 2)) + 0.12 * np.eye(2)
    spot = generator.integers(spots, size=len(drawn))
    spread = generator.normal(0, 1, (len(drawn), 2))
    bent = np.einsum("nij,nj->ni", stretch[drawn, spot], spread)
    return (centres[drawn] + offsets[drawn, spot] + bent).astype(np.float32)


def _write_vectors(
    out: Path,
    model: Model,
    drawn: np.ndarray,
    untold: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Write vectors: the subject's, moved by a part that picture and caption share, and noise."""
    rows = model.subjects
    bert = np.asarray(model.demo.bert_text)[rows]
    if model.text_dimension != bert.shape[1]:
        less, more = sorted((model.text_dimension, bert.shape[1]))
        turn, _ = np.linalg.qr(generator.normal(size=(more, less)))
        bert = (bert @ (turn if less == model.text_dimension else turn.T)).astype(np.float32)
    latent = generator.standard_normal((len(drawn), LATENT), dtype=np.float32)
    for name, centres, hole in (
        (layout.CLIP_IMAGE, np.asarray(model.demo.clip_image)[rows], None),
        (layout.CLIP_TEXT, np.asarray(model.demo.clip_text)[rows], untold),
        (layout.BERT_TEXT, bert, untold),
    ):
        dimension = centres.shape[1]
        length = float(np.linalg.norm(centres, axis=1).mean())
        mixing = generator.standard_normal((LATENT, dimension), dtype=np.float32)
        mixing *= 0.5 * length / np.sqrt(LATENT * dimension)
        vectors = np.empty((len(drawn), dimension), dtype=np.float32)
        for start in range(0, len(drawn), CHUNK):
            part = slice(start, start + CHUNK)
            noise = generator.standard_normal((len(drawn[part]), dimension), dtype=np.float32)
            noise *= 0.4 * length / np.sqrt(dimension)
            vectors[part] = centres[drawn[part]] + latent[part] @ mixing + noise
        if hole is not None:
            vectors[hole] = np.nan
        write_array(out / name, vectors)


def _write_collection(out: Path, drawn: np.ndarray, n_clusters: int) -> Collection:
    """Write centroids, assignment and neighbour lists; these look into their own cluster only."""
    vectors = Vectors(
        *(read_array(out / n) for n in (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT))
    )
    unit = vectors.halved
    members = [np.flatnonzero(drawn == c) for c in range(n_clusters)]
    centroids = np.stack(
        [
            np.nan_to_num(np.hstack([near.clip_image, near.bert_text])).mean(axis=0)
            for near in map(unit.rows, members)
        ]
    )
    cluster_of = assign(unit, centroids)
    kept, cluster_of = np.unique(cluster_of, return_inverse=True)
    cluster_of = cluster_of.astype(np.int32)
    lists = np.full((len(cluster_of), 3, layout.STORED_NEIGHBOURS), -1, dtype=np.int32)
    for cluster in range(len(kept)):
        rows = np.flatnonzero(cluster_of == cluster)
        near = all_neighbours(unit.rows(rows))
        lists[rows] = np.where(near >= 0, rows[near], -1)
    write_array(out / layout.CENTROIDS, centroids[kept])
    write_array(out / layout.CLUSTER_OF, cluster_of)
    write_array(out / layout.NEIGHBOURS, lists)
    prepared = Prepared(unit, both_lengths(vectors))
    for name, array in zip(
        layout.UNIT,
        (unit.clip_image, unit.clip_text, unit.bert_text, prepared.lengths),
        strict=True,
    ):
        write_array(out / name, array)
    return Collection(vectors, cluster_of, centroids[kept], lists, prepared=prepared)


def _pairs(
    collection: Collection,
    settings: CandidateSettings,
    table: pd.DataFrame,
    generator: np.random.Generator,
) -> pd.DataFrame:
    """Judge near and far candidates of every query: relevant by chance, likelier if alike."""
    splits = table["split"].to_numpy()
    parts = []
    for query in np.flatnonzero(table["is_query"]):
        placed = collection.place_row(int(query))
        listed = collection.candidates(placed, settings)
        allowed = listed[may_pair(str(splits[query]), splits[listed])]
        near = np.intersect1d(placed.neighbours[2], allowed)[: PAIRS_A_QUERY // 2]
        size = min(PAIRS_A_QUERY - len(near), len(allowed))
        rows = np.union1d(near, generator.choice(allowed, size, replace=False))
        values = pair_features(collection, placed, rows, listed)
        likeness = np.nan_to_num(
            values[:, [NAMES.index("clip_cosine"), NAMES.index("bert_cosine")]]
        )
        chance = expit(12 * (likeness.mean(axis=1) - 0.68))
        part = pd.DataFrame(values, columns=list(NAMES))
        part.insert(0, "query", np.int32(query))
        part.insert(1, "candidate", rows.astype(np.int32))
        part.insert(2, "relevance", (generator.random(len(rows)) < chance).astype(np.int8))
        part.insert(3, "split", splits[query])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _write_ranker(
    out: Path,
    collection: Collection,
    settings: CandidateSettings,
    pairs: pd.DataFrame,
    seed: int,
) -> None:
    ranker = fit_ranker(pairs, seed)
    assert ranker is not None
    (out / layout.RANKER).parent.mkdir()
    ranker.save(out / layout.RANKER_MODEL, out / layout.RANKER)
    held_out = pairs[pairs["split"] == TEST]
    relevant = held_out[held_out["relevance"] == 1].groupby("query")["candidate"]
    measured = {int(str(q)): rows.to_numpy() for q, rows in relevant}
    few = dict(list(measured.items())[:CANDIDATES_MEASURED_ON])
    found = evaluate_rankers(pairs, ranker, seed)
    retrieval = retrieval_table(collection, few, settings)
    found["candidates"] = candidate_recall(retrieval, settings, seed)
    found["candidate_curve"] = recall_curve(retrieval, seed)
    queries, unit = held_out["query"].unique(), collection.unit
    further = np.zeros((len(unit), 0, unit.clip_text.shape[1]), dtype=np.float32)
    searched = text_search_table(unit, further, ["text"], queries, HELD_OUT)
    found["text_to_image"] = text_search(searched, seed)
    found["trees"] = ranker.model.tree_count_
    found["split"] = (
        "A made bundle: vectors and judgements are drawn at random, and its figures say nothing "
        f"about quality. The recall of candidates is over {len(few)} held-out queries."
    )
    write_json(out / layout.METRICS, found)


def _write_manifest(
    out: Path,
    model: Model,
    settings: CandidateSettings,
    table: pd.DataFrame,
    pairs: int,
    seed: int,
) -> None:
    demo = model.demo.manifest
    same = model.text_dimension == demo.encoders.text.dimension
    shutil.copytree(model.demo.path / layout.PROJECTION, out / layout.PROJECTION)
    names = [*layout.REQUIRED, *layout.PROJECTION_FILES, layout.RANKER_MODEL, layout.RANKER]
    kept = (out / layout.PREPARED).iterdir()
    names += [*layout.UNIT, *(f"{layout.PREPARED}/{file.name}" for file in kept)]
    text = EncoderSpec(
        kind="text",
        name="made",
        library="numpy",
        revision="1",
        dimension=model.text_dimension,
        pooling="mean",
        description="No encoder: the vectors are drawn at random, and no new caption can be read.",
        licence=demo.encoders.text.licence,
    )
    queries = table["is_query"]
    manifest = Manifest(
        schema_version=layout.SCHEMA_VERSION,
        name=f"Made, {len(table):,} images",
        recipe="made",
        seed=seed,
        relevance="judged",
        counts=Counts(
            images=len(table),
            with_text=int(table["text"].notna().sum()),
            with_label=int(table["label"].notna().sum()),
            clusters=len(read_array(out / layout.CENTROIDS)),
            queries=int(queries.sum()),
            held_out_queries=int((queries & (table["split"] == TEST)).sum()),
            pairs=pairs,
            problems=0,
        ),
        encoders=Encoders(
            image_text=demo.encoders.image_text, text=demo.encoders.text if same else text
        ),
        candidates=settings,
        notes=[
            f"A made collection for measuring speed: {len(table):,} images drawn around images of "
            f"“{demo.name}”, whose pictures they borrow. Its figures say nothing about quality."
        ],
        licence=demo.licence,
        build=f"{seed:064x}",
        files={name: FileEntry.of(out / name) for name in sorted(names)},
    )
    write_json(out / layout.TIMINGS, {"seconds": {}})
    write_json(out / layout.MANIFEST, json.loads(manifest.model_dump_json()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--demo", type=Path, default=Path("artifacts/demo"))
    parser.add_argument("--images", type=int, default=125_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--text-dimension",
        type=int,
        default=768,
        help="768 as BERT; 896 gives the offline text encoder's own space, where new captions work",
    )
    given = parser.parse_args()
    demo = open_bundle(given.demo)
    make(given.out, demo, given.images, given.seed, given.text_dimension)


if __name__ == "__main__":
    main()
