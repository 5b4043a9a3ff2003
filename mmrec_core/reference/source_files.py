"""The files of the reference repository and of the Yandex image set, as they are published.

JSON Lines are read line by line: a damaged line is reported with its number, and the rest is used.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import simdjson

from mmrec_core.errors import InputError
from mmrec_core.files import write_header, written_aside
from mmrec_core.inputs.json_lines import Damages, numbered_lines
from mmrec_core.inputs.judgements import read_pair_names
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import clean

PICTURES = "Dataset"
_BATCH = 1024
_NAMES = {
    "vectors": ("clip_bert.json", "clip_bert.jsonl"),
    "texts": ("image_text_dataset.json",),
    "pairs": ("img_data.csv", "text_data.csv"),
    "nearest_clusters": ("nearest_clusters.json",),
    "ranker": ("catboost_model.bin",),
}


@dataclass(frozen=True)
class ReferenceFiles:
    """Which of the reference's files are there; ``pictures`` is the folder of photographs."""

    pictures: Path | None
    vectors: Path | None
    texts: Path | None
    pairs: Path | None
    nearest_clusters: Path | None
    ranker: Path | None


def find_files(folder: Path) -> ReferenceFiles:
    """Find the reference's files in a folder and its subfolders, by their names.

    A number before a name, as in ``01_img_data.csv``, may be there or not. Of ``img_data.csv`` and
    ``text_data.csv``, which hold the same pairs, the first found is taken.

    Raises
    ------
    InputError
        If the folder cannot be read or holds neither vectors nor photographs.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder: give the folder of the reference's files.")
    try:
        pictures = next((p for p in sorted(folder.rglob(PICTURES)) if p.is_dir()), None)
        files = [
            path
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".json", ".jsonl", ".csv", ".bin") and path.is_file()
        ]
    except OSError as error:
        raise InputError(
            f"{folder} cannot be read ({error.strerror or error}): check its permissions."
        ) from None
    plain = {path: re.sub(r"^\d+_", "", path.name) for path in files}
    chosen = {
        kind: next((path for name in names for path in files if plain[path] == name), None)
        for kind, names in _NAMES.items()
    }
    if not (chosen["vectors"] or pictures):
        raise InputError(
            f"{folder} has neither clip_bert.json nor a folder {PICTURES}: an import needs the "
            "vectors or the photographs (`mmrec fetch yandex` fetches both)."
        )
    return ReferenceFiles(pictures=pictures, **chosen)


def read_vectors(
    path: Path, clip: Path, bert: Path, progress: Callable[[int], Any] = lambda size: None
) -> tuple[list[str], list[Problem]]:
    """Read ``clip_bert.json`` into two arrays, a batch of lines at a time.

    Parameters
    ----------
    path : Path
        JSON Lines of ``img``, ``clip`` and ``bert``. The first sound line says how long the
        vectors are.
    clip, bert : Path
        Where the float32 ``.npy`` files go; rows in the order of the lines.
    progress : callable
        Takes the bytes read since it was last called.

    Returns
    -------
    images : list of str
        The name of each row.
    problems : list of Problem
        A line an entry, with its number; of many thousands the first and a count.

    Raises
    ------
    InputError
        If the file cannot be read, or has no sound line.
    """
    images: dict[str, int] = {}
    damages = Damages(path.name)
    parser, sizes = simdjson.Parser(), None
    with ExitStack() as stack:
        asides = [stack.enter_context(written_aside(target)) for target in (clip, bert)]
        outputs = [stack.enter_context(aside.open("wb")) for aside in asides]
        batch: list[list[np.ndarray]] = [[], []]
        unread = 0
        for number, line in numbered_lines(path):
            unread += len(line)
            try:
                image, vectors = _vectors_of(parser, line, sizes)
            except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
                damages.add(number, _reason(error))
                continue
            if image in images:
                damages.add(number, f"{image} stands in line {images[image]} before")
                continue
            if sizes is None:
                sizes = (len(vectors[0]), len(vectors[1]))
                for output, size in zip(outputs, sizes, strict=True):
                    write_header(output, 0, size)
            images[image] = number
            for part, vector in zip(batch, vectors, strict=True):
                part.append(vector)
            if len(batch[0]) == _BATCH:
                _flush(batch, outputs)
                progress(unread)
                unread = 0
        if sizes is None:
            raise InputError(
                f"{path} contains no vectors{damages.first}: expected lines of "
                '{"img": …, "clip": […], "bert": […]}.'
            )
        _flush(batch, outputs)
        progress(unread)
        for output, size in zip(outputs, sizes, strict=True):
            output.seek(0)
            write_header(output, len(images), size)
    return list(images), damages.problems("vectors")


def read_texts(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Read the texts: JSON Lines of ``img`` and ``txt``; returns text by image, and problems."""
    texts: dict[str, str] = {}
    damages = Damages(path.name)
    for number, image, row in _objects(path, damages):
        text = clean(row.get("txt"))
        if text is None:
            damages.add(number, f"{image} has no text")
        elif image in texts:
            damages.add(number, f"{image} has a text before")
        else:
            texts[image] = text
    return texts, damages.problems("captions")


def read_nearest_clusters(path: Path) -> tuple[dict[str, list[int]], list[Problem]]:
    """Read the nearest clusters, own cluster first: JSON Lines of ``img`` and ``clusters``."""
    clusters: dict[str, list[int]] = {}
    damages = Damages(path.name)
    for number, image, row in _objects(path, damages):
        near = row.get("clusters")
        if not (isinstance(near, list) and near and all(type(c) is int and c >= 0 for c in near)):
            damages.add(number, f"{image} has no list of cluster numbers")
        elif image in clusters:
            damages.add(number, f"{image} has clusters before")
        else:
            clusters[image] = near
    return clusters, damages.problems("clusters")


def pair_counts(path: Path) -> dict[str, Any]:
    """Count what a file of judged pairs holds, every row of it.

    Returns
    -------
    dict
        ``rows``, ``positives``, ``negatives``, ``images`` (distinct), ``queries``,
        ``queries_with_both`` (kinds of judgement), ``fewest_a_query``, ``most_a_query``,
        ``mean_a_query``, ``query_and_candidate`` (images that are both), ``queries_named_1`` and
        ``candidates_named_0`` (rows against the custom of queries ``_0`` and candidates ``_1``).
    """
    frame = read_pair_names(path)
    relevance = pd.to_numeric(frame.iloc[:, 2], errors="coerce")
    by_query = relevance.groupby(frame["query"])
    sizes = by_query.size()
    queries, candidates = set(frame["query"]), set(frame["candidate"])
    return {
        "rows": len(frame),
        "positives": int((relevance == 1).sum()),
        "negatives": int((relevance == 0).sum()),
        "images": len(queries | candidates),
        "queries": len(queries),
        "queries_with_both": int((by_query.nunique() > 1).sum()),
        "fewest_a_query": int(sizes.min()),
        "most_a_query": int(sizes.max()),
        "mean_a_query": round(float(sizes.mean()), 2),
        "query_and_candidate": len(queries & candidates),
        "queries_named_1": _named(frame["query"], "_1"),
        "candidates_named_0": _named(frame["candidate"], "_0"),
    }


def bare(name: str) -> str:
    """Return a file name without the folders before it: the reference's files name images so."""
    return PurePosixPath(name.replace("\\", "/")).name


def _named(images: pd.Series, ending: str) -> int:
    return int(images.str.replace(r"\.\w+$", "", regex=True).str.endswith(ending).sum())


def _objects(path: Path, damages: Damages) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            damages.add(number, f"no JSON ({type(error).__name__})")
            continue
        image = clean(row.get("img")) if isinstance(row, dict) else None
        if image is None:
            damages.add(number, "names no image")
        else:
            yield number, bare(image), row


def _vectors_of(
    parser: simdjson.Parser, line: bytes, sizes: tuple[int, int] | None
) -> tuple[str, list[np.ndarray]]:
    row = parser.parse(line)
    if not isinstance(row, simdjson.Object):
        raise ValueError("not a JSON object")
    image = clean(row["img"]) if isinstance(row["img"], str) else None
    if image is None:
        raise ValueError("names no image")
    vectors = []
    for place, name in enumerate(("clip", "bert")):
        listed: Any = row[name]
        numbers = np.frombuffer(listed.as_buffer(of_type="d"))
        with np.errstate(over="ignore"):
            vector = numbers.astype(np.float32)
        if sizes and len(vector) != sizes[place]:
            raise ValueError(f"{name} has {len(vector)} numbers, expected {sizes[place]}")
        squared = float(vector @ vector)
        if not (math.isfinite(squared) and squared > 0):
            raise ValueError(f"{name} is empty, zero or not finite")
        vectors.append(vector)
    return bare(image), vectors


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return "no JSON object with img, clip and bert"
    text = str(error).split(":")[0]
    return f"no JSON ({text})" if text.isupper() else text


def _flush(batch: list[list[np.ndarray]], outputs: Sequence[BinaryIO]) -> None:
    for part, output in zip(batch, outputs, strict=True):
        if part:
            output.write(np.stack(part).tobytes())
        part.clear()
