"""Recipes: named ways from images and captions to a bundle."""

from collections.abc import Callable
from pathlib import Path

from mmrec_core import pipeline
from mmrec_core.config import BuildConfig
from mmrec_core.seed.recipe import build_reference


def build(config: BuildConfig, say: Callable[[str], None] = print, force: bool = False) -> Path:
    """Build the bundle ``config.out`` by ``config.recipe`` and return its path.

    ``default`` is `mmrec_core.pipeline`, from top to bottom; ``seed`` is the reference pipeline,
    which is made of the same stages with its own clusters and ranker.
    """
    if config.recipe == "seed":
        return build_reference(config, say, force)
    return pipeline.build(config, say, force)
