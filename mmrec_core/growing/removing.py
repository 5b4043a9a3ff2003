"""Removing images from a bundle: their rows, thumbnails and pairs go, what was fitted stays."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import Bundle, layout
from mmrec_core.bundle.contents import inside
from mmrec_core.bundle.growth import Growth, Step
from mmrec_core.bundle.tables import read_table
from mmrec_core.config import BuildConfig, make_config
from mmrec_core.errors import InputError
from mmrec_core.files import read_array, write_array, write_table
from mmrec_core.growing.changing import GROWING, Changed, changing, in_parts
from mmrec_core.growing.neighbour_lists import lists_without

_BY_ROW = (
    layout.CLIP_IMAGE,
    layout.CLIP_TEXT,
    layout.BERT_TEXT,
    layout.PICTURES,
    layout.CAPTIONS,
    layout.CLUSTER_OF,
    layout.MAP,
)


def remove_images(
    folder: Path, names: Iterable[str], *, say: Callable[[str], None] = print
) -> Growth:
    """Take images out of a bundle.

    What was fitted and the figures stay those of the build; the pairs with a
    removed image go. The other images' neighbour lists are exactly those of a search of what is
    left. The new bundle is made beside the old one and renamed into its place: whenever this is
    interrupted, the old one is whole.

    Parameters
    ----------
    folder : Path
        The bundle.
    names : iterable of str
        Of images; the same one twice counts once.
    say : callable
        Takes one line a step.

    Returns
    -------
    Growth
        What became of the bundle since its build.

    Raises
    ------
    InputError
        If the bundle has no image of some name, or none would be left.
    BundleError
        If the bundle is missing or damaged.

    Examples
    --------
    >>> from pathlib import Path
    >>> import shutil
    >>> from mmrec_core.growing.removing import remove_images
    >>> _ = shutil.copytree("artifacts/demo", "less")
    >>> growth = remove_images(Path("less"), ["animals/birds/magpie.png"], say=lambda line: None)
    >>> growth.built, growth.removed
    (538, 1)
    """
    out = folder.resolve()
    with changing(out) as bundle:
        wanted = [*dict.fromkeys(names)]
        unknown = [name for name in wanted if name not in bundle]
        if unknown or not wanted:
            first = f", the first {unknown[0]!r}" if unknown else ""
            raise InputError(
                f"{len(unknown)} of the {len(wanted)} names are of no image in {folder}{first}: "
                "images are named by their path below the images folder. Nothing was removed."
            )
        if len(wanted) == len(bundle.items):
            raise InputError(f"no image of {folder} would be left: remove its folder instead.")
        say("clusters, neighbours, map")
        config: BuildConfig = make_config(images=out, out=out, seed=bundle.manifest.seed)
        return _shrink(bundle, wanted, Workspace(config, say, GROWING))


def _shrink(bundle: Bundle, names: list[str], work: Workspace) -> Growth:
    changed, folder = Changed(bundle, work), work.path
    gone = np.zeros(len(bundle.items), dtype=bool)
    gone[[bundle.index_of(name) for name in names]] = True
    kept = np.flatnonzero(~gone)
    table = read_table(bundle.content(layout.CATALOGUE))
    left = table.iloc[kept].reset_index(drop=True)
    for name in set(table["thumbnail"]) - set(left["thumbnail"]):
        inside(folder, name).unlink()
    write_table(folder / layout.CATALOGUE, left)
    for name in _BY_ROW:
        if name in bundle.manifest.files:
            write_array(folder / name, read_array(folder / name)[kept])
    for name in (layout.PAIRS, layout.CROSS_FIT_PAIRS):
        if name in bundle.manifest.files:
            write_table(folder / name, _renumbered(read_table(bundle.content(name)), gone))
    vectors = changed.unit()
    lists = lists_without(vectors, bundle.neighbours, kept, in_parts(work))
    write_array(folder / layout.NEIGHBOURS, lists)
    named = set(names)
    lines = [line for line in bundle.report["problems"] if line.get("image") not in named]
    return changed.finish(Step(added=0, removed=len(names)), lines, kept)


def _renumbered(pairs: pd.DataFrame, gone: np.ndarray) -> pd.DataFrame:
    """Return the pairs of images that are left, by their new rows."""
    row = np.cumsum(~gone) - 1
    whole = ~(gone[pairs["query"]] | gone[pairs["candidate"]])
    left = pairs[whole].reset_index(drop=True)
    both = {name: row[left[name]].astype(left[name].dtype) for name in ("query", "candidate")}
    return left.assign(**both)
