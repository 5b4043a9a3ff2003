"""`Prepared` as files: what the build writes, and opening a bundle maps into memory."""

from collections.abc import Callable, Container
from dataclasses import replace
from pathlib import Path

import numpy as np

from mmrec_core.bundle import Bundle
from mmrec_core.bundle.contents import readable
from mmrec_core.bundle.layout import PREPARED, UNIT
from mmrec_core.collection.candidates import Collection
from mmrec_core.collection.expansion import expand_all
from mmrec_core.collection.moments import Moments
from mmrec_core.collection.prepared import Prepared
from mmrec_core.collection.shortlist import (
    LARGEST_SCANNED,
    RECALL,
    SHARES,
    Finder,
    Shortlist,
)
from mmrec_core.collection.stored import StoredShortlist, StoredVectors
from mmrec_core.collection.vectors import Vectors
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import mapped_array, write_array
from mmrec_core.vector_store import lance
from mmrec_core.vector_store.places import Place, address, check_allowed, name_of, place_of
from mmrec_core.vector_store.store import VectorStore

Read = Callable[[str], np.ndarray]

MEASURED_ON = 200
_BLOCKS = ("image", "text", "bert")
_COUNTS = f"{PREPARED}/counts.npy"
_MOMENTS = tuple(f"{PREPARED}/moments_{block}.npy" for block in _BLOCKS)
_EXPANDED = tuple(f"{PREPARED}/expanded_{block}.npy" for block in ("image", "text"))
_SHORTLIST = tuple(
    f"{PREPARED}/shortlist_{part}.npy"
    for part in ("codes", "scales", "rows", "starts", "centres", "share")
)


STORED = (*UNIT[:3], *_EXPANDED)
"""What a database of vectors holds of a bundle's files, side by side."""


def served_of(bundle: Bundle) -> Prepared:
    """Return what answers queries: `prepared_of`, or what the bundle's database gives.

    Raises
    ------
    BundleError
        If a file does not hold what it should, or the database may not be opened, can't be, or
        holds other vectors.
    """
    place = place_of(bundle.path)
    if place is None:
        return prepared_of(bundle)
    try:
        check_allowed(bundle.path, place.store)
        return stored_of(bundle, place)
    except InputError as error:  # of a command it is the option's fault, here the bundle's
        raise BundleError(
            f"the vectors of {bundle.path} are not in its own files: {error}"
        ) from None


def stored_of(bundle: Bundle, place: Place) -> Prepared:
    """Return what a database gives; its vectors are fetched when they are needed.

    Raises
    ------
    BundleError
        If the database can't be opened, or holds other vectors than the bundle.
    """
    uri, images = address(bundle.path, place.store), len(bundle.clip_image)
    store = lance.opened(uri, name_of(bundle.manifest, STORED), place.probes)
    if store is None or len(store) != images:
        raise BundleError(
            f"{uri} does not hold the vectors of {bundle.path}: `mmrec store {bundle.path}` fills "
            "it."
        )

    def read() -> Prepared:
        return opened(bundle.array, bundle.manifest.files, _sizes(bundle), store)

    return readable(bundle.path, f"{UNIT[3]} or what belongs to it", read)


def prepared_of(bundle: Bundle) -> Prepared:
    """Return what a bundle keeps, memory-mapped; computed in memory for one that keeps nothing.

    Raises
    ------
    BundleError
        If a file does not hold what it should.
    """
    if not {*UNIT} <= {*bundle.manifest.files}:
        return Prepared.of(Vectors(bundle.clip_image, bundle.clip_text, bundle.bert_text))

    def read() -> Prepared:
        prepared = opened(bundle.array, bundle.manifest.files, _sizes(bundle))
        if isinstance(prepared.shortlist, Shortlist):
            _check_places(prepared.shortlist, len(bundle.clip_image))
        return prepared

    return readable(bundle.path, f"{UNIT[0]} or what belongs to it", read)


def _sizes(bundle: Bundle) -> tuple[int, int, int, int]:
    images, clip = bundle.clip_image.shape
    return images, len(bundle.centroids), clip, bundle.bert_text.shape[1]


def opened(
    read: Read,
    names: Container[str],
    sizes: tuple[int, int, int, int],
    store: VectorStore | None = None,
) -> Prepared:
    """Open the files of a bundle, or of a build under way.

    Parameters
    ----------
    read : callable
        Opens an array by its name.
    names : container of str
        Which files there are.
    sizes : tuple of int
        How many images and clusters, and how long CLIP's and BERT's vectors are.
    store : VectorStore, optional
        What gives the vectors in place of the files.

    Raises
    ------
    ValueError
        If a type, shape or layout is not what ``sizes`` ask for.
    """
    images, clusters, clip, bert = sizes
    together = 2 * clip + bert
    expected: dict[str, tuple[str, tuple[int, ...]]] = {
        **dict(zip(UNIT, (("float16", (images, d)) for d in (clip, clip, bert)), strict=False)),
        UNIT[3]: ("float32", (images, 2)),
        _COUNTS: ("int64", (3,)),
        **{n: ("float32", (d + 1, d)) for n, d in zip(_MOMENTS, (clip, clip, bert), strict=True)},
        **{n: ("float16", (images, d)) for n, d in zip(_EXPANDED, (clip, bert), strict=True)},
        **dict(
            zip(
                _SHORTLIST,
                (
                    ("int8", (images, together)),
                    ("float32", (together,)),
                    ("int32", (images,)),
                    ("int64", (clusters + 1,)),
                    ("float32", (clusters, together)),
                    ("float64", (1,)),
                ),
                strict=True,
            )
        ),
    }

    def array(name: str) -> np.ndarray:
        found = read(name)
        if (str(found.dtype), found.shape) != expected[name] or not found.flags.c_contiguous:
            raise ValueError(f"{name} holds {found.dtype} {found.shape}")
        return found

    lengths = array(UNIT[3])
    has_text = lengths[:, 1] > 0
    stored = None if store is None else StoredVectors(store, has_text, clip, bert)
    unit = stored.unit if stored else Vectors(*map(array, UNIT[:3]))
    if _COUNTS not in names:
        return Prepared(unit, lengths)
    image, text, caption = (
        Moments(int(count), both[0], both[1:])
        for count, both in zip(array(_COUNTS), map(array, _MOMENTS), strict=True)
    )
    if stored:
        found = StoredShortlist(stored)
        return Prepared(unit, lengths, (image, text, caption), stored.expanded, found, stored)
    shortlist: Finder | None = None
    if _SHORTLIST[0] in names:
        codes, scales, rows, starts, centres, share = map(array, _SHORTLIST)
        shortlist = Shortlist(codes, scales, rows, starts, centres, has_text, float(share[0]))
    pictures, captions = map(array, _EXPANDED)
    return Prepared(unit, lengths, (image, text, caption), (pictures, captions), shortlist)


def keep(collection: Collection, size: int, seed: int, path: Callable[[str], Path]) -> None:
    """Compute and write what `opened` reads beside the vectors of length 1.

    Parameters
    ----------
    collection : Collection
        Without hidden images.
    size : int
        How many candidates a query has.
    seed : int
        Draws the images on which the shortlist is measured.
    path : callable
        Says where a file of that name is written.
    """
    unit, moments = collection.unit, collection.moments
    write_array(path(_COUNTS), np.array([block.count for block in moments], dtype=np.int64))
    for name, block in zip(_MOMENTS, moments, strict=True):
        write_array(path(name), np.vstack([block.mean, block.covariance]))
    pictures, captions = (
        mapped_array(path(name), "float16", block.shape)
        for name, block in zip(_EXPANDED, (unit.clip_image, unit.bert_text), strict=True)
    )
    with pictures as first, captions as second:
        expand_all(unit, collection.neighbours, (first, second))
    if len(unit) <= LARGEST_SCANNED:
        return
    shape = (len(unit), 2 * unit.clip_image.shape[1] + unit.bert_text.shape[1])
    with mapped_array(path(_SHORTLIST[0]), "int8", shape) as codes:
        has_text = collection.lengths[:, 1] > 0
        made = Shortlist.of(unit, has_text, collection.cluster_of, len(collection.centroids), codes)
        share = needed_share(collection, made, size, seed)
    parts = (made.scales, made.rows, made.starts, made.centres, np.array([share]))
    for name, part in zip(_SHORTLIST[1:], parts, strict=True):
        write_array(path(name), part)


def needed_share(collection: Collection, made: Shortlist, size: int, seed: int) -> float:
    """Return the least share of the images, of a few, at which nearly all nearest are found.

    Measured on `MEASURED_ON` images drawn at random, every second without its caption: of the
    ``size`` nearest by standardised similarity, a shortlist has to give `RECALL`.
    """
    drawn = np.random.default_rng(seed).permutation(len(collection.unit))[:MEASURED_ON]

    def nearest(place: int, shortlist: Shortlist | None) -> np.ndarray:
        placed = collection.place_row(int(drawn[place]), text=place % 2 == 0)
        return replace(placed.similarity, shortlist=shortlist).nearest(size)

    wanted = [nearest(place, None) for place in range(len(drawn))]
    for share in SHARES:
        shortlist = replace(made, share=share)
        recalls = [np.isin(w, nearest(place, shortlist)) for place, w in enumerate(wanted)]
        if np.mean([np.mean(found) for found in recalls]) >= RECALL:
            return share
    return 1.0


def _check_places(shortlist: Shortlist, images: int) -> None:
    """Raise ValueError where a shortlist points outside of the collection."""
    rows, starts = shortlist.rows, shortlist.starts
    ordered = starts[0] == 0 and starts[-1] == images and (np.diff(starts) >= 0).all()
    if not ordered or rows.min() < 0 or rows.max() >= images or np.bincount(rows).max() > 1:
        raise ValueError("the shortlist does not name every image once")
