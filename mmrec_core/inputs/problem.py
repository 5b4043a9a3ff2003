"""What a build goes on without, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something that was left out or is missing, and why; the build goes on without it.

    Attributes
    ----------
    image : str
        The image's path as the user knows it, ``*.txt`` for all files of an ending, or
        ``row 7`` for a caption without an image.
    stage : str
        Where it was noticed: ``catalogue``, ``captions``, ``thumbnails`` and so on.
    reason : str
        One short phrase.
    """

    image: str
    stage: str
    reason: str
