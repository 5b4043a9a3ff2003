"""A bundle that changed, written aside and put into the place of the one that it was made of."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from mmrec_core.building import scratch
from mmrec_core.building.replacement import put_in_place, replacing
from mmrec_core.building.stages import cluster_words, map_levels
from mmrec_core.building.stages.candidates import size_of_clusters
from mmrec_core.building.stages.unit_vectors import unit_vectors
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.bundle.growth import Drift, Growth, Step, growth_of
from mmrec_core.bundle.manifest import FileEntry
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.collection.kept import keep, prepared_of
from mmrec_core.collection.kept_metric import keep as keep_space
from mmrec_core.collection.kept_metric import learned_of
from mmrec_core.collection.neighbours import CHUNK
from mmrec_core.collection.training_relevance import TrainingRelevance
from mmrec_core.collection.vectors import Vectors
from mmrec_core.errors import InputError, refusal
from mmrec_core.files import link_tree, write_json
from mmrec_core.growing.drift import measure_drift
from mmrec_core.growing.neighbour_lists import InChunks
from mmrec_core.inputs.judgements import ADDED, TEST
from mmrec_core.stories.bundled import stories_of

_NOTE = "Since the build of "
GROWING = "growing"
"""Ending of the name of the folder in which a bundle's successor is made."""

REFERENCE = "reference/"


@contextmanager
def changing(out: Path) -> Iterator[Bundle]:
    """Hold the lock on a bundle, and yield it.

    Raises
    ------
    BundleError
        If it is missing or damaged.
    InputError
        If it cannot be replaced, holds what only its build makes, or the disk does not let it.
    """
    if out.exists() or not out.parent.is_dir():
        open_bundle(out)
    try:
        with replacing(out):
            shutil.rmtree(out.with_name(f".{out.name}.{GROWING}"), ignore_errors=True)
            bundle = open_bundle(out)
            if any(name.startswith(REFERENCE) for name in bundle.manifest.files):
                raise InputError(
                    f"{out} holds the reference's own clusters and ranker, which know its images "
                    "alone: build or import it again over all images."
                )
            yield bundle
    except OSError as error:
        raise InputError(
            f"the change of {out} stopped: {refusal(error)}. The bundle is "
            "unchanged: remove the cause and run the same command again."
        ) from None


class Changed:
    """The folder of a bundle's successor, which begins as the same files.

    Parameters
    ----------
    bundle : Bundle
    work : Workspace
        Whose folder it is to be; files are written beside and renamed, so that the bundle keeps
        what it shares.
    """

    def __init__(self, bundle: Bundle, work: Workspace):
        self.bundle, self.work, self.path = bundle, work, work.path
        link_tree(bundle.path, self.path)
        (self.path / layout.MANIFEST).unlink()
        # A database holds the vectors of the images that there were.
        (self.path / layout.STORE).unlink(missing_ok=True)
        shutil.rmtree(self.path / layout.STORED_INSIDE, ignore_errors=True)
        shutil.rmtree(self.path / scratch.FOLDER, ignore_errors=True)

    def unit(self) -> Vectors:
        """Scale the vectors of all images, once they are written, to length 1; float16."""
        unit_vectors(self.work)
        return self.work.unit()

    def finish(self, step: Step, lines: list[dict[str, str]], kept: np.ndarray) -> Growth:
        """Make what follows from images, vectors, clusters and neighbours; put all in place.

        Parameters
        ----------
        step : Step
            What was done.
        lines : list of dict
            The report.
        kept : ndarray (k,) int
            Rows in the bundle of the images that are left, which come first.
        """
        work, table = self.work, self.work.table()
        cluster_words.cluster_words(work)
        map_levels.map_levels(work)
        write_json(self.path / layout.REPORT, {"problems": lines})
        # Nothing here is what a build of some inputs would make: a build takes nothing over.
        write_json(self.path / layout.STAGES, {})
        collection = work.collection()
        cluster_of, centroids = collection.cluster_of, collection.centroids
        distances = ClusterDistances.of(collection.unit, cluster_of, centroids)
        splits = table["split"].to_numpy()
        drift = measure_drift(distances, cluster_of, len(centroids), splits)
        growth = self._growth(splits, drift, step)
        write_json(self.path / layout.GROWTH, growth.model_dump(mode="json"))
        settings = self._candidates()
        shutil.rmtree(self.path / layout.PREPARED, ignore_errors=True)
        keep(collection, settings.exact_size, work.config.seed, self.path.joinpath)
        distances.keep(self.path.joinpath)
        if learned := learned_of(self.bundle):
            relevance = TrainingRelevance.of(pd.read_parquet(self.path / layout.PAIRS), len(table))
            if relevance is None:
                for name in layout.LEARNED:
                    (self.path / name).unlink()
            else:
                with threadpool_limits(limits=1, user_api="blas"):  # as in the build
                    space = learned.changed(collection.unit, relevance, kept)
                keep_space(space, self.path.joinpath)
        self._describe(table, settings, growth, len(lines))
        if self.bundle.story:
            write_json(self.path / layout.STORY, stories_of(open_bundle(self.path)))
            self._describe(table, settings, growth, len(lines))
        shutil.rmtree(work.scratch, ignore_errors=True)
        open_bundle(self.path)
        put_in_place(self.path, self.bundle.path)
        return growth

    def _growth(self, splits: np.ndarray, drift: Drift | None, step: Step) -> Growth:
        before = growth_of(self.bundle)
        built = before.built if before else self.bundle.manifest.counts.images
        added = int((splits == ADDED).sum())
        return Growth(
            built=built,
            added=added,
            removed=built - (len(splits) - added),
            drift=drift,
            steps=(*(before.steps if before else ()), step),
        )

    def _candidates(self) -> CandidateSettings:
        """Return how candidates are found: a length that followed the clusters follows them."""
        settings, seed = self.bundle.manifest.candidates, self.bundle.manifest.seed
        near = settings.nearest_clusters
        old = Collection.of_bundle(self.bundle, prepared_of(self.bundle))
        if settings.exact_size != size_of_clusters(old, near, seed):
            return settings
        size = size_of_clusters(self.work.collection(), near, seed)
        return settings.model_copy(update={"exact_size": size})

    def _describe(
        self, table: pd.DataFrame, settings: CandidateSettings, growth: Growth, problems: int
    ) -> None:
        manifest = self.bundle.manifest
        files = {
            name: entry
            if _same(self.bundle.path / name, self.path / name)
            else FileEntry.of(self.path / name)
            for name, entry in manifest.files.items()
            if not name.startswith(f"{layout.PREPARED}/")
            and (name not in layout.LEARNED or (self.path / name).exists())
        }
        prepared = (self.path / layout.PREPARED).iterdir()
        made = [
            *(layout.GROWTH, layout.LEVEL_POINTS, layout.LEVEL_ROWS, *layout.UNIT),
            *(f"{layout.PREPARED}/{file.name}" for file in prepared),
        ]
        files |= {name: FileEntry.of(self.path / name) for name in made}
        note = (
            f"{_NOTE}{growth.built} images, {growth.added} were added and {growth.removed} "
            "removed. The figures were measured on the build's images: no query and no pair of "
            "theirs is of an added image."
        )
        queries = table["is_query"].to_numpy(bool)
        pairs = len(pd.read_parquet(self.path / layout.PAIRS, columns=["query"]))
        counts = manifest.counts.model_copy(
            update={
                "images": len(table),
                "with_text": int(table["text"].notna().sum()),
                "with_label": int(table["label"].notna().sum()),
                "queries": int(queries.sum()),
                "held_out_queries": int((queries & (table["split"] == TEST)).sum()),
                "pairs": pairs,
                "problems": problems,
            }
        )
        changed = manifest.model_copy(
            update={
                "relevance": manifest.relevance if pairs else None,
                "counts": counts,
                "candidates": settings,
                "notes": [*(n for n in manifest.notes if not n.startswith(_NOTE)), note],
                "build": _key(manifest.build, files),
                "files": dict(sorted(files.items())),
            }
        )
        write_json(self.path / layout.MANIFEST, changed.model_dump())


def in_parts(work: Workspace) -> InChunks:
    """Return what computes neighbour lists some hundreds at a time, with progress."""

    def each(
        what: str, rows: Sequence[int], lists: Callable[[Sequence[int]], np.ndarray]
    ) -> np.ndarray:
        starts = range(0, len(rows), CHUNK)
        parts = [lists(rows[s : s + CHUNK]) for s in work.progress(starts, what, "chunks")]
        return np.concatenate(parts) if parts else lists([])

    return each


def _same(first: Path, second: Path) -> bool:
    return second.exists() and first.samefile(second)


def _key(build: str, files: dict[str, FileEntry]) -> str:
    content = {name: entry.sha256 for name, entry in files.items()}
    return hashlib.sha256(json.dumps([build, content], sort_keys=True).encode()).hexdigest()
