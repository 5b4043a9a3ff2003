"""The bundle that is measured: drawn and built once, then kept under a name that says of what."""

import hashlib
import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mmrec_core
from mmrec_core.bundle import layout, open_bundle
from mmrec_core.errors import BundleError, InputError
from mmrec_core.files import write_json
from mmrec_core.measuring import collection, mixture
from mmrec_core.measuring.collection import MadeCollection, make_collection


@dataclass(frozen=True)
class Built:
    """A made collection and its bundle.

    Attributes
    ----------
    collection : MadeCollection
    bundle : Path
    build : dict
        ``seconds``, ``peak_bytes`` and ``anonymous_bytes``, each by stage, of the process that
        built it.
    """

    collection: MadeCollection
    bundle: Path
    build: dict[str, dict[str, float]]


def built(
    folder: Path, images: int, seed: int, map: str, force: bool, say: Callable[[str], None]
) -> Built:
    """Return the bundle of a made collection, as it was left in ``folder`` or made now.

    Parameters
    ----------
    folder : Path
        Where collections and bundles are kept, under names with ``images``, ``seed`` and a digest
        of what else they depend on: the drawing's code, the bundle's schema, this version.
    map : str
        How the map is drawn, as in a build.
    force : bool
        Build again what is there already.

    Raises
    ------
    InputError
        If the build fails.
    """
    drawing = _digest(inspect.getsource(collection), inspect.getsource(mixture))
    whole = _digest(drawing, layout.SCHEMA_VERSION, mmrec_core.__version__, map)
    drawn = MadeCollection(folder / f"collection-{images}-{seed}-{drawing}")
    bundle = folder / f"bundle-{images}-{seed}-{whole}"
    figures = bundle.with_suffix(".json")
    if not force and figures.exists() and _is_sound(bundle) and drawn.pairs.exists():
        say(f"{bundle} is there: built before, --force builds it again.")
        return Built(drawn, bundle, json.loads(figures.read_text("utf-8")))
    if not drawn.pairs.exists():
        say(f"drawing {images:,} images into {drawn.folder}")
        make_collection(drawn.folder, images, seed)
    say(f"building {bundle}")
    shutil.rmtree(bundle.with_name(f".{bundle.name}.building"), ignore_errors=True)
    options = {
        "vectors": str(drawn.vectors),
        "pairs": str(drawn.pairs),
        "out": str(bundle),
        "name": f"Made, {images:,} images",
        "map": map,
        "seed": seed,
    }
    _build(options, figures)
    return Built(drawn, bundle, json.loads(figures.read_text("utf-8")))


def _build(options: dict[str, Any], figures: Path) -> None:
    given = figures.with_suffix(".options.json")
    write_json(given, options)
    module = "mmrec_core.measuring.build_process"
    ended = subprocess.run([sys.executable, "-m", module, given, figures], check=False)
    given.unlink()
    if ended.returncode:
        raise InputError(f"the build of {options['out']} failed: what it printed says why.")


def _is_sound(bundle: Path) -> bool:
    try:
        open_bundle(bundle)
    except BundleError:
        return False
    return True


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]
