"""The demo: a bundle with a story that explains it."""

from collections.abc import Callable
from pathlib import Path

from mmrec_core import recipes
from mmrec_core.bundle import open_bundle
from mmrec_core.config import BuildConfig
from mmrec_core.stories.bundled import add_introduction


def build_demo(
    config: BuildConfig, say: Callable[[str], None] = print, force: bool = False
) -> Path:
    """Build the demo by `mmrec_core.datasets.demo.demo_config`, and give it its story."""
    folder = recipes.build(config, say, force)
    if not open_bundle(folder).story:
        say("story")
        add_introduction(folder)
    return folder
