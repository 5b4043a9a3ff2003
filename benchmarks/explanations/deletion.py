"""Deletion: cells of most weight painted over lower the cosine more than cells drawn at random."""

from dataclasses import dataclass

import numpy as np
from PIL.Image import Image

from benchmarks.explanations.figures import Row, ratio, shown
from benchmarks.explanations.subject import Subject
from benchmarks.explanations.weighing import OCCLUSION, PARTS, ways
from mmrec_core.collection.vectors import unit
from mmrec_core.encoders.parts import Grid
from mmrec_core.evaluation.bootstrap import query_mean

SHARES = (0.05, 0.1, 0.25, 0.5)
TENTH = 0.1
DRAWS = 2  # of cells at random
COLOUR, WHITE = "mean colour", "white"
TARGET = "≥ 2.5"


@dataclass(frozen=True, eq=False)
class Falls:
    """How far cosines fell, (pictures, shares): by cells of most weight, and at random."""

    chosen: np.ndarray
    random: np.ndarray


def deletion(
    subject: Subject, pictures: int, occluded: int, seed: int
) -> tuple[list[Row], list[list[str]]]:
    """Return the ratios at a tenth of the cells, and the lines of the curve."""
    rows, curve = [], []
    for name, by_fill in _all_falls(subject, pictures, occluded, seed).items():
        for fill, falls in by_fill.items():
            at = _shares(fill).index(TENTH)
            chosen, random = falls.chosen[:, at], falls.random[:, at]
            measure = f"deletion of a tenth, {fill} ({chosen.mean():.3f} : {random.mean():.3f})"
            figure = ratio(chosen, random, seed)
            target = TARGET if fill == COLOUR and name == "parts" else ""
            rows.append(Row(subject.name, measure, name, len(chosen), figure, target))
        painted = by_fill[COLOUR]
        for way, fallen in ((name, painted.chosen), (f"random, beside {name}", painted.random)):
            cells = [shown(query_mean(column, seed), 3) for column in fallen.T]
            curve.append([subject.name, way, *cells])
    return rows, curve


def cells_painted(
    image: Image, grid: Grid, cells: np.ndarray, colour: tuple[int, int, int]
) -> Image:
    """Return a picture with some cells of a grid painted over; what lies beyond it is left out."""
    painted = image.copy()
    xs = (grid.left + grid.width * np.arange(grid.columns + 1) / grid.columns) * image.width
    ys = (grid.top + grid.height * np.arange(grid.rows + 1) / grid.rows) * image.height
    xs, ys = (
        np.clip(np.round(at), 0, side).astype(int).tolist()
        for at, side in ((xs, image.width), (ys, image.height))
    )
    for cell in cells.tolist():
        row, column = divmod(cell, grid.columns)
        box = (xs[column], ys[row], xs[column + 1], ys[row + 1])
        if box[0] < box[2] and box[1] < box[3]:
            painted.paste(colour, box)
    return painted


def _all_falls(
    subject: Subject, pictures: int, occluded: int, seed: int
) -> dict[str, dict[str, Falls]]:
    """Measure the nearest pairs of drawn pictures, by each way of weighing and each fill."""
    queries = np.random.default_rng(seed).permutation(len(subject.pictures))[:pictures]
    cosines = subject.pictures[queries] @ subject.pictures.T
    cosines[np.arange(len(queries)), queries] = -np.inf
    nearest = cosines.argmax(axis=1)
    found = {}
    for name, weigh in ways(subject.encoder).items():
        count = occluded if name == OCCLUSION else len(queries)
        fills = (COLOUR, WHITE) if name == PARTS else (COLOUR,)
        fallen: dict[str, list[np.ndarray]] = {fill: [] for fill in fills}
        for row, near in zip(queries[:count].tolist(), nearest.tolist(), strict=False):
            generator = np.random.default_rng([seed, row])
            image = subject.picture(row)
            whole, towards = unit(subject.encoder.encode_images([image, subject.picture(near)]))
            (weights,), grid = weigh(image, towards[None])
            there = np.flatnonzero(grid.on_picture)
            best = there[np.argsort(-weights[there], kind="stable")]
            orders = [best, *(generator.permutation(there) for _ in range(DRAWS))]
            for fill in fills:
                painted = [
                    cells_painted(image, grid, order[: max(1, round(share * len(there)))], colour)
                    for colour in [_colour(image, fill)]
                    for order in orders
                    for share in _shares(fill)
                ]
                left = unit(subject.encoder.encode_images(painted)) @ towards
                fallen[fill].append((whole @ towards - left).reshape(len(orders), -1))
        if count:
            found[name] = {fill: _split(np.array(falls)) for fill, falls in fallen.items()}
    return found


def _split(by_order: np.ndarray) -> Falls:
    return Falls(by_order[:, 0], by_order[:, 1:].mean(axis=1))


def _shares(fill: str) -> tuple[float, ...]:
    return SHARES if fill == COLOUR else (TENTH,)


def _colour(image: Image, fill: str) -> tuple[int, int, int]:
    if fill == WHITE:
        return (255, 255, 255)
    red, green, blue = np.asarray(image).reshape(-1, 3).mean(axis=0).astype(int).tolist()
    return (red, green, blue)
