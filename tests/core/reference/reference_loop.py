"""The reference pipeline as plain loops over rows: what the vectorised code is held against."""

import math

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.cluster import KMeans

VECTORS = ["img_clip_1", "img_clip_2", "img_bert_1", "img_bert_2"]
FOUR = ["clip_cossim", "clip_l2", "bert_cossim", "bert_l2"]


def cosine(a, b) -> float:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def distance(a, b) -> float:
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def four(clip, bert, query: int, candidate: int) -> list[float]:
    return [
        cosine(clip[query], clip[candidate]),
        distance(clip[query], clip[candidate]),
        cosine(bert[query], bert[candidate]),
        distance(bert[query], bert[candidate]),
    ]


def nearest_clusters(clip, bert, n_clusters: int, seed: int) -> tuple[list[int], list[list[int]]]:
    """k-means twice, once for the labels, once for the distances; own cluster first."""
    points = [list(a) + list(b) for a, b in zip(clip, bert, strict=True)]
    data = np.array(points, dtype=np.float32)
    labels = KMeans(n_clusters, n_init=1, random_state=seed).fit(data).labels_
    centres = KMeans(n_clusters, n_init=1, random_state=seed + 1).fit(data).cluster_centers_
    near = []
    for point, label in zip(points, labels, strict=True):
        others = [c for c in range(n_clusters) if c != label]
        others.sort(key=lambda c: distance(point, centres[c]))
        near.append([int(label), *others[:2]])
    return [int(label) for label in labels], near


def candidates(labels: list[int], near: list[list[int]], image: int) -> list[int]:
    return [other for other, label in enumerate(labels) if label in near[image] and other != image]


def scaled(rows: list[list[float]]) -> list[list[float]]:
    """Standard-scale each column by its own mean and deviation."""
    columns = []
    for column in zip(*rows, strict=True):
        mean = sum(column) / len(column)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in column) / len(column))
        columns.append([(value - mean) / deviation for value in column])
    return [list(row) for row in zip(*columns, strict=True)]


def table(clip, bert, pairs: list[tuple[int, int]], relevance=None) -> Pool:
    rows = []
    similarities = scaled([four(clip, bert, *pair) for pair in pairs])
    for (query, candidate), values in zip(pairs, similarities, strict=True):
        vectors = [clip[query], clip[candidate], bert[query], bert[candidate]]
        rows.append([np.array(v, dtype=np.float32) for v in vectors] + values)
    frame = pd.DataFrame(rows, columns=VECTORS + FOUR)
    return Pool(frame, relevance, embedding_features=VECTORS)


def train(clip, bert, pairs, relevance, seed: int, trees: int) -> CatBoostClassifier:
    """Split rows 70 : 15 : 15, scale every part by itself, weigh the positives by 2.64."""
    order = [int(place) for place in np.random.default_rng(seed).permutation(len(pairs))]
    first = round(0.70 * len(pairs))
    second = first + round(0.15 * len(pairs))
    parts = []
    for part in (order[:first], order[first:second]):
        parts.append(table(clip, bert, [pairs[i] for i in part], [relevance[i] for i in part]))
    model = CatBoostClassifier(
        iterations=trees, depth=6, learning_rate=0.001, loss_function="Logloss",
        scale_pos_weight=2.64, early_stopping_rounds=20, random_seed=seed, thread_count=2,
        verbose=False, allow_writing_files=False,
    )  # fmt: skip
    return model.fit(parts[0], eval_set=parts[1])


def best_five(rows: list[int], scores: list[float]) -> list[int]:
    order = sorted(range(len(rows)), key=lambda place: (-scores[place], place))
    return [rows[place] for place in order[:5]]


def best_by_cosine(vectors, image: int, rows: list[int]) -> list[int]:
    kept, scores = [], []
    for row in rows:
        value = cosine(vectors[image], vectors[row])
        if np.float32(value) != 1:
            kept.append(row)
            scores.append(value)
    return best_five(kept, scores)
