"""Adding images to a bundle: only what is new is embedded, and what was fitted stays."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.runner import run_missing
from mmrec_core.building.stage import stage_keys
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.growth import Growth, Step, growth_of
from mmrec_core.bundle.tables import read_table
from mmrec_core.collection.clusters import assign
from mmrec_core.collection.map import place_on_map
from mmrec_core.collection.vectors import Vectors, fused
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.encoders.projection import Projection
from mmrec_core.errors import InputError
from mmrec_core.files import link_tree, read_array, write_array, write_table
from mmrec_core.growing import arriving
from mmrec_core.growing.changing import GROWING, Changed, changing, in_parts
from mmrec_core.growing.neighbour_lists import lists_with_added
from mmrec_core.inputs.judgements import ADDED
from mmrec_core.inputs.splits import NO_QUERY


def add_images(
    folder: Path,
    images: Path,
    captions: Path | None = None,
    *,
    say: Callable[[str], None] = print,
    **options: Any,
) -> Growth | None:
    """Add the images of a folder or of shards to a bundle.

    What was fitted and the figures stay those of the build. The new images are
    embedded, get clusters, neighbours and places on the map, and enter the neighbour lists of the
    others, which are then exactly those of a search of the whole collection. They are no queries of
    the build. Images whose names and pictures the bundle has are left out.

    The new bundle is made beside the old one and renamed into its place: whenever this is
    interrupted, the old one is whole, and the same call continues.

    Parameters
    ----------
    folder : Path
        The bundle.
    images, captions : Path
        As of a build (`mmrec_core.config.BuildConfig`).
    say : callable
        Takes one line a stage.
    **options
        ``image_column``, ``text_column``, ``label_column``, ``only_captioned`` and
        ``folder_labels`` of a build.

    Returns
    -------
    Growth or None
        What became of the bundle since its build; None if there was nothing to add, and nothing
        ever was.

    Raises
    ------
    InputError
        If there are no usable images, or a name stands for another picture by now.
    EncoderError
        If the encoders that made the bundle are not here.
    BundleError
        If the bundle is missing or damaged.

    Examples
    --------
    >>> from pathlib import Path
    >>> import shutil
    >>> from mmrec_core.growing.adding import add_images
    >>> _ = shutil.copytree("artifacts/demo", "more")
    >>> Path("pictures").mkdir()
    >>> _ = shutil.copy("artifacts/demo/thumbnails/0000/0000000.webp", "pictures")
    >>> growth = add_images(Path("more"), Path("pictures"), say=lambda line: None)
    >>> growth.added, growth.reasons
    (1, ())
    """
    out = folder.resolve()
    with changing(out) as bundle:
        config = _config(bundle, out, images, captions, options)
        arrived = Workspace(config, say, "arriving")
        if not _listed(arrived):
            shutil.rmtree(arrived.path)
            say(f"{folder} has all of these images already.")
            return growth_of(bundle)
        keys = stage_keys(arriving.STAGES, config, arrived.path)
        for stage in arriving.STAGES[1:]:
            if arrived.of(stage).started_with() != keys[stage.name]:
                arrived.of(stage).forget()
        try:
            run_missing(arriving.STAGES, keys, arrived, say)
        except InputError as error:
            if arrived.input(scratch.DECODED).exists() or not len(arrived.table(arriving.KNOWN)):
                raise
            shutil.rmtree(arrived.path)
            say(f"{folder} has all of these images already, and {error}")
            return growth_of(bundle)
        say("clusters, neighbours, map")
        growth = _grow(bundle, arrived, Workspace(config, say, GROWING))
        shutil.rmtree(arrived.path)
        return growth


def _config(
    bundle: Bundle, out: Path, images: Path, captions: Path | None, options: dict[str, Any]
) -> BuildConfig:
    if any(path and path.resolve().is_relative_to(out) for path in (images, captions)):
        raise InputError(f"{images} lies in {out}, which is replaced: move it elsewhere.")
    encoders = bundle.manifest.encoders
    return make_config(
        images=images,
        captions=captions,
        out=out,
        image_encoder=encoders.image_text.name,
        text_encoder=encoders.text.name,
        text_pooling=encoders.text.pooling,
        seed=bundle.manifest.seed,
        **options,
    )


def _listed(arrived: Workspace) -> bool:
    """List the images; say whether any is new. Those that are not are held against the bundle's."""
    first, known = arriving.STAGES[:2]
    arrived.say(f"[1/{len(arriving.STAGES)}] {first.name}")
    try:
        first.run(arrived.of(first))
        if len(arrived.table(scratch.LISTED)):
            return True
        known.run(arrived.of(known))
    except InputError:
        if not any(arrived.of(stage).started_with() for stage in arriving.STAGES[1:]):
            shutil.rmtree(arrived.path, ignore_errors=True)
        raise
    return False


def _grow(bundle: Bundle, arrived: Workspace, work: Workspace) -> Growth:
    changed = Changed(bundle, work)
    table = _catalogue(bundle, arrived, work.path)
    before = len(bundle.cluster_of)
    _write_vectors(bundle, arrived, work.path, table)
    vectors = changed.unit()
    centroids = work.array(layout.CENTROIDS)
    new = vectors.rows(slice(before, None))
    clusters = np.concatenate([bundle.cluster_of, assign(new, centroids)])
    write_array(work.path / layout.CLUSTER_OF, clusters)
    lists, among_old = lists_with_added(vectors, bundle.neighbours, in_parts(work))
    write_array(work.path / layout.NEIGHBOURS, lists)
    places = _places(vectors, np.asarray(bundle.map), among_old[:, 2])
    write_array(work.path / layout.MAP, np.concatenate([bundle.map, places]))
    known = bundle.report["problems"]
    reported = arrived.problems(arriving.STAGES).values()
    lines = [line for lines in reported for line in lines if line not in known]
    step = Step(added=len(table) - before, removed=0)
    return changed.finish(step, [*known, *lines], np.arange(before))


def _catalogue(bundle: Bundle, arrived: Workspace, folder: Path) -> pd.DataFrame:
    """Write the catalogue with the new images at its end, and link their thumbnails."""
    old, new = read_table(bundle.content(layout.CATALOGUE)), arrived.table(scratch.DECODED)
    first = 1 + max(map(_number, old["thumbnail"]), default=-1)
    names = [layout.thumbnail_name(first + place) for place in range(len(new))]
    for name, made in zip(names, new["thumbnail"], strict=True):
        link_tree(arrived.path / made, folder / name)
    new = new.assign(
        thumbnail=names, is_query=False, split=ADDED, group=NO_QUERY, fold=NO_QUERY
    ).astype({column: old[column].dtype for column in ("group", "fold")})
    columns = [*old.columns, *(name for name in new.columns if name not in old.columns)]
    parts = [_with_columns(part, columns) for part in (old, new)]
    table = pd.concat(parts, ignore_index=True)
    write_table(folder / layout.CATALOGUE, table)
    return table


def _with_columns(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    missing = [name for name in columns if name not in table.columns]
    return table.assign(**dict.fromkeys(missing))[columns]


def _number(thumbnail: str) -> int:
    found = re.search(r"(\d+)\.webp$", thumbnail)
    return int(found[1]) if found else -1


def _write_vectors(bundle: Bundle, arrived: Workspace, folder: Path, table: pd.DataFrame) -> None:
    """Write the vectors of all images, those of the new ones by the build's projections."""
    pictures = np.asarray(arrived.array(scratch.PICTURES))
    captions = np.asarray(arrived.array(arriving.CAPTIONS))
    joint, text = pictures, captions[:, 0]
    if set(layout.PROJECTION_FILES) & set(bundle.manifest.files):
        projection = Projection.load(bundle.path / layout.PROJECTION)
        joint, text = projection.project_images(pictures), projection.project_texts(text)
    if layout.PICTURES in bundle.manifest.files:
        _append(folder, layout.PICTURES, pictures)
        _append_captions(folder, captions, bundle.items, arrived.table(scratch.DECODED), table)
    _append(folder, layout.CLIP_IMAGE, joint)
    _append(folder, layout.CLIP_TEXT, text)
    _append(folder, layout.BERT_TEXT, np.asarray(arrived.array(arriving.BERT)))


def _append(folder: Path, name: str, rows: np.ndarray) -> None:
    write_array(folder / name, np.concatenate([read_array(folder / name), rows]))


def _append_captions(
    folder: Path,
    captions: np.ndarray,
    old: pd.DataFrame,
    new: pd.DataFrame,
    table: pd.DataFrame,
) -> None:
    """Append captions' features, each in the column of its language; NaN where there is none."""
    before = read_array(folder / layout.CAPTIONS)
    columns = arriving.languages(table)
    shape = (len(table), len(columns), captions.shape[2])
    features = np.full(shape, np.nan, dtype=np.float32)
    for rows, part, of in (
        (slice(None, len(before)), before, old),
        (slice(len(before), None), captions, new),
    ):
        for place, column in enumerate(arriving.languages(of)):
            features[rows, columns.index(column)] = part[:, place]
    write_array(folder / layout.CAPTIONS, features)


def _places(vectors: Vectors, old: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """Return places of the new images on the map, amid their neighbours that have some."""
    places = np.empty((len(nearest), 2), dtype=np.float32)
    for place, rows in enumerate(nearest):
        here = vectors.rows(slice(len(old) + place, len(old) + place + 1))
        near = vectors.rows(rows)
        similarity = fused(near.clip_image @ here.clip_image[0], near.bert_text @ here.bert_text[0])
        places[place] = place_on_map(old, rows, similarity)
    return places
