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
from mmrec_core.bundle.manifest import Manifest, read_manifest
from mmrec_core.bundle.verify import inside, missing_files
from mmrec_core.errors import BundleError, QueryError
from mmrec_core.files import read_array

if TYPE_CHECKING:
    import pandas as pd

_ITEM_COLUMNS = {"image", "text", "label", "thumbnail", "split", "is_query"}
_PAIR_COLUMNS = {"query", "candidate", "relevance", "split"}


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
        items = self._read(_read_table, layout.CATALOGUE)
        if len(items) != len(self.cluster_of) or not set(items.columns) >= _ITEM_COLUMNS:
            raise self._misfit(layout.CATALOGUE)
        items["cluster"] = np.asarray(self.cluster_of)
        items["x"], items["y"] = np.asarray(self.map).T
        return items.astype({"text": object, "label": object}).replace({np.nan: None})

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Pairs with a relevance: ``query``, ``candidate`` (rows), ``relevance``, ``split``."""
        pairs = self._read(_read_table, layout.PAIRS)
        if not set(pairs.columns) >= _PAIR_COLUMNS:
            raise self._misfit(layout.PAIRS)
        rows = pairs[["query", "candidate"]].to_numpy()
        if rows.size and not (rows.min() >= 0 and rows.max() < len(self.cluster_of)):
            raise self._misfit(layout.PAIRS)
        return pairs

    @cached_property
    def cross_fitted(self) -> pd.DataFrame | None:
        """Pairs of further folds as `pairs`, with ``fold``, ``listed`` and features; None without.

        Each query is here as if it and its fold had not been there when all was fitted.
        """
        if layout.CROSS_FIT_PAIRS not in self.manifest.files:
            return None
        pairs = self._read(_read_table, layout.CROSS_FIT_PAIRS)
        if not set(pairs.columns) >= _PAIR_COLUMNS | {"fold"}:
            raise self._misfit(layout.CROSS_FIT_PAIRS)
        rows = pairs[["query", "candidate"]].to_numpy()
        if rows.size and not (rows.min() >= 0 and rows.max() < len(self.cluster_of)):
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
        return self._read(_read_json, layout.REPORT)

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
        if not isinstance(source, dict):
            raise self._misfit(layout.SOURCE)
        return source

    def _misfit(self, name: str) -> BundleError:
        return BundleError(
            f"{self.path} is damaged ({name} does not hold what it should): build it again."
        )

    def _read(self, function: Callable[[Path], Any], name: str) -> Any:
        try:
            return function(self.path / name)
        except (OSError, ValueError, RecursionError) as error:
            raise BundleError(
                f"{self.path} is damaged ({name} cannot be read: {type(error).__name__}): "
                "build the bundle again."
            ) from None

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {image: row for row, image in enumerate(self.items["image"])}

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


def _read_table(path: Path) -> pd.DataFrame:
    import pandas as pd  # half of the time that opening a bundle would take

    return pd.read_parquet(path)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def open_bundle(path: Path | str) -> Bundle:
    """Open the bundle in the folder ``path`` without reading its arrays.

    Raises
    ------
    BundleError
        If it is missing, damaged so that it cannot be used, or of a newer schema. Checksums are
        not computed here: that is `verify_bundle`.

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
        file, recorded = inside(folder, name), manifest.files.get(name)
        try:
            fits = recorded and file.is_file() and file.stat().st_size == recorded.bytes
        except OSError:
            fits = False
        if not fits:
            raise BundleError(
                f"{folder} is damaged ({name[:200]} is missing or has the wrong size): "
                "build the bundle again; `mmrec verify` lists everything that is wrong."
            )
    arrays = {entry.path: _open_array(folder, entry, manifest) for entry in layout.ARRAYS}
    _check_fit(folder, manifest, arrays)
    clip, bert = arrays[layout.CLIP_IMAGE].shape[1], arrays[layout.BERT_TEXT].shape[1]
    encoders = manifest.encoders
    if (clip, bert) != (encoders.image_text.dimension, encoders.text.dimension):
        raise BundleError(
            f"{folder} is damaged (its vectors have {clip} and {bert} dimensions, its encoders "
            f"{encoders.image_text.dimension} and {encoders.text.dimension}): build it again."
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
    }
    for name, good in fits.items():
        if not good:
            raise BundleError(
                f"{folder} is damaged ({name} does not match its other files): build it again."
            )


def _open_array(folder: Path, entry: layout.ArrayFile, manifest: Manifest) -> np.ndarray:
    try:
        array = read_array(inside(folder, entry.path))
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
