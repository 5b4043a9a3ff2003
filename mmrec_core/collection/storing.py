"""Filling a database with a bundle's vectors, and checking what one holds."""

import math
import shutil
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.layout import STORE, STORED_INSIDE
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.kept import MEASURED_ON, STORED, prepared_of, stored_of
from mmrec_core.collection.prepared import Prepared
from mmrec_core.collection.shortlist import LARGEST_SCANNED, RECALL
from mmrec_core.collection.stored import KINDS
from mmrec_core.errors import BundleError
from mmrec_core.vector_store import lance
from mmrec_core.vector_store.places import Place, address, name_of, remember
from mmrec_core.vector_store.store import PART

_SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.8)
"""Of an index's partitions, how many a search may read; the least that is enough is taken."""


def store_vectors(bundle: Bundle, store: str, say: Callable[[str], None]) -> Place:
    """Fill a database with a bundle's vectors, and let the bundle's queries go there.

    What is there already is not written again, so that a call that was stopped goes on.

    Parameters
    ----------
    bundle : Bundle
    store : str
        As of `Place`.
    say : callable
        Takes a line of progress.

    Raises
    ------
    BundleError
        If the bundle was built before its vectors were kept in half precision, or the database
        can't be reached or holds something else in the end.
    InputError
        If ``store`` is no place, or LanceDB is not installed.
    """
    place = filled(bundle, store, say)
    remember(bundle.path, place)
    return place


def filled(bundle: Bundle, store: str, say: Callable[[str], None]) -> Place:
    """Fill a database as `store_vectors` does, and leave the bundle as it is."""
    uri, name, images = address(bundle.path, store), _name(bundle), len(bundle.clip_image)
    prepared = prepared_of(bundle)

    assert prepared.moments is not None
    means = [block.mean for block in prepared.moments]

    def part(rows: slice) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        kinds = {kind: block[rows] for kind, block in _blocks(prepared).items()}
        searched = [
            np.where(np.isnan(block), mean, block).astype(np.float32)
            for block, mean in zip(kinds.values(), means, strict=False)
        ]
        return prepared.lengths[rows, 1] > 0, np.hstack(searched), kinds

    lance.fill(uri, name, images, part, lambda rows: say(f"{rows:,} of {images:,} images stored"))
    if store == STORED_INSIDE:
        lance.drop_others(uri, name)
    place = Place(store=store, probes=0)
    if images > LARGEST_SCANNED:
        partitions = round(math.sqrt(images))
        say(f"indexing in {partitions:,} partitions")
        lance.index(uri, name, partitions)
        place = Place(store=store, probes=_needed_probes(bundle, store, partitions))
    check(bundle, place)
    return place


def own_files(bundle: Bundle) -> None:
    """Let a bundle's queries go to its own files again; a database inside of it is deleted."""
    (bundle.path / STORE).unlink(missing_ok=True)
    shutil.rmtree(bundle.path / STORED_INSIDE, ignore_errors=True)


def check(bundle: Bundle, place: Place) -> None:
    """Read a database whole; BundleError if it does not hold the bundle's vectors."""
    given, stored = prepared_of(bundle), stored_of(bundle, place).stored
    assert stored is not None
    for kind, block in _blocks(given).items():
        start = 0
        for part in stored.store.parts(kind):
            own = block[start : start + PART]
            same = (part == own) | (np.isnan(part) & np.isnan(own))
            if not same.all():
                row = start + int(np.flatnonzero(~same.all(axis=1))[0])
                raise BundleError(
                    f"{place.store} holds other vectors of image {row} than {bundle.path}: delete "
                    "it, and fill it again with `mmrec store`."
                )
            start += len(part)


def _blocks(prepared: Prepared) -> dict[str, np.ndarray]:
    unit, expanded = prepared.unit, prepared.expanded
    assert expanded is not None
    blocks = (unit.clip_image, unit.clip_text, unit.bert_text, *expanded)
    return dict(zip(KINDS, blocks, strict=True))


def _name(bundle: Bundle) -> str:
    return name_of(bundle.manifest, STORED)


def _needed_probes(bundle: Bundle, store: str, partitions: int) -> int:
    """Return the fewest partitions, of a few numbers, in which nearly all nearest are found."""
    given = Collection.of_bundle(bundle, prepared_of(bundle))
    size = bundle.manifest.candidates.exact_size
    generator = np.random.default_rng(bundle.manifest.seed)
    drawn = generator.permutation(len(bundle.clip_image))[:MEASURED_ON].tolist()
    queries = [given.place_row(row, text=place % 2 == 0) for place, row in enumerate(drawn)]
    wanted = [replace(query.similarity, shortlist=None).nearest(size) for query in queries]
    for share in _SHARES:
        probes = math.ceil(share * partitions)
        finder = stored_of(bundle, Place(store=store, probes=probes)).shortlist
        recalls = [
            np.isin(rows, replace(query.similarity, shortlist=finder).nearest(size)).mean()
            for query, rows in zip(queries, wanted, strict=True)
        ]
        if np.mean(recalls) >= RECALL:
            return probes
    return partitions
