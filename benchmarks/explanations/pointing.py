"""Pointing: of two pictures side by side, heat falls on the one that is meant."""

import numpy as np
from PIL import Image

from benchmarks.explanations.figures import Row
from benchmarks.explanations.subject import Subject
from benchmarks.explanations.weighing import OCCLUSION, PARTS, ways
from mmrec_core.encoders.parts import Grid
from mmrec_core.evaluation.bootstrap import query_mean

SIDE = 260  # of each picture
TARGETS = {"caption": "≥ 0.85", "picture": "≥ 0.70"}
MEANT_BY = {
    "caption": "by its caption",
    "picture": "by another of its category",
    "no twin": "by another of its category, no near-duplicate",
}


def pointing(subject: Subject, pairs: int, occluded: int, seed: int) -> list[Row]:
    """Return how often heat falls on the right half, by what says which half is meant."""
    generator = np.random.default_rng(seed)
    drawn = [_pair(subject, row, generator) for row in _with_category(subject, pairs, generator)]
    rows = []
    for name, weigh in ways(subject.encoder).items():
        right: list[dict[str, bool]] = []
        for meant, other, on_left, towards in drawn[: occluded if name == OCCLUSION else pairs]:
            halves = (meant, other) if on_left else (other, meant)
            image = side_by_side(*(subject.picture(row) for row in halves))
            known = {kind: vector for kind, vector in towards.items() if vector is not None}
            weights, grid = weigh(image, np.array(list(known.values())))
            left, of_right = (weights @ half for half in shares_of_halves(grid))
            hits = (left > of_right) == on_left
            right.append(dict(zip(known, hits, strict=True)))
        for kind, meaning in MEANT_BY.items() if right else ():
            found = np.array([float(hits[kind]) for hits in right if kind in hits])
            figure = query_mean(found, seed)
            target = TARGETS.get(kind, "") if name == PARTS else ""
            measure = f"pointing, {meaning} (chance 0.50)"
            rows.append(Row(subject.name, measure, name, len(found), figure, target))
    return rows


def side_by_side(left: Image.Image, right: Image.Image) -> Image.Image:
    """Return two pictures in one, on a white square that no encoder has to crop."""
    both = Image.new("RGB", (2 * SIDE, 2 * SIDE), "white")
    for place, image in enumerate((left, right)):
        scale = SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        corner = (place * SIDE + (SIDE - size[0]) // 2, (2 * SIDE - size[1]) // 2)
        both.paste(image.resize(size, Image.Resampling.BICUBIC), corner)
    return both


def shares_of_halves(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return which share of each cell's width lies on the picture's left and right half, (cells,).

    What a cell has beyond the picture is on neither.
    """
    edges = grid.left + grid.width * np.arange(grid.columns + 1) / grid.columns
    halves = []
    for start, end in ((0.0, 0.5), (0.5, 1.0)):
        inside = np.clip(edges[1:], start, end) - np.clip(edges[:-1], start, end)
        halves.append(np.tile(inside / (grid.width / grid.columns), grid.rows))
    return halves[0], halves[1]


def _with_category(subject: Subject, pairs: int, generator: np.random.Generator) -> np.ndarray:
    """Draw pictures with a caption whose category has another picture."""
    items = subject.bundle.items
    fellows = items.groupby("label")["label"].transform("size")
    rows = np.flatnonzero(items["text"].notna() & (fellows > 1))
    return generator.permutation(rows)[:pairs]


def _pair(
    subject: Subject, row: int, generator: np.random.Generator
) -> tuple[int, int, bool, dict[str, np.ndarray | None]]:
    """Draw a picture of another category, the side, and vectors that say what is meant."""
    labels, groups = (subject.bundle.items[name].to_numpy() for name in ("label", "group"))
    known = subject.bundle.items["label"].notna().to_numpy()
    same = (labels == labels[row]) & (np.arange(len(labels)) != row)
    other = int(generator.choice(np.flatnonzero(known & (labels != labels[row]))))
    fellow = int(generator.choice(np.flatnonzero(same)))
    apart = np.flatnonzero(same & (groups != groups[row]))
    towards = {
        "caption": subject.captions[row],
        "picture": subject.pictures[fellow],
        "no twin": subject.pictures[int(generator.choice(apart))] if len(apart) else None,
    }
    return int(row), other, bool(generator.integers(2)), towards
