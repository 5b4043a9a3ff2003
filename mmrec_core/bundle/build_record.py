"""What a bundle tells of its build: what was left out, how long it took, what it weighs."""

import json
import math
import os
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, Field, ValidationError

from mmrec_core.bundle import Bundle, layout
from mmrec_core.errors import BundleError
from mmrec_core.files import plain_size

THUMBNAILS = "thumbnails"
_LARGEST = 2**20  # bytes of the timings


class Measured(BaseModel):
    """A figure with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


class CandidateRecall(BaseModel):
    """What share of a query's relevant images its candidates hold, and how many they are."""

    recall: float | None
    low: float | None
    high: float | None
    mean_size: float


class TextToImage(BaseModel):
    """How often a caption finds its own picture among ``gallery`` pictures of its fold.

    ``further`` says it of captions in other languages, by their column.
    """

    gallery: int
    queries: int
    folds: int = 1
    at_1: Measured = Field(alias="recall@1")
    at_5: Measured = Field(alias="recall@5")
    further: "dict[str, TextToImage]" = {}


class WithoutText(BaseModel):
    """The model's figures if the queries had no caption."""

    auc: Measured
    ndcg: Measured = Field(alias="ndcg@5")


class CandidatePoint(BaseModel):
    """Recall at one length of the candidate list, by one method, with its 95 % interval."""

    method: str
    step: float
    size: float
    recall: float | None
    low: float | None
    high: float | None


class WholeCollection(BaseModel):
    """One ranker over the whole collection, where what is no candidate counts as missed."""

    ndcg: Measured = Field(alias="ndcg@5")
    recall: Measured = Field(alias="recall@5")
    ranking_loss: Measured


class EndToEnd(BaseModel):
    """What the list loses before ranking, and each ranker's figures over the collection."""

    queries: int = 0
    retrieval_loss: Measured | None = None
    rankers: dict[str, WholeCollection] = {}


class Gate(BaseModel):
    """How a ranker trained with verdicts compared on ``queries``: differences in mean nDCG@5.

    ``difference`` is to the ranker of the build, ``above_single`` to the best single one.
    """

    queries: int
    difference: Measured
    best_single: str | None = None
    above_single: Measured = Measured(value=None, low=None, high=None)


class TrainingWithVerdicts(BaseModel):
    """What the ranker was trained with beside the build's pairs, and what let it in."""

    verdicts: int
    gate: Gate


class BuiltMetrics(BaseModel):
    """What only the build measured: the rankers' own figures can be computed again at any time."""

    split: str
    pairs: int = 0
    trees: int = 0
    folds: int = 1
    candidates: dict[str, CandidateRecall] = {}
    candidate_curve: list[CandidatePoint] = []
    end_to_end: EndToEnd = EndToEnd()
    text_to_image: TextToImage | None = None
    model_without_query_text: WithoutText | None = None
    training_with_verdicts: TrainingWithVerdicts | None = None


def built_metrics(bundle: Bundle) -> BuiltMetrics:
    """Return what the build measured; BundleError if ``metrics.json`` says it in another form."""
    try:
        return BuiltMetrics.model_validate(bundle.metrics)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise BundleError(
            f"{bundle.path} is damaged ({layout.METRICS}: {where} is missing or malformed): "
            "build it again."
        ) from None


def problem_table(bundle: Bundle) -> pd.DataFrame:
    """Return what the build could not use: ``stage``, ``image`` and ``reason``, as text.

    Raises
    ------
    BundleError
        If ``report.json`` does not hold what it should.
    """
    report = bundle.report
    problems = report.get("problems") if isinstance(report, dict) else None
    if not isinstance(problems, list) or not all(isinstance(line, dict) for line in problems):
        raise BundleError(
            f"{bundle.path} is damaged ({layout.REPORT} has no list of problems): build it again."
        )
    table = pd.DataFrame(problems, columns=["stage", "image", "reason"], dtype=object)
    return table.fillna("").astype(str)


def stage_seconds(bundle: Path) -> dict[str, float]:
    """Return the seconds of each stage of a bundle's build, in order; empty if not kept."""
    path = bundle / layout.TIMINGS
    if (plain_size(path) or _LARGEST) >= _LARGEST:
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
        seconds = {str(stage): float(value) for stage, value in content["seconds"].items()}
    except Exception:  # of a stranger's file anything may be wrong, and nothing depends on it
        return {}
    return {stage: value for stage, value in seconds.items() if math.isfinite(value)}


def part_sizes(bundle: Bundle) -> pd.DataFrame:
    """Return what the bundle takes on disk.

    Returns
    -------
    DataFrame
        One row a part, the largest first: ``part`` (a folder's name, or a file's beside them),
        ``files`` (count), ``bytes``. Files of the manifest have the size that it gives; thumbnails
        are counted in their folder.
    """
    sizes: dict[str, tuple[int, int]] = {}
    for name, entry in bundle.manifest.files.items():
        part = name.partition("/")[0]
        files, size = sizes.get(part, (0, 0))
        sizes[part] = (files + 1, size + entry.bytes)
    sizes[THUMBNAILS] = _below(bundle.path / THUMBNAILS)
    if (stored := bundle.path / layout.STORED_INSIDE).is_dir():
        sizes[layout.STORED_INSIDE] = _below(stored)
    rows = [(part, *counted) for part, counted in sizes.items()]
    table = pd.DataFrame(rows, columns=["part", "files", "bytes"])
    return table.sort_values("bytes", ascending=False, ignore_index=True)


def _below(folder: Path) -> tuple[int, int]:
    """Return how many files lie below a folder, and their bytes; links are not followed."""
    files = size = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        files, size = files + 1, size + entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return files, size
