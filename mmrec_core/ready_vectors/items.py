"""The first stage: the vectors with what is said of each, brought together by row."""

import posixpath
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, cast

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import write_files
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import catalogue as listing
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.errors import InputError
from mmrec_core.files import write_array, write_json, write_table, written_rows
from mmrec_core.inputs.captions import RESERVED_COLUMNS
from mmrec_core.inputs.folder import scan
from mmrec_core.inputs.judgements import check_known, read_pairs
from mmrec_core.inputs.name_matching import match_names
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.text import clean
from mmrec_core.inputs.vector_files import IMAGE, OWN_COLUMNS, TEXT, Block, read_blocks
from mmrec_core.ready_vectors.config import VectorsConfig

VECTORS = {name: f"{scratch.FOLDER}/vectors/{name}.npy" for name in OWN_COLUMNS}
PLACES = f"{scratch.FOLDER}/places.npy"

NAME_COLUMNS = (
    *("image", "image_path", "file_name", "filename", "name", "path", "key", "id", "url"),
)
TEXT_COLUMNS = ("text", "caption", "txt")
_PLACES = (("projection_x", "projection_y"), ("x", "y"))
_LISTED_PROBLEMS = 1000
_NOT_SAID = RESERVED_COLUMNS | {"group", "fold", "projection_x", "projection_y", *OWN_COLUMNS}


def items(work: Workspace) -> None:
    """Read the vectors, names, texts and labels; rows without a vector or a name are left out."""
    config = cast(VectorsConfig, work.config)
    problems: list[Problem] = []
    rows: list[dict[str, str | None]] = []
    places: list[np.ndarray] = []
    seen: set[str] = set()
    number = 0
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(written_rows(work.output(path)))
            for name, path in VECTORS.items()
        }
        bar = stack.enter_context(work.progress(None, "vectors", "rows"))
        for block in read_blocks(config.vector_files):
            if not number and not {IMAGE, "clip_image"} & set(block.vectors):
                reason = "no image vectors: the text vectors stand in their place"
                problems.append(Problem("", "catalogue", reason))
            vectors = three_vectors(block.vectors, config.own_text_space)
            said = list(_said(block, config, number, len(vectors["clip_image"])))
            usable = _usable(vectors["clip_image"])
            kept = []
            for place, row in enumerate(said):
                name = row["image"]
                if not usable[place] or name is None or name in seen:
                    problems.append(_left_out(name, number + place, bool(usable[place])))
                    continue
                seen.add(name)
                kept.append(place)
                rows.append(row)
            for name, writer in writers.items():
                writer.write(vectors[name][kept])
            places.append(_given_places(block, len(said))[kept])
            number += len(said)
            bar.update(len(said))
    if not rows:
        first = f" (the first: {problems[0].reason})" if problems else ""
        raise InputError(
            f"none of {number:,} rows has a vector and a name of its own{first}: check the files."
        )
    table = pd.DataFrame(rows).astype(object)
    table = table.where(table.notna(), None)
    table["picture"] = _pictures(config, [str(name) for name in table["image"]])
    pairs = pd.DataFrame(columns=["query", "candidate", "relevance"])
    if config.pairs:
        pairs, reported = read_pairs(config.pairs)
        check_known(pairs, table["image"], config.pairs)
        problems = reported + problems
    write_table(work.output(scratch.LISTED), table)
    write_table(work.output(scratch.JUDGED), pairs)
    write_table(work.output(scratch.TWINS), pairs.iloc[:0])
    known = np.concatenate(places)
    write_array(work.output(PLACES), known if np.isfinite(known).all() else known[:0])
    shown = table["picture"].dropna()
    write_files(work.output(scratch.PICTURE_FILES), config.images, shown)
    write_json(work.output(layout.SOURCE), {"files": _file_names(config)})
    if len(problems) > _LISTED_PROBLEMS:
        more = f"{len(problems) - _LISTED_PROBLEMS:,} more rows are left out"
        problems = [*problems[:_LISTED_PROBLEMS], Problem("", "catalogue", more)]
    work.report(problems)


def three_vectors(given: dict[str, np.ndarray], own_text_space: bool) -> dict[str, np.ndarray]:
    """Return the three kinds of vectors that a bundle holds, NaN for what is not given.

    Text vectors compare captions with each other. As long as the image vectors, they are of one
    space with these unless ``own_text_space``, and compare captions with pictures too. Without
    image vectors, those of texts stand in their place.
    """
    image, text = given.get("clip_image", given.get(IMAGE)), given.get(TEXT)
    captions = given.get("bert_text", text)
    joint = given.get("clip_text")
    if image is None:
        image, captions = (text, text) if text is not None else (captions, captions)
    elif joint is None and text is not None and not own_text_space:
        joint = text if text.shape[1] == image.shape[1] else None
    if image is None:
        raise InputError("there is no vector at all in the files: check their columns.")
    none = np.full(image.shape, np.nan, dtype=np.float32)
    return {
        "clip_image": image,
        "clip_text": none if joint is None else _or_nan(joint),
        "bert_text": none[:, :1] if captions is None else _or_nan(captions),
    }


def _usable(vectors: np.ndarray) -> np.ndarray:
    return np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)


def _or_nan(vectors: np.ndarray) -> np.ndarray:
    """Return vectors whose rows that cannot be compared are NaN."""
    return np.where(_usable(vectors)[:, None], vectors, np.float32(np.nan))


def _said(
    block: Block, config: VectorsConfig, number: int, length: int
) -> Iterator[dict[str, str | None]]:
    """Yield name, text, label and whatever else is said of each row."""
    names, texts = (
        _column(block, chosen, default, others)
        for chosen, default, others in (
            (config.image_column, "image", NAME_COLUMNS),
            (config.text_column, "text", TEXT_COLUMNS),
        )
    )
    label = _column(block, config.label_column, "label", ("label",))
    used = {names, texts, label}
    others = [name for name in block.columns if name not in used and name not in _NOT_SAID]
    for place in range(length):
        cells = {name: clean(block.columns[name][place]) for name in others}
        yield {
            "image": clean(block.columns[names][place]) if names else f"{number + place:07d}",
            "text": clean(block.columns[texts][place]) if texts else None,
            "label": clean(block.columns[label][place]) if label else None,
            **cells,
        }


def _column(block: Block, chosen: str, default: str, others: tuple[str, ...]) -> str | None:
    """Return the column that an option names, or without one the first of the customary names."""
    if chosen != default and chosen not in block.columns:
        raise InputError(
            f"there is no column {chosen!r}; there are {', '.join(block.columns) or 'none'}: name "
            "another one."
        )
    names = (chosen,) if chosen != default else others
    return next((name for name in names if name in block.columns), None)


def _given_places(block: Block, length: int) -> np.ndarray:
    for names in _PLACES:
        if all(name in block.columns for name in names):
            columns = [pd.to_numeric(block.columns[name], errors="coerce") for name in names]
            return np.stack(columns, axis=1).astype(np.float32)
    return np.full((length, 2), np.nan, dtype=np.float32)


def _left_out(name: str | None, number: int, usable: bool) -> Problem:
    reason = "no usable vector" if not usable else "a row before has its name"
    return Problem(name or f"row {number + 1}", "catalogue", "no name" if not name else reason)


def _pictures(config: VectorsConfig, names: list[str]) -> list[str | None]:
    """Return the picture of each name in the folder; by its bare name where it lies elsewhere."""
    if not config.with_pictures:
        return [None] * len(names)
    paths, _ = scan(config.images)
    row_of, _ = match_names(paths, names)
    found: list[str | None] = [None] * len(names)
    for position, row in row_of.items():
        found[row] = paths[position]
    left = [row for row, path in enumerate(found) if path is None]
    bare = [posixpath.basename(names[row].replace("\\", "/")) for row in left]
    for position, place in match_names(paths, bare)[0].items():
        found[left[place]] = paths[position]
    return found


def _file_names(config: VectorsConfig) -> dict[str, Any]:
    return {
        "vectors": ", ".join(path.name for path in config.files) or None,
        "text_vectors": ", ".join(path.name for path in config.text_vectors) or None,
        "names": config.names and config.names.name,
    }


STAGE = Stage(
    "catalogue",
    items,
    writes=(*listing.STAGE.writes, layout.SOURCE, *VECTORS.values(), PLACES),
)
