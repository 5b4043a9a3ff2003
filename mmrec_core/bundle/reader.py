"""An open bundle: memory-mapped arrays, the catalogue, and nothing that changes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mmrec_core.bundle import layout
from mmrec_core.bundle.files import read_array
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.bundle.verify import inside
from mmrec_core.errors import BundleError, QueryError


@dataclass(frozen=True)
class Bundle:
    """A bundle opened for reading.

    Attributes
    ----------
    path : Path
        Its folder.
    manifest : Manifest
        What it says of itself.
    clip_image, clip_text : ndarray (n_images, clip_dim) float32
        CLIP vectors as the encoder gave them, not normalised; NaN rows in ``clip_text`` where an
        image has no text.
    bert_text : ndarray (n_images, bert_dim) float32
        BERT vectors of the captions, not normalised; NaN rows where there is no text.
    centroids : ndarray (n_clusters, clip_dim + bert_dim) float32
        Cluster centres in the balanced space (`mmrec_core.clusters`).
    clusters : ndarray (n_images,) int32
        Each image's cluster.
    neighbours : ndarray (n_images, 3, 21) int32
        Rows of the nearest images by image, by text and by both; -1 fills up.
    """

    path: Path
    manifest: Manifest
    clip_image: np.ndarray
    clip_text: np.ndarray
    bert_text: np.ndarray
    centroids: np.ndarray
    clusters: np.ndarray
    neighbours: np.ndarray
    map: np.ndarray

    @property
    def name(self) -> str:
        """The name that the build gave."""
        return self.manifest.name

    @cached_property
    def digest(self) -> str:
        """What identifies the bundle: changes whenever any of its files does."""
        return self.manifest.digest

    @cached_property
    def items(self) -> pd.DataFrame:
        """One row an image, in row order: catalogue, ``split``, ``cluster``, map ``x``, ``y``."""
        items = self._read(pd.read_parquet, layout.CATALOGUE)
        if len(items) != len(self.clusters):
            raise BundleError(
                f"{self.path} is damaged (its catalogue has {len(items)} rows, its arrays "
                f"{len(self.clusters)}): build the bundle again."
            )
        items["cluster"] = np.asarray(self.clusters)
        items["x"], items["y"] = np.asarray(self.map).T
        return items.astype({"text": object, "label": object}).replace({np.nan: None})

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Pairs with a relevance: ``query``, ``candidate`` (rows), ``relevance``, ``split``."""
        return self._read(pd.read_parquet, layout.PAIRS)

    @cached_property
    def cluster_sizes(self) -> np.ndarray:
        """Images in each cluster, shape (n_clusters,), int64."""
        return np.bincount(self.clusters, minlength=len(self.centroids))

    @property
    def has_ranker(self) -> bool:
        """Whether there were pairs to train a ranker on."""
        return layout.RANKER_MODEL in self.manifest.files

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The figures that the build measured."""
        return self._read(_read_json, layout.METRICS)

    @cached_property
    def report(self) -> dict[str, Any]:
        """What happened in the build, with each image that failed and why."""
        return self._read(_read_json, layout.REPORT)

    def _read(self, function: Callable[[Path], Any], name: str) -> Any:
        try:
            return function(self.path / name)
        except (OSError, ValueError) as error:
            raise BundleError(
                f"{self.path} is damaged ({name} cannot be read: {type(error).__name__}): "
                "build the bundle again."
            ) from None

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {image: row for row, image in enumerate(self.items["image"])}

    def index_of(self, image: str) -> int:
        """Return the row of the image named ``image``; QueryError if there is none."""
        row = self._rows.get(image)
        if row is None:
            raise QueryError(
                f"no image {image!r} in bundle {self.name!r}: images are named by their path "
                "below the images folder, as Browse shows them."
            )
        return row

    def image(self, index: int) -> str:
        """Return the name of the image of row ``index``."""
        return str(self.items["image"].iat[index])

    def text(self, index: int) -> str | None:
        """Return the caption of row ``index``, None if it has none."""
        text = self.items["text"].iat[index]
        return None if text is None else str(text)

    def thumbnail_path(self, index: int) -> Path:
        """Return the file of the thumbnail of row ``index``."""
        return inside(self.path, str(self.items["thumbnail"].iat[index]))


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def open_bundle(path: Path | str) -> Bundle:
    """Open the bundle in the folder ``path`` without reading its arrays.

    Raises
    ------
    BundleError
        If it is missing, damaged so that it cannot be used, or of a newer schema. Checksums are
        not computed here: that is `verify_bundle`.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    arrays: dict[str, np.ndarray] = {}
    for entry in layout.ARRAYS:
        arrays[entry.path] = _open_array(folder, entry, manifest)
    for name, recorded in manifest.files.items():
        file = inside(folder, name)
        if not file.is_file() or file.stat().st_size != recorded.bytes:
            raise BundleError(
                f"{folder} is damaged ({name} is missing or of another size): "
                "`mmrec verify` lists all faults; build the bundle again."
            )
    clip, bert = arrays[layout.CLIP_IMAGE].shape[1], arrays[layout.BERT_TEXT].shape[1]
    encoders = manifest.encoders
    if (clip, bert) != (encoders.image_text.dimension, encoders.text.dimension):
        raise BundleError(
            f"{folder} holds vectors of {clip} and {bert} numbers, but names encoders of "
            f"{encoders.image_text.dimension} and {encoders.text.dimension}: build it again."
        )
    return Bundle(
        folder,
        manifest,
        arrays[layout.CLIP_IMAGE],
        arrays[layout.CLIP_TEXT],
        arrays[layout.BERT_TEXT],
        arrays[layout.CENTROIDS],
        arrays[layout.CLUSTERS],
        arrays[layout.NEIGHBOURS],
        arrays[layout.MAP],
    )


def _open_array(folder: Path, entry: layout.ArrayFile, manifest: Manifest) -> np.ndarray:
    try:
        array = read_array(folder / entry.path)
    except (OSError, ValueError, EOFError) as error:
        raise BundleError(
            f"{folder} is damaged ({entry.path} cannot be read: {type(error).__name__}): "
            "build the bundle again."
        ) from None
    rows = getattr(manifest.counts, entry.rows)
    fits = array.ndim == entry.ndim and str(array.dtype) == entry.dtype and len(array) == rows
    if not fits or (entry.columns is not None and array.shape[1] != entry.columns):
        raise BundleError(
            f"{folder} is damaged ({entry.path} holds {array.dtype} {array.shape}, expected "
            f"{entry.dtype} with {rows} rows): build the bundle again."
        )
    return array
