"""The processes that read what visitors bring: one decodes pictures, one has the encoders.

Both answer one visitor after another. What goes wrong there, or takes too long, ends that process
and not the app.
"""

from PIL import Image

from mmrec_core.errors import ImageError, WorkerError
from mmrec_core.inputs.images import DECODED_SIDE, decode_both
from mmrec_core.worker import Worker

DECODING_SECONDS = 5
_MOST_BYTES = 2**28  # of memory to decode a picture, as it is estimated before
_MOST_IN_ALL = 2**30  # whatever the estimate

decoding = Worker("decodes pictures", _MOST_IN_ALL)
encoding = Worker("encodes queries")


def decoded(data: bytes) -> tuple[Image.Image, Image.Image]:
    """Decode a visitor's picture: as encoders see it, and as people do.

    Raises
    ------
    ImageError
        If it cannot be decoded, or takes too long; the text is the reason.
    """
    try:
        return decoding.call(DECODING_SECONDS, decode_both, data, DECODED_SIDE, _MOST_BYTES)
    except WorkerError as error:
        raise ImageError(str(error)) from None
