"""Recipes: named ways from images and captions to a bundle, all in one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mmrec_core.building import pipeline
from mmrec_core.building.runner import Stage, run_stages
from mmrec_core.config import BuildConfig, make_config, read_toml
from mmrec_core.errors import OptionError
from mmrec_core.ready_vectors.config import configure as configure_vectors
from mmrec_core.ready_vectors.importing import stages as stages_of_vectors
from mmrec_core.reference import importing, recipe


@dataclass(frozen=True)
class Recipe:
    """How options become stages.

    Attributes
    ----------
    configure : callable
        From options by name to a checked `BuildConfig` of the recipe's own kind.
    stages : callable
        From such a config to the stages of its build.
    """

    configure: Callable[..., BuildConfig]
    stages: Callable[[Any], Sequence[Stage]]


RECIPES = {
    "default": Recipe(partial(make_config, BuildConfig), lambda config: pipeline.STAGES),
    "reference": Recipe(recipe.configure, lambda config: recipe.STAGES),
    "import": Recipe(importing.configure, importing.stages),
    "vectors": Recipe(configure_vectors, stages_of_vectors),
}
_OF_BUILDS = ("default", "reference")


def configure(file: Path | None = None, **options: Any) -> BuildConfig:
    """Check the options of a build, by its ``recipe``.

    Parameters
    ----------
    file : Path, optional
        A TOML file of options.
    **options
        Fields of the recipe's config; they go before the file's.

    Raises
    ------
    InputError
        If the file cannot be read.
    OptionError
        If an option is unknown or wrong.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.recipes import configure
    >>> config = configure(images=Path("photos"), out=Path("artifacts/photos"), seed=7)
    >>> config.seed, config.map
    (7, 'umap')
    """
    values = (read_toml(file) if file else {}) | options
    name = values.get("recipe", "default")
    if name not in _OF_BUILDS:
        raise OptionError(f"recipe is {name!r}; expected one of {', '.join(_OF_BUILDS)}.")
    return RECIPES[name].configure(**values)


def build(config: BuildConfig, say: Callable[[str], None] = print, force: bool = False) -> Path:
    """Build the bundle ``config.out`` by the recipe that made ``config``; see `run_stages`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from shutil import copy
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.recipes import build, configure
    >>> demo, photos = open_bundle("artifacts/demo"), Path("photos")
    >>> photos.mkdir()
    >>> copies = [copy(demo.thumbnail_path(row), photos) for row in range(6)]
    >>> config = configure(images=photos, out=Path("small"), encoders="offline", map="pca")
    >>> open_bundle(build(config, say=lambda line: None)).clip_image.shape[0]
    6
    """
    return run_stages(RECIPES[config.kind].stages(config), config, say, force)


def import_reference(
    source: Path,
    out: Path,
    *,
    say: Callable[[str], None] = print,
    force: bool = False,
    **options: Any,
) -> Path:
    """Make a bundle of the reference's files; see `mmrec_core.reference.importing.configure`."""
    return build(RECIPES["import"].configure(source, out, **options), say, force)


def import_vectors(
    files: Sequence[Path],
    out: Path,
    *,
    say: Callable[[str], None] = print,
    force: bool = False,
    **options: Any,
) -> Path:
    """Make a bundle of ready-made vectors; see `mmrec_core.ready_vectors.config.configure`.

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.recipes import import_vectors
    >>> np.save("vectors.npy", np.random.default_rng(0).normal(size=(30, 8)))
    >>> _ = Path("names.csv").write_text("image\\n" + "\\n".join(f"{i}.png" for i in range(30)))
    >>> made = import_vectors(
    ...     [Path("vectors.npy")], Path("ready"), names=Path("names.csv"), map="pca",
    ...     say=lambda line: None,
    ... )
    >>> open_bundle(made).clip_image.shape, open_bundle(made).has_ranker
    ((30, 8), False)
    """
    return build(RECIPES["vectors"].configure(list(files), out, **options), say, force)
