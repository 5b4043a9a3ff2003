"""The core of mmrec: from images and captions to explained recommendations, without a page."""

from importlib.metadata import version

__version__ = version("mmrec")
