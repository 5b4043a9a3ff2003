"""An open bundle: memory-mapped arrays, the catalogue, and nothing that changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmrec_core.bundle import layout
from mmrec_core.bundle.contents import (
    checked_bytes,
    damaged,
    inside,
    opened_array,
    readable,
)
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.bundle.tables import caption_columns, fits_items, fits_pairs, read_table
from mmrec_core.bundle.verify import missing_files
from mmrec_core.errors import BundleError, QueryError
from mmrec_core.files import plain_size, read_array

if TYPE_CHECKING:
    import pandas as pd
    from pandas.api.extensions import ExtensionArray


@dataclass(frozen=True, eq=False)
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
        Cluster centres in the balanced space (`mmrec_core.collection.clusters`).
    cluster_of : ndarray (n_images,) int32
        The cluster of each image.
    neighbours : ndarray (n_images, 3, 21) int32
        Rows of the nearest images by image, by text and by both; -1 fills up.
    """

    path: Path
    manifest: Manifest
    clip_image: np.ndarray
    clip_text: np.ndarray
    bert_text: np.ndarray
    centroids: np.ndarray
    cluster_of: np.ndarray
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
        items = self._read(read_table, layout.CATALOGUE)
        if not fits_items(items, len(self.cluster_of)):
            raise self._misfit(layout.CATALOGUE)
        items["cluster"] = np.asarray(self.cluster_of)
        items["x"], items["y"] = np.asarray(self.map).T
        items = items.astype({"text": object, "label": object})
        gaps = [*items.columns[items.isna().any()]]
        items[gaps] = items[gaps].replace({np.nan: None})
        return items

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Pairs with a relevance: ``query``, ``candidate`` (rows), ``relevance``, ``split``."""
        pairs = self._read(read_table, layout.PAIRS)
        if not fits_pairs(pairs, len(self.cluster_of)):
            raise self._misfit(layout.PAIRS)
        return pairs

    @cached_property
    def cross_fitted(self) -> pd.DataFrame | None:
        """Pairs of further folds as `pairs`, with ``fold``, ``listed`` and features; None without.

        Each query is here as if it and its fold had not been there when all was fitted.
        """
        if layout.CROSS_FIT_PAIRS not in self.manifest.files:
            return None
        pairs = self._read(read_table, layout.CROSS_FIT_PAIRS)
        if not fits_pairs(pairs, len(self.cluster_of), folds=True):
            raise self._misfit(layout.CROSS_FIT_PAIRS)
        return pairs

    @cached_property
    def cluster_sizes(self) -> np.ndarray:
        """Images in each cluster, shape (n_clusters,), int64."""
        return np.bincount(self.cluster_of, minlength=len(self.centroids))

    @cached_property
    def cluster_words(self) -> dict[str, list[list[str]]]:
        """Characteristic words of each cluster, the most telling first, by column of captions."""
        words = self._read(_read_json, layout.WORDS)
        if not isinstance(words, dict) or "text" not in words:
            raise self._misfit(layout.WORDS)
        for clusters in words.values():
            if not isinstance(clusters, list) or len(clusters) != len(self.centroids):
                raise self._misfit(layout.WORDS)
            for named in clusters:
                if not isinstance(named, list) or not all(isinstance(word, str) for word in named):
                    raise self._misfit(layout.WORDS)
        return words

    @cached_property
    def compares_captions(self) -> bool:
        """Whether any caption has a vector; of imported vectors there may be none."""
        return bool((~np.isnan(self.bert_text[:, 0])).any())

    @property
    def has_ranker(self) -> bool:
        """Whether there were pairs to train a ranker on."""
        return layout.RANKER_MODEL in self.manifest.files

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The figures that the build measured."""
        metrics = self._read(_read_json, layout.METRICS)
        if not isinstance(metrics, dict) or "split" not in metrics:
            raise self._misfit(layout.METRICS)
        return metrics

    @cached_property
    def report(self) -> dict[str, Any]:
        """What happened in the build, with each image that failed and why."""
        report = self._read(_read_json, layout.REPORT)
        if not isinstance(report, dict):
            raise self._misfit(layout.REPORT)
        return report

    @cached_property
    def story(self) -> dict[str, Any]:
        """The story that the bundle brings, by language (`mmrec_core.stories`); empty without."""
        if layout.STORY not in self.manifest.files:
            return {}
        story = self._read(_read_json, layout.STORY)
        if not isinstance(story, dict):
            raise self._misfit(layout.STORY)
        return story

    @cached_property
    def source(self) -> dict[str, Any]:
        """What the files of an import held; empty for a bundle that was built."""
        if layout.SOURCE not in self.manifest.files:
            return {}
        source = self._read(_read_json, layout.SOURCE)
        if not (isinstance(source, dict) and _is_source(source)):
            raise self._misfit(layout.SOURCE)
        return source

    def content(self, name: str) -> bytes:
        """Return a file of the manifest whole, once its checksum is right; else BundleError."""
        return checked_bytes(self.path, self.manifest, name)

    def array(self, name: str) -> np.ndarray:
        """Return an array of the manifest beside those of every bundle, memory-mapped."""
        return readable(self.path, name, lambda: read_array(inside(self.path, name)))

    def _misfit(self, name: str) -> BundleError:
        return damaged(self.path, f"{name} does not hold what it should")

    def _read(self, function: Callable[[bytes], Any], name: str) -> Any:
        return readable(self.path, name, lambda: function(self.content(name)))

    @cached_property
    def _rows(self) -> dict[str, int]:
        images = self.items["image"].tolist()  # read one by one they take twenty times as long
        return dict(zip(images, range(len(images)), strict=True))

    def __contains__(self, image: object) -> bool:
        """Say whether there is an image of that name."""
        return image in self._rows

    def index_of(self, image: str) -> int:
        """Return the row of the image named ``image``; QueryError if there is none."""
        row = self._rows.get(image)
        if row is None:
            raise QueryError(
                f"no image {image!r} in bundle {self.name!r}: images are named by their path "
                "below the images folder, as Browse shows them."
            )
        return row

    @cached_property
    def columns(self) -> dict[str, ExtensionArray]:
        """The columns of ``items``: a frame takes ten times as long to give a single value."""
        return {str(name): column.array for name, column in self.items.items()}

    @cached_property
    def caption_columns(self) -> list[str]:
        """The columns that hold captions, ``text`` first."""
        return caption_columns(self.columns)

    def image(self, index: int) -> str:
        """Return the name of the image of row ``index``."""
        return str(self.columns["image"][index])

    def text(self, index: int) -> str | None:
        """Return the caption of row ``index``, None if it has none."""
        text = self.columns["text"][index]
        return None if text is None else str(text)

    def label(self, index: int) -> str | None:
        """Return the label of row ``index``, None if it has none."""
        label = self.columns["label"][index]
        return None if label is None else str(label)

    def thumbnail_path(self, index: int) -> Path:
        """Return the file of the thumbnail of row ``index``; BundleError if it lies outside."""
        return inside(self.path, str(self.columns["thumbnail"][index]))


def _is_source(source: dict[str, Any]) -> bool:
    files, pairs = source.get("files", {}), source.get("pairs", {})
    both = isinstance(files, dict) and isinstance(pairs, dict)
    return both and all(isinstance(number, int | float) for number in pairs.values())


def _read_json(content: bytes) -> Any:
    return json.loads(content.decode("utf-8"))


def open_bundle(path: Path | str) -> Bundle:
    """Open the bundle in the folder ``path`` without reading its arrays.

    Raises
    ------
    BundleError
        If it is missing, damaged so that it cannot be used, or of a newer schema. Checksums of
        arrays are not computed here, that is `verify_bundle`; those of other files are when they
        are read.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> bundle = open_bundle("artifacts/demo")
    >>> bundle.name, len(bundle.items), bundle.map.shape
    ('Tux Paint stamps', 538, (538, 2))
    >>> row = bundle.index_of("animals/birds/magpie.png")
    >>> bundle.text(row), bundle.items["label"][row]
    ('A magpie.', 'animals/birds')
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    for name in (*missing_files(manifest), *manifest.files):
        recorded = manifest.files.get(name)
        if recorded is None or plain_size(inside(folder, name)) != recorded.bytes:
            raise BundleError(
                f"{folder} is damaged ({name[:200]} is missing or has the wrong size): "
                "build the bundle again; `mmrec verify` lists everything that is wrong."
            )
    arrays = {entry.path: opened_array(folder, entry, manifest) for entry in layout.ARRAYS}
    _check_fit(folder, manifest, arrays)
    clip, bert = arrays[layout.CLIP_IMAGE].shape[1], arrays[layout.BERT_TEXT].shape[1]
    encoders = manifest.encoders
    if (clip, bert) != (encoders.image_text.dimension, encoders.text.dimension):
        raise damaged(
            folder,
            f"its vectors have {clip} and {bert} dimensions, its encoders "
            f"{encoders.image_text.dimension} and {encoders.text.dimension}",
        )
    return Bundle(
        folder,
        manifest,
        arrays[layout.CLIP_IMAGE],
        arrays[layout.CLIP_TEXT],
        arrays[layout.BERT_TEXT],
        arrays[layout.CENTROIDS],
        arrays[layout.CLUSTER_OF],
        arrays[layout.NEIGHBOURS],
        arrays[layout.MAP],
    )


def _check_fit(folder: Path, manifest: Manifest, arrays: dict[str, np.ndarray]) -> None:
    """Raise BundleError where arrays contradict each other."""
    counts, clip = manifest.counts, arrays[layout.CLIP_IMAGE].shape[1]
    bert, lists = arrays[layout.BERT_TEXT].shape[1], arrays[layout.NEIGHBOURS]
    cluster_of = arrays[layout.CLUSTER_OF]
    fits = {
        layout.CLIP_TEXT: arrays[layout.CLIP_TEXT].shape[1] == clip,
        layout.CENTROIDS: arrays[layout.CENTROIDS].shape[1] == clip + bert,
        layout.NEIGHBOURS: lists.shape[1:] == (3, layout.STORED_NEIGHBOURS)
        and lists.min() >= -1
        and lists.max() < counts.images,
        layout.CLUSTER_OF: cluster_of.min() >= 0 and cluster_of.max() < counts.clusters,
        layout.MAP: np.isfinite(arrays[layout.MAP]).all(),
    }
    for name, good in fits.items():
        if not good:
            raise damaged(folder, f"{name} does not match its other files")
