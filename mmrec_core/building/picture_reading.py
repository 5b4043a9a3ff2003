"""Pictures as a batch of an encoder reads them: from where they lie, one after the other."""

from collections.abc import Sequence
from typing import overload

from PIL.Image import Image

from mmrec_core.errors import ImageError, InputError
from mmrec_core.inputs.images import decode
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.inputs.sources.source import Place


class PlacedPictures(Sequence[Image]):
    """Pictures by their places, each decoded when it is read and not kept.

    Parameters
    ----------
    reader : PictureReader
    places : sequence of Place
    side : int
        Pixels a side that they will be resized to; see `decode`.

    Raises
    ------
    InputError
        When one is read that cannot be decoded any more.
    """

    def __init__(self, reader: PictureReader, places: Sequence[Place], side: int):
        self._reader, self._places, self._side = reader, places, side

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, which: int) -> Image: ...
    @overload
    def __getitem__(self, which: slice) -> "PlacedPictures": ...
    def __getitem__(self, which: int | slice) -> "Image | PlacedPictures":
        """Decode one of them, or return some of them, not yet decoded."""
        if isinstance(which, slice):
            return PlacedPictures(self._reader, self._places[which], self._side)
        place = self._places[which]
        try:
            return decode(self._reader.read(place), max_side=self._side)
        except ImageError as error:
            raise InputError(
                f"{self._reader.root / place.file} changed during the build ({error}): run the "
                "same command again."
            ) from None
