"""The folder in which a bundle grows: what stages read, write, show and report."""

import copy
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.bundle import layout
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.kept import opened
from mmrec_core.collection.kept_metric import opened as opened_space
from mmrec_core.collection.learned_space import LearnedSpace
from mmrec_core.collection.vectors import Vectors
from mmrec_core.config import BuildConfig
from mmrec_core.distributed.engine import Engine, ThisProcess
from mmrec_core.files import read_array, write_array, write_json
from mmrec_core.inputs.problem import Problem

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

CHUNK = 64


class Items(Protocol[T_co]):
    """What can be taken chunk by chunk: a sequence, or what makes one of each slice."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, chunk: slice, /) -> Sequence[T_co]:
        """Return some of them."""


class Workspace:
    """The folder in which a bundle grows, beside the place where it will stand.

    A stage gets the workspace as `of` gives it: it opens only files that the stage declares.
    ``say`` takes lines about what was found; ``engine`` carries out what goes chunk by chunk;
    ``doing`` is the ending of the folder's name.
    """

    def __init__(
        self,
        config: BuildConfig,
        say: Callable[[str], None] = lambda line: None,
        doing: str = "building",
        engine: Engine | None = None,
    ):
        self.config = config
        self.say = say
        self.engine = engine or ThisProcess()
        self.path = config.out.with_name(f".{config.out.name}.{doing}")
        self.scratch = self.path / scratch.FOLDER
        self.stage: Stage | None = None

    def of(self, stage: Stage) -> "Workspace":
        """Return the workspace as ``stage`` may use it."""
        bound = copy.copy(self)
        bound.stage = stage
        return bound

    def input(self, name: str) -> Path:
        """Return the file ``name``, to be read; LookupError if the stage does not declare it."""
        if self.stage and name not in self.stage.reads + self.stage.writes:
            raise LookupError(f"stage {self.stage.name!r} does not declare that it reads {name}")
        return self.path / name

    def output(self, name: str) -> Path:
        """Return the file ``name``, to be written; LookupError if the stage does not declare it."""
        if self.stage and name not in self.stage.writes:
            raise LookupError(f"stage {self.stage.name!r} does not declare that it writes {name}")
        return self.path / name

    @staticmethod
    def is_scratch(name: str) -> bool:
        """Say whether no bundle keeps the file ``name``."""
        return name.startswith(f"{scratch.FOLDER}/")

    def array(self, name: str) -> np.ndarray:
        """Open an array, memory-mapped."""
        return read_array(self.input(name))

    def table(self, name: str = layout.CATALOGUE) -> pd.DataFrame:
        """Read a table; by default the catalogue of images that could be decoded."""
        return pd.read_parquet(self.input(name))

    def vectors(self) -> Vectors:
        """Return the images' vectors, memory-mapped."""
        return Vectors(*map(self.array, (layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT)))

    def collection(self, pairs: pd.DataFrame | None = None) -> Collection:
        """Return the images as a query meets them, with what training queries of ``pairs`` tell."""
        cluster_of, centroids, neighbours = map(
            self.array, (layout.CLUSTER_OF, layout.CENTROIDS, layout.NEIGHBOURS)
        )
        vectors = self.vectors()
        sizes = (*vectors.clip_image.shape, vectors.bert_text.shape[1])
        files = self._prepared()
        prepared = opened(
            lambda name: read_array(files[name]) if name in files else self.array(name),
            files,
            (sizes[0], len(centroids), *sizes[1:]),
        )
        return Collection.of(
            vectors, cluster_of, centroids, neighbours, pairs, prepared, self._learned(vectors)
        )

    def unit(self) -> Vectors:
        """Return the images' vectors of length 1, float16, memory-mapped."""
        return Vectors(*map(self.array, layout.UNIT[:3]))

    def _prepared(self) -> dict[str, Path]:
        """Return the files of the folder `layout.PREPARED`, if the stage reads it."""
        if self.stage is None or layout.PREPARED not in self.stage.reads:
            return {}
        folder = self.input(layout.PREPARED)
        return {f"{layout.PREPARED}/{file.name}": file for file in folder.iterdir()}

    def _learned(self, vectors: Vectors) -> LearnedSpace | None:
        """Return the space that was learned from pairs, if one was and the stage reads it."""
        if self.stage is None or not {*layout.LEARNED} <= {*self.stage.reads}:
            return None
        if not self.input(layout.LEARNED[0]).exists():
            return None
        together = 2 * vectors.clip_image.shape[1] + vectors.bert_text.shape[1]
        return opened_space(self.array, (len(vectors), together))

    def candidate_settings(self) -> CandidateSettings:
        """Return how candidates are found."""
        text = self.input(scratch.CANDIDATES).read_text("utf-8")
        return CandidateSettings.model_validate_json(text)

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
        items: Items[T],
        encode: Callable[[list[T]], np.ndarray],
        unit: str,
        size: int = CHUNK,
        dtype: type = np.float32,
    ) -> np.ndarray:
        """Encode ``items`` chunk by chunk, each kept on disk as soon as it is done.

        A kill loses the chunk that each thread is at. Which items are encoded together depends on
        their order alone.

        Parameters
        ----------
        encode : callable
            Of a chunk's items; called from several threads at once.

        Returns
        -------
        ndarray (len(items), …) of dtype
        """
        folder = self._chunks / what.replace(" ", "-")
        parts = {start: folder / f"{start:08d}.npy" for start in range(0, len(items), size)}
        missing = [start for start, part in parts.items() if not part.exists()]
        chunks = ((start, list(items[start : start + size])) for start in missing)
        with self.progress(None, what, unit, len(items)) as bar:
            bar.update(max(0, len(items) - size * len(missing)))
            for start, vectors in self.engine.map(encode, chunks):
                write_array(parts[start], vectors.astype(dtype))
                bar.update(len(vectors))
        return np.concatenate([read_array(part) for part in parts.values()] or [encode([])])

    def report(self, problems: Iterable[Problem]) -> None:
        """Keep what the stage could not use, for the bundle's report."""
        rows = [{"image": p.image, "stage": p.stage, "reason": p.reason} for p in problems]
        write_json(self._problems, rows)

    def problems(self, stages: Iterable[Stage]) -> dict[str, list[dict[str, str]]]:
        """Return what each stage reported so far, by its name."""
        files = {stage.name: self.of(stage)._problems for stage in stages}
        return {
            name: json.loads(file.read_text("utf-8")) if file.exists() else []
            for name, file in files.items()
        }

    def started_with(self) -> str | None:
        """Return the key that the stage last started with, None if it never did."""
        mark = self._mark("started")
        return json.loads(mark.read_text()) if mark.exists() else None

    def seconds(self) -> float | None:
        """Return how long the stage took, None if it has not ended."""
        mark = self._mark("done")
        return json.loads(mark.read_text()) if mark.exists() else None

    def mark_started(self, key: str) -> None:
        """Remember that the stage begins, and from what."""
        write_json(self._mark("started"), key)

    def mark_done(self, seconds: float) -> None:
        """Remember that the stage ended."""
        write_json(self._mark("done"), seconds)

    def forget(self) -> None:
        """Remove all that the stage left: it is to run anew."""
        assert self.stage
        left = [self._chunks, self._problems, self._mark("started"), self._mark("done")]
        for target in [*left, *(self.path / name for name in self.stage.writes)]:
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)

    def _mark(self, what: str) -> Path:
        assert self.stage
        return self.scratch / "stages" / f"{self.stage.name}.{what}"

    @property
    def _problems(self) -> Path:
        return self._mark("problems.json")

    @property
    def _chunks(self) -> Path:
        return self._mark("chunks")
