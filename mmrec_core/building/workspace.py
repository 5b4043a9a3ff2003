"""The folder in which a bundle grows: what stages read, write, show and report."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from mmrec_core.bundle import layout
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.vectors import Vectors
from mmrec_core.config import BuildConfig
from mmrec_core.files import read_array, write_array, write_json

T = TypeVar("T")
R = TypeVar("R")

SCRATCH = ".scratch"
CHUNK = 64


class Workspace:
    """The folder in which a bundle grows, beside the place where it will stand."""

    def __init__(self, config: BuildConfig):
        self.config = config
        self.path = config.out.with_name(f".{config.out.name}.building")
        self.scratch = self.path / SCRATCH
        self.scratch.mkdir(parents=True, exist_ok=True)

    def file(self, name: str) -> Path:
        """Return where the bundle's file ``name`` is written."""
        return self.path / name

    def array(self, name: str) -> np.ndarray:
        """Open an array that an earlier stage wrote."""
        return read_array(self.path / name)

    def table(self) -> pd.DataFrame:
        """Return the catalogue of images that could be decoded."""
        return pd.read_parquet(self.file(layout.CATALOGUE))

    def vectors(self) -> Vectors:
        """Return the images' vectors, memory-mapped."""
        return Vectors(*map(self.array, (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT)))

    def collection(self) -> Collection:
        """Return the images as a query meets them."""
        clusters, centroids, neighbours = map(
            self.array, (layout.CLUSTERS, layout.CENTROIDS, layout.NEIGHBOURS)
        )
        stored = self.file(layout.PAIRS)
        pairs = pd.read_parquet(stored) if stored.exists() else None
        return Collection.of(self.vectors(), clusters, centroids, neighbours, pairs)

    def progress(
        self, items: Iterable[T] | None, what: str, unit: str, total: int | None = None
    ) -> Any:
        """Show how far ``items`` are, with rate and time left."""
        return tqdm(
            items, total=total, desc=f"  {what}", unit=f" {unit}", file=sys.stderr, leave=False,
            mininterval=0.5, dynamic_ncols=True,
        )  # fmt: skip

    def in_chunks(
        self,
        what: str,
        items: Sequence[T],
        encode: Callable[[list[T]], np.ndarray],
        unit: str,
        size: int = CHUNK,
        dtype: type = np.float32,
    ) -> np.ndarray:
        """Encode ``items`` chunk by chunk, each kept on disk, so that a kill loses one at most.

        Returns
        -------
        ndarray (len(items), …) of dtype
        """
        parts = []
        with self.progress(None, what, unit, len(items)) as bar:
            for start in range(0, len(items), size):
                part = self.scratch / what.replace(" ", "-") / f"{start:08d}.npy"
                chunk = list(items[start : start + size])
                if not part.exists():
                    write_array(part, encode(chunk).astype(dtype))
                parts.append(read_array(part))
                bar.update(len(chunk))
        return np.concatenate(parts) if parts else encode([])

    def problems(self) -> list[dict[str, str]]:
        """Return what was reported so far, of all stages."""
        files = sorted(self.scratch.glob("problems-*.json"))
        return [problem for file in files for problem in json.loads(file.read_text("utf-8"))]

    def report(self, stage: str, problems: Iterable[Any]) -> None:
        """Keep problems of a stage for the report."""
        rows = [{"image": p.image, "stage": p.stage, "reason": p.reason} for p in problems]
        write_json(self.scratch / f"problems-{stage}.json", rows)


def in_threads(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Apply ``function`` to ``items`` on two threads, results in order."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(function, items)
