"""Sums: how exactly parts add up, and how long that takes."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL.Image import Image

from benchmarks.explanations.subject import Subject
from mmrec_core.attribution import LEARNED, ItemParts
from mmrec_core.encoders import ImageTextEncoder
from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.torchvision_ops import import_open_clip
from mmrec_core.serving.answers import Query
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.recommender import Recommender

K = 3
PICTURES = 20
VIT_B_32 = {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}
VIT_NAME = "a ViT-B/32 with random weights"


def sums_of_bundle(recommender: Recommender, queries: int, seed: int) -> Iterator[list[str]]:
    """Yield lines of the table: deviations and times over the first results of each ranker."""
    name, rows = recommender.bundle.name, _drawn(recommender, queries, seed)
    pairs: list[float] = []
    texts: list[float] = []
    learned: list[float] = []
    score: list[float] = []
    cold: list[float] = []
    cached: list[float] = []
    items: list[ItemParts] = []
    recommender.recommend(Query(text="What is loaded once is no part of the times."))
    for row in rows:
        query = Query(recommender.bundle.image(row))
        scored = recommender.score(query)
        for ranker in scored.scores:
            for result in recommender.answer(scored, ranker=ranker, k=K).results:
                explainer = PairExplainer(recommender)
                for times in (cold, cached):
                    start = perf_counter()
                    parts = explainer.explain(query, scored, result)
                    sides = (parts.query_side, parts.candidate_side)
                    times.append(1000 * (perf_counter() - start))
                for cosine, alignment in parts.alignments.items():
                    into = texts if cosine in ("bert_cosine", "clip_text_cosine") else pairs
                    into = learned if cosine in LEARNED else into
                    into.append(abs(alignment.total - result.features[cosine]))
                rest = parts.base + sum(parts.numbers.values())
                score += [abs(rest + side.total - result.score) for side in sides]
                items += [parts.query, parts.candidate]
    results = len(cold)
    yield [name, f"cosines with a picture − bundle's, {results} results", f"{max(pairs):.1e}"]
    yield [name, f"cosines of captions − bundle's, {results} results", f"{max(texts):.1e}"]
    if learned:
        what = f"learned likenesses − bundle's, in deviations, {results} results"
        yield [name, what, f"{max(learned):.1e}"]
    yield [name, f"base + numbers + parts − score, {results} results", f"{max(score):.1e}"]
    yield [name, "a result, cold: median and 90 %, ms", _times(cold)]
    yield [name, "a result, cached: median and 90 %, ms", _times(cached)]
    likeness = [item.likeness for item in items if item.likeness is not None]
    alike = f"{np.median(likeness):.4f}, {min(likeness):.4f}"
    yield [name, "cosine of thumbnail and original: median, least", alike]


def sums_of_encoder(subject: Subject, seed: int) -> Iterator[list[str]]:
    """Yield how far parts, as the encoder gives them, are from what it encodes."""
    rows = np.random.default_rng(seed).permutation(len(subject.pictures))[:PICTURES].tolist()
    yield from pictures_taken_apart(
        subject.name, subject.encoder, [subject.picture(row) for row in rows]
    )
    texts = [text for row in rows if (text := subject.bundle.text(row)) is not None]
    encoded = subject.encoder.encode_texts(texts)
    totals = np.array([subject.encoder.text_parts(text).total for text in texts])
    yield [subject.name, "words × words − encoder's cosine, unfitted", _furthest(totals, encoded)]


def pictures_taken_apart(
    name: str, encoder: ImageTextEncoder, images: list[Image]
) -> Iterator[list[str]]:
    """Yield how far the sum over cells is from the vector, and how long a picture takes."""
    encoded = encoder.encode_images(images)  # also warms it up
    totals, times = [], []
    for image in images:
        start = perf_counter()
        totals.append(encoder.picture_parts(image).total)
        times.append(1000 * (perf_counter() - start))
    away = _furthest(np.array(totals), encoded)
    yield [name, "cells × cells − encoder's cosine, unfitted", away]
    yield [name, "a picture taken apart: median and 90 %, ms", _times(times)]


def sums_of_random_vit(images: list[Image]) -> Iterator[list[str]]:
    """Yield the same for a transformer of ViT-B/32's size, whose weights say nothing."""
    with tempfile.TemporaryDirectory() as folder:
        save_random_vit(Path(folder), VIT_B_32)
        for precision in ("fp32", "bf16"):
            encoder = OpenClipEncoder(folder, precision=precision)
            yield from pictures_taken_apart(f"{VIT_NAME}, {precision}", encoder, images)


def save_random_vit(folder: Path, vision: dict[str, int]) -> None:
    """Write an open_clip model with an image tower of that size and a tiny text tower."""
    import torch
    from safetensors.torch import save_file

    text = {"context_length": 16, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1}
    config = {"embed_dim": 512, "vision_cfg": vision, "text_cfg": text}
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": config, "preprocess_cfg": {}})
    )
    torch.manual_seed(0)
    weights = import_open_clip().CLIP(**config).state_dict()
    save_file(
        {name: value.contiguous() for name, value in weights.items()},
        folder / "open_clip_model.safetensors",
    )


def _drawn(recommender: Recommender, queries: int, seed: int) -> list[int]:
    captioned = np.flatnonzero(recommender.bundle.items["text"].notna())
    return np.random.default_rng(seed).permutation(captioned)[:queries].tolist()


def _furthest(totals: np.ndarray, encoded: np.ndarray) -> str:
    """Return the largest difference of the cosines of all pairs."""
    first, second = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (totals, encoded))
    return f"{np.abs(first @ first.T - second @ second.T).max():.1e}"


def _times(times: list[float]) -> str:
    return f"{np.median(times):.0f}, {np.percentile(times, 90):.0f}"
