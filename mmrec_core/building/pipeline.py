"""The pipeline, top to bottom: from a folder of images to a bundle.

Each stage reads files that earlier stages wrote and writes its own; `STAGES` at the end is the
whole of it as a table.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from PIL.Image import Image

from mmrec_core.building.runner import Stage
from mmrec_core.building.workspace import Workspace, in_threads
from mmrec_core.bundle import layout
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection, Placed
from mmrec_core.collection.cluster_words import caption_columns, characteristic_words
from mmrec_core.collection.clusters import assign, default_number_of_clusters, fit_centroids
from mmrec_core.collection.map import draw_map
from mmrec_core.collection.neighbours import CHUNK, DEEP, NeighbourSearch
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.config import BuildConfig
from mmrec_core.encoders import PRESETS, load_image_text_encoder, load_text_encoder
from mmrec_core.errors import ImageError, InputError
from mmrec_core.evaluation.evaluate import (
    evaluate_candidates,
    evaluate_rankers,
    text_to_image,
    without_query_text,
)
from mmrec_core.files import (
    read_array,
    sha256,
    write_array,
    write_bytes,
    write_json,
    write_table,
)
from mmrec_core.inputs.catalogue import build_catalogue
from mmrec_core.inputs.images import DECODED_SIDE, decode, thumbnail, to_webp
from mmrec_core.inputs.judgements import (
    TEST,
    TEST_SHARE,
    VALIDATION_SHARE,
    allowed_pairs,
    check_known,
    label_pairs,
    queries_by_label,
    read_pairs,
    split_queries,
)
from mmrec_core.inputs.problem import Problem
from mmrec_core.ranker.model import Ranker
from mmrec_core.ranker.pair_features import NAMES, pair_features
from mmrec_core.ranker.training import fit_ranker

LISTED = "listed.parquet"
JUDGED = "judged.parquet"
DECODED = "decoded.parquet"
DEEP_LISTS = "candidates-deep.npy"
SHARE_WITHOUT_TEXT = 0.15


def catalogue(work: Workspace) -> None:
    """List the images with their captions, and the judged pairs; notice changed inputs."""
    config = work.config
    table, problems = build_catalogue(
        config.images,
        config.captions,
        image_column=config.image_column,
        text_column=config.text_column,
        label_column=config.label_column,
        only_captioned=config.only_captioned,
    )
    judged = pd.DataFrame(columns=["query", "candidate", "relevance"])
    if config.pairs:
        judged, left_out = read_pairs(config.pairs)
        check_known(judged, table["image"], config.pairs)
        problems += left_out
    write_table(work.scratch / LISTED, table)
    write_table(work.scratch / JUDGED, judged)
    work.report("catalogue", problems)
    stats = [(config.images / image).stat() for image in table["image"]]
    inputs = {
        "files": [[s.st_size, s.st_mtime_ns] for s in stats],
        "tables": [sha256(work.scratch / name) for name in (LISTED, JUDGED)],
        "problems": sha256(work.scratch / "problems-catalogue.json"),
    }
    write_json(work.scratch / "inputs.json", inputs)


def thumbnails(work: Workspace) -> None:
    """Decode every image, keep a thumbnail of it, and leave out what can't be decoded."""
    listed = pd.read_parquet(work.scratch / LISTED)
    problems: list[Problem] = []
    rows: list[dict[str, Any] | None] = []

    def one(row: int) -> dict[str, Any] | Problem:
        image, name = str(listed["image"].iat[row]), layout.thumbnail_name(row)
        try:
            picture = thumbnail(decode(work.config.images / image, max_side=DECODED_SIDE))
        except ImageError as error:
            return Problem(image, "thumbnails", str(error))
        if not work.file(name).exists():
            write_bytes(work.file(name), to_webp(picture))
        return {
            "width": picture.width,
            "height": picture.height,
            "thumbnail": name,
            "thumbnail_sha256": sha256(work.file(name)),
        }

    found = in_threads(one, range(len(listed)))
    for outcome in work.progress(found, "thumbnails", "images", len(listed)):
        problems += [outcome] if isinstance(outcome, Problem) else []
        rows.append(None if isinstance(outcome, Problem) else outcome)
    kept = [place for place, row in enumerate(rows) if row]
    work.report("thumbnails", problems)
    if not kept:
        raise InputError(
            f"none of the {len(listed)} images in {work.config.images} can be decoded (the first, "
            f"{problems[0].image}: {problems[0].reason}): give a folder of readable images."
        )
    decoded = pd.DataFrame([rows[place] for place in kept])
    table = pd.concat([listed.iloc[kept].reset_index(drop=True), decoded], axis=1)
    write_table(work.scratch / DECODED, table)


def split(work: Workspace) -> None:
    """Say which images are queries, and deal them into train, validation and test."""
    table = pd.read_parquet(work.scratch / DECODED)
    if work.config.pairs:
        judged = _judged_rows(work, table)
        lost = len(pd.read_parquet(work.scratch / JUDGED)) - len(judged)
        reason = f"{lost} pairs name images that cannot be decoded, and are left out"
        work.report("split", [Problem(work.config.pairs.name, "pairs", reason)] if lost else [])
        queries = judged["query"].to_numpy()
    else:
        queries = queries_by_label(table["label"], work.config.seed)
    table["split"] = split_queries(np.asarray(queries, dtype=int), len(table), work.config.seed)
    table["is_query"] = np.isin(np.arange(len(table)), queries)
    write_table(work.file(layout.CATALOGUE), table)


def embeddings(work: Workspace) -> None:
    """Embed pictures with CLIP and captions with CLIP and BERT.

    The offline CLIP is fitted here, on images that are not held out. The caption vectors of the
    images that it was fitted on are leave-one-out: none has seen its own picture, so they are
    what the encoder would give for a new image.
    """
    config = work.config
    table = work.table()
    clip_name, bert_name = PRESETS[config.encoders]
    clip: Any = load_image_text_encoder(config.image_encoder or clip_name)
    bert = load_text_encoder(config.text_encoder or bert_name, pooling=config.text_pooling)
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
    clip_texts = _spread(clip_texts, with_text, len(table))
    if fittable:
        fitted = np.flatnonzero(table["split"] != TEST)
        projection, left_out = clip.fit(images[fitted], clip_texts[fitted])
        projection.save(work.file(layout.PROJECTION))
        projected = np.full((len(table), clip.spec.dimension), np.nan, dtype=np.float32)
        projected[with_text] = projection.project_texts(clip_texts[with_text])
        projected[fitted] = left_out
        images, clip_texts = projection.project_images(images), projected
    write_array(work.file(layout.CLIP_IMAGE), images)
    write_array(work.file(layout.CLIP_TEXT), clip_texts)
    write_array(work.file(layout.BERT_TEXT), _spread(bert_texts, with_text, len(table)))
    specs = {"image_text": clip.spec.model_dump(), "text": bert.spec.model_dump()}
    write_json(work.scratch / "encoders.json", specs)


def clusters(work: Workspace) -> None:
    """Fit k-means once, on images that are not held out, and assign all images to its clusters."""
    unit = work.vectors().normalised()
    fitted = unit.rows(np.flatnonzero(work.table()["split"] != TEST))
    number = work.config.clusters or default_number_of_clusters(len(unit))
    centroids = fit_centroids(fitted, number, work.config.seed)
    write_array(work.file(layout.CENTROIDS), centroids)
    write_array(work.file(layout.CLUSTERS), assign(unit, centroids))


def cluster_names(work: Workspace) -> None:
    """Find the words that tell clusters apart, in the captions of images that are not held out."""
    table = work.table()
    fitted = np.flatnonzero(table["split"] != TEST)
    assigned, number = work.array(layout.CLUSTERS)[fitted], len(work.array(layout.CENTROIDS))
    words = {
        column: characteristic_words(table[column].iloc[fitted], assigned, number)
        for column in caption_columns(table.columns)
    }
    write_json(work.file(layout.WORDS), words)


def candidates(work: Workspace) -> None:
    """Find every image's nearest neighbours, and how many candidates the clusters give."""
    unit = work.vectors().normalised()
    find = partial(NeighbourSearch(unit).lists, length=DEEP)
    deep = work.in_chunks(
        "candidates neighbours", range(len(unit)), find, "images", CHUNK, np.int32
    )
    write_array(work.scratch / DEEP_LISTS, deep)
    write_array(work.file(layout.NEIGHBOURS), deep[..., : layout.STORED_NEIGHBOURS])
    collection = work.collection()
    sample = np.random.default_rng(work.config.seed).permutation(len(unit))[:1000]
    near = work.config.nearest_clusters
    sizes = [len(collection.cluster_candidates(collection.place_row(r), near)) for r in sample]
    settings = CandidateSettings(
        method=work.config.candidates,
        nearest_clusters=near,
        exact_size=work.config.exact_size or max(1, round(float(np.mean(sizes)))),
    )
    write_json(work.scratch / "candidates.json", settings.model_dump())


def features(work: Workspace) -> None:
    """Compute the pair features of every pair whose relevance is known.

    Training and validation queries meet the collection without the held-out query images, so that
    those leave no trace in what the ranker learns, not even as a neighbour.
    """
    table, whole, settings = work.table(), work.collection(), _settings(work)
    splits, labels = table["split"].to_numpy(), table["label"].to_numpy()
    deep = read_array(work.scratch / DEEP_LISTS)
    seen = whole.hiding(np.flatnonzero(splits == TEST), deep)
    judged = _judged_rows(work, table) if work.config.pairs else None
    groups = {} if judged is None else {int(str(q)): g for q, g in judged.groupby("query")}
    known = list(groups) if groups else [int(q) for q in np.flatnonzero(table["is_query"])]
    generator = np.random.default_rng(work.config.seed)
    deaf = {q for q in known if splits[q] != TEST and generator.random() < SHARE_WITHOUT_TEXT}

    def meet(query: int, part: Collection) -> tuple[Placed, np.ndarray]:
        placed = part.place_row(query, text=query not in deaf)
        return placed, part.candidates(placed, settings)

    pairs: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for query in work.progress(known, "pairs", "queries", len(known)):
        if judged is None:
            listed = meet(query, whole if splits[query] == TEST else seen)[1]
            pairs[query] = label_pairs(query, listed, labels, splits, work.config.seed)
        else:
            pairs[query] = allowed_pairs(groups[query], splits)
    told = TrainingRelevance.of(_pair_table(pairs, splits), len(table))
    whole, seen = (replace(part, training_relevance=told) for part in (whole, seen))
    values = []
    for query in work.progress(known, "pair features", "queries", len(known)):
        part = whole if splits[query] == TEST else seen
        placed, listed = meet(query, part)
        values.append(pair_features(part, placed, pairs[query][0], listed))
    features = np.concatenate([np.zeros((0, len(NAMES))), *values]).astype(np.float32)
    named = pd.DataFrame(features, columns=list(NAMES))
    write_table(work.file(layout.PAIRS), _pair_table(pairs, splits).join(named))


def ranker(work: Workspace) -> None:
    """Train CatBoost on the training queries, stop and calibrate on the validation queries."""
    trained = fit_ranker(pd.read_parquet(work.file(layout.PAIRS)), work.config.seed)
    if trained is None:
        reason = "no ranker: it needs relevant and irrelevant pairs to train and to calibrate on"
        work.report("ranker", [Problem("", "ranker", reason)])
        return
    work.file(layout.RANKER).parent.mkdir(exist_ok=True)
    trained.save(work.file(layout.RANKER_MODEL), work.file(layout.RANKER))


def metrics(work: Workspace) -> None:
    """Measure rankers, candidates and the text-to-image search on held-out queries."""
    table, collection = work.table(), work.collection()
    pairs = pd.read_parquet(work.file(layout.PAIRS))
    trained = None
    if work.file(layout.RANKER_MODEL).exists():
        trained = Ranker.load(work.file(layout.RANKER_MODEL), work.file(layout.RANKER))
    seed, settings = work.config.seed, _settings(work)
    found = evaluate_rankers(pairs, trained, seed)
    held_out = np.flatnonzero((table["split"] == TEST) & table["is_query"])
    found["candidates"] = evaluate_candidates(
        collection,
        _relevant(work, table, held_out),
        settings,
        seed,
    )
    found["text_to_image"] = text_to_image(collection.unit, held_out, seed)
    if trained and held_out.size:
        found["model_without_query_text"] = without_query_text(
            collection, settings, pairs, trained, seed
        )
    found["trees"] = trained.model.tree_count_ if trained else 0
    found["split"] = _split_in_words(work.config, len(pairs) > 0)
    write_json(work.file(layout.METRICS), found)


def draw(work: Workspace) -> None:
    """Draw the map, and write the report."""
    positions = draw_map(work.vectors().normalised(), work.config.map, work.config.seed)
    write_array(work.file(layout.MAP), positions)
    write_json(work.file(layout.REPORT), {"problems": work.problems()})


STAGES = (
    Stage("catalogue", catalogue, (), ()),
    Stage("thumbnails", thumbnails, (), (layout.THUMBNAILS,)),
    Stage("split", split, (), (layout.CATALOGUE,), ("seed",)),
    Stage(
        "embeddings",
        embeddings,
        (layout.CATALOGUE,),
        (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT, layout.PROJECTION),
        ("encoders", "image_encoder", "text_encoder", "text_pooling"),
    ),
    Stage(
        "clusters",
        clusters,
        (layout.CATALOGUE, layout.CLIP_IMAGE, layout.BERT_TEXT),
        (layout.CENTROIDS, layout.CLUSTERS),
        ("clusters",),
    ),
    Stage("cluster names", cluster_names, (layout.CATALOGUE, layout.CLUSTERS), (layout.WORDS,)),
    Stage(
        "candidates",
        candidates,
        (layout.CLIP_IMAGE, layout.BERT_TEXT, layout.CLUSTERS, layout.CENTROIDS),
        (layout.NEIGHBOURS,),
        ("candidates", "nearest_clusters", "exact_size"),
    ),
    Stage(
        "pair features",
        features,
        (layout.CATALOGUE, layout.CLUSTERS, layout.CENTROIDS, layout.NEIGHBOURS),
        (layout.PAIRS,),
    ),
    Stage("ranker", ranker, (layout.PAIRS,), (layout.RANKER_MODEL, layout.RANKER)),
    Stage("metrics", metrics, (layout.PAIRS, layout.RANKER_MODEL), (layout.METRICS,)),
    Stage(
        "map",
        draw,
        (layout.CLIP_IMAGE, layout.BERT_TEXT),
        (layout.MAP, layout.REPORT),
        ("map", "name", "notes", "licence"),
    ),
)


def _pair_table(
    pairs: Mapping[int, tuple[np.ndarray, np.ndarray]], splits: np.ndarray
) -> pd.DataFrame:
    """Return each query's rows and their relevance as a table, with the query's split."""
    empty = (np.zeros(0, int), np.zeros(0, np.int8))
    rows, relevance = map(np.concatenate, zip(empty, *pairs.values(), strict=True))
    queries = np.repeat(np.array([*pairs], int), [len(found) for found, _ in pairs.values()])
    columns = {
        "query": queries.astype(np.int32),
        "candidate": rows.astype(np.int32),
        "relevance": relevance.astype(np.int8),
        "split": splits[queries],
    }
    return pd.DataFrame(columns)


def _spread(vectors: np.ndarray, rows: np.ndarray, length: int) -> np.ndarray:
    """Return ``vectors`` at ``rows`` of a table of ``length`` rows, NaN elsewhere."""
    spread = np.full((length, vectors.shape[1]), np.nan, dtype=np.float32)
    spread[rows] = vectors
    return spread


def _settings(work: Workspace) -> CandidateSettings:
    return CandidateSettings.model_validate_json((work.scratch / "candidates.json").read_text())


def _judged_rows(work: Workspace, table: pd.DataFrame) -> pd.DataFrame:
    """Return the judged pairs as rows of ``table``, without images that could not be decoded."""
    judged = pd.read_parquet(work.scratch / JUDGED)
    rows = pd.Series(np.arange(len(table)), index=table["image"])
    found = judged.assign(
        query=judged["query"].map(rows), candidate=judged["candidate"].map(rows)
    ).dropna()
    return found.astype({"query": int, "candidate": int, "relevance": np.int8})


def _relevant(work: Workspace, table: pd.DataFrame, queries: np.ndarray) -> dict[int, np.ndarray]:
    """Return the rows relevant to each query: as judged, or all others of its label."""
    if work.config.pairs:
        judged = _judged_rows(work, table)
        judged = judged[judged["query"].isin(queries) & (judged["relevance"] == 1)]
        return {int(str(q)): g["candidate"].to_numpy() for q, g in judged.groupby("query")}
    rows_of = table.groupby("label").indices
    found = {int(q): np.asarray(rows_of[table["label"].iat[q]]) for q in queries}
    return {q: rows[rows != q] for q, rows in found.items()}


def _split_in_words(config: BuildConfig, measured: bool) -> str:
    if not measured:
        return "No judged pairs and no labels, so there is no ranker and nothing to measure it on."
    pairs, relevant = (
        ("the judged pairs of the held-out queries", "the judged relevant images")
        if config.pairs
        else (
            "all labelled candidates of the held-out queries, relevant if they share the label",
            "all images of the query's label in the collection",
        )
    )
    return (
        f"Split by query image, {1 - VALIDATION_SHARE - TEST_SHARE:.0%} train, "
        f"{VALIDATION_SHARE:.0%} validation, {TEST_SHARE:.0%} held out; nothing was fitted on a "
        f"held-out query image. AUC (pooled), nDCG@5 and MRR (means over the queries with a "
        f"relevant pair) are over {pairs}; the recall of candidates is over {relevant}."
    )
