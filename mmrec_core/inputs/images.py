"""Reading one image safely, and making the small pictures that pages show."""

import io
import math
import os
import stat
import struct
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageFile, ImageMath, JpegImagePlugin

from mmrec_core.errors import ImageError
from mmrec_core.inputs.transparency import on_checkerboard, on_white, swallowed_by_white

IMAGE_SUFFIXES: frozenset[str] = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp"),
        *(".gif", ".bmp", ".tif", ".tiff", ".avif"),
    }
)
"""Endings, in lower case and with their dot, that mark a file as an image."""

MAX_PIXELS = 178_000_000
"""Images with more pixels than this are refused before they are decoded."""

MAX_BYTES = 2**30
"""Memory that decoding an image may take at most; one that needs more is refused before."""

MAX_SCANS = 100
"""Scans of a JPEG at most: an encoder writes some ten, and each costs a pass over the picture."""

MAX_ASPECT = 200
"""Longest side over shortest; beyond it, a resize by the short side asks for gigabytes."""

WEBP_QUALITY = 82

DECODED_SIDE = 378
"""What encoders and thumbnails need; larger pictures are shrunk to about twice this at once.

A quarter of the commonest photograph of 12 megapixels, 4032 × 3024, is just twice as much.
"""

_BYTES_A_PIXEL = {"WEBP": 16, "AVIF": 12}
_PLAIN_BYTES = 4  # the decoded picture; as many again for a copy in another mode
_COPIES_OF_DEEP_GREY = 5
_PROGRESSIVE_BYTES = 6  # all coefficients of a progressive JPEG, at full size
_LARGEST_SHRUNK = 16  # squares of the side: what is left of a narrow picture
_SHRINKABLE = ("L", "RGB", "LA", "RGBA")

_START_OF_SCAN = b"\xff\xda"
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# The format readers are called directly, not through Image.open, which warns about every image
# above 89 megapixels and reads a global limit. Pillow's GIF and TIFF readers warn by themselves
# too; the limit above stands in for that warning, so it is silenced once, for the process.
Image.init()
_FORMATS = tuple(
    name
    for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
    if name in Image.OPEN  # AVIF came with Pillow 11.3
)
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def decode(
    source: str | Path | bytes | BinaryIO,
    *,
    max_side: int | None = None,
    to_be_seen: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Image.Image:
    """Decode an image into upright RGB.

    The content decides the format, whatever the name says. EXIF orientation is applied,
    transparency is laid on white (but see `to_be_seen`), animations give their first frame, and
    16-bit, 32-bit and float greys are scaled to 8 bits. Colour profiles are not applied. Safe to
    call from threads.

    Parameters
    ----------
    source : path, bytes or binary file object
        A file object is read from its start and left open.
    max_side : int, optional
        The side, in pixels, that the caller will resize to. Large pictures are then shrunk by a
        whole factor as they are decoded (JPEG) or right after, with both sides still at least
        twice `max_side`; of very narrow ones the shorter side may be less.
    to_be_seen : bool
        Lay a transparent picture that white would swallow on a grey checkerboard
        (`mmrec_core.inputs.transparency.swallowed_by_white`): for people, and not for encoders.
    max_bytes : int
        Memory that decoding may take.

    Returns
    -------
    PIL.Image.Image
        Mode ``RGB``, 8 bits a channel, without metadata.

    Raises
    ------
    ImageError
        For whatever cannot be decoded; its text is the reason alone, such as ``empty file``.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.inputs.images import decode, thumbnail
    >>> picture = decode(open_bundle("artifacts/demo").thumbnail_path(0))
    >>> picture.mode, max(thumbnail(picture, side=64).size)
    ('RGB', 64)
    """
    try:
        if isinstance(source, bytes | bytearray | memoryview):
            return _decode_stream(io.BytesIO(source), max_side, to_be_seen, max_bytes)
        if isinstance(source, str | Path):
            with _open_regular(Path(source)) as stream:
                return _decode_stream(stream, max_side, to_be_seen, max_bytes)
        return _decode_stream(_rewound(source), max_side, to_be_seen, max_bytes)
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError("not enough memory to decode it") from error
    except Image.DecompressionBombError as error:
        raise ImageError(f"too many pixels (the limit is {MAX_PIXELS // 10**6} million)") from error
    except Exception as error:  # Pillow's readers raise almost any type on damaged files.
        raise ImageError(_reason(error)) from error


def decode_both(data: bytes, max_side: int, max_bytes: int) -> tuple[Image.Image, Image.Image]:
    """Decode an image as encoders see it, and as people do; see `decode` for all of it."""
    for_encoders, to_be_seen = (
        decode(data, max_side=max_side, to_be_seen=seen, max_bytes=max_bytes)
        for seen in (False, True)
    )
    return for_encoders, to_be_seen


def thumbnail(image: Image.Image, side: int = 384) -> Image.Image:
    """Return a copy whose longest side is at most `side` pixels.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode ``RGB``, as `decode` returns it.
    side : int
        In pixels, at least 1. Smaller images keep their size.

    Returns
    -------
    PIL.Image.Image
        Same mode and, to the nearest pixel, same proportions; each side at least 1 pixel.
    """
    if side < 1:
        raise ValueError(f"side is {side}, expected at least 1")
    scale = side / max(image.size)
    if scale >= 1:
        return image.copy()
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def to_webp(image: Image.Image) -> bytes:
    """Encode as lossy WebP, without metadata; the same pixels give the same bytes.

    Raises
    ------
    ImageError
        If a side is longer than WebP's 16,383 pixels.
    """
    if max(image.size) > 16_383:
        raise ImageError(f"too large for WebP ({_size(image)}; the limit is 16383 pixels a side)")
    out = io.BytesIO()
    image.save(out, "WEBP", quality=WEBP_QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def _open_regular(path: Path) -> BinaryIO:
    # Opening a named pipe would wait for its writer, so the type is looked at first.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ImageError("not a file")
    return open(path, "rb")


def _rewound(stream: BinaryIO) -> BinaryIO:
    try:
        stream.seek(0)
    except (AttributeError, OSError):  # io.UnsupportedOperation is an OSError
        return io.BytesIO(stream.read())
    return stream


def _decode_stream(
    stream: BinaryIO, max_side: int | None, to_be_seen: bool, max_bytes: int
) -> Image.Image:
    opened = _open(stream, max_bytes)
    _check_size(*opened.size)
    full = opened.size
    if max_side is not None:
        opened.draft(None, (2 * max_side, 2 * max_side))
    shrinks = max_side is not None and _is_plain(opened)
    _check_memory(full, _bytes_needed(opened, full, shrinks), max_bytes)
    opened.load()
    turn = _TURNS.get(_orientation(opened))
    image = _shrunk(opened, max_side) if shrinks else opened
    rgb = _shrunk(_to_rgb(image, to_be_seen), max_side)
    if turn is not None:
        rgb = rgb.transpose(turn)
    rgb.info = {}
    return rgb


def _open(stream: BinaryIO, max_bytes: int) -> ImageFile.ImageFile:
    prefix = stream.read(16)
    if not prefix:
        raise ImageError("empty file")
    for name in _FORMATS:
        factory, accept = Image.OPEN[name]
        accepted = accept(prefix) if accept else True
        if isinstance(accepted, str):
            raise ImageError(f"{name} is not supported by the installed Pillow")
        if not accepted:
            continue
        if name == "WEBP":
            _check_webp(stream, prefix, max_bytes)
        stream.seek(0)
        if name == "JPEG":
            _check_scans(stream)
            # The registered factory also reads the index of further frames, and trips over it.
            return JpegImagePlugin.JpegImageFile(stream)
        return factory(stream, "")
    raise ImageError("not an image")


def _check_webp(stream: BinaryIO, prefix: bytes, max_bytes: int) -> None:
    """Refuse what libwebp would not tell the reason of, or take the memory for as it opens it.

    Its sizes are those of https://developers.google.com/speed/webp/docs/riff_container.
    """
    if stream.seek(0, os.SEEK_END) < int.from_bytes(prefix[4:8], "little") + 8:
        raise ImageError("truncated")
    stream.seek(12)
    head = stream.read(18)
    if head.startswith(b"VP8X"):
        sides = [1 + int.from_bytes(head[at : at + 3], "little") for at in (12, 15)]
    elif head.startswith(b"VP8L"):
        both = int.from_bytes(head[9:13], "little")
        sides = [1 + (both & 0x3FFF), 1 + (both >> 14 & 0x3FFF)]
    else:
        sides = [int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (14, 16)]
    _check_size(sides[0], sides[1])
    _check_memory(sides, sides[0] * sides[1] * _BYTES_A_PIXEL["WEBP"], max_bytes)


def _check_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise ImageError("no pixels")
    if width * height > MAX_PIXELS:
        megapixels = math.ceil(width * height / 1e6)
        limit = MAX_PIXELS // 10**6
        raise ImageError(f"too many pixels ({megapixels} megapixels; the limit is {limit})")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ImageError(f"too narrow ({width} x {height}; the limit is {MAX_ASPECT} to 1)")


def _check_memory(size: Sequence[int], needed: int, limit: int) -> None:
    if needed > limit:
        raise ImageError(
            f"too large to decode ({size[0]} x {size[1]} pixels take {needed // 10**6} MB; the "
            f"limit is {limit // 10**6})"
        )


def _is_plain(image: Image.Image) -> bool:
    """Whether an image can be shrunk before anything else is done to it."""
    return image.mode in _SHRINKABLE and "transparency" not in image.info


def _bytes_needed(image: ImageFile.ImageFile, full: tuple[int, int], shrinks: bool) -> int:
    """Return about what memory decoding takes; ``full`` is the size before any draft."""
    copies = 1 if shrinks and image.mode in ("L", "RGB") else 2
    if image.mode == "F" or image.mode.startswith("I"):
        copies = _COPIES_OF_DEEP_GREY
    once = _BYTES_A_PIXEL.get(image.format or "", copies * _PLAIN_BYTES)
    needed = image.width * image.height * once
    if image.info.get("progressive"):
        needed += full[0] * full[1] * _PROGRESSIVE_BYTES
    return needed


def _check_scans(stream: BinaryIO) -> None:
    # In compressed data a byte 0xFF is never followed by a marker's, so that this counts scans.
    stream.seek(0)
    scans, last = 0, b""
    while block := stream.read(1 << 20):
        scans += (last + block).count(_START_OF_SCAN)
        last = block[-1:]
    stream.seek(0)
    if scans > MAX_SCANS:
        raise ImageError(f"too many scans ({scans}; the limit is {MAX_SCANS})")


def _shrunk(image: Image.Image, max_side: int | None) -> Image.Image:
    if max_side is None:
        return image
    side = 2 * max_side
    of_narrow = math.ceil(math.sqrt(image.width * image.height / (_LARGEST_SHRUNK * side**2)))
    factor = max(min(image.size) // side, of_narrow)
    return image.reduce(factor) if factor > 1 else image


def _size(image: Image.Image) -> str:
    return f"{image.width} x {image.height}"


def _orientation(image: Image.Image) -> Any:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
        hash(value)
    except Exception:  # Broken EXIF raises almost any type; the picture itself is sound.
        return 1
    return value


def _to_rgb(image: Image.Image, to_be_seen: bool) -> Image.Image:
    if image.mode == "F" or image.mode.startswith("I"):
        return _deep_grey_to_rgb(image)
    transparent = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(transparent, tuple) and max(transparent) > 255:
        # A 16-bit PNG is read as 8 bits, but its transparent colour stays 16-bit.
        image.info["transparency"] = tuple(value >> 8 for value in transparent)
    if transparent is not None or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        rgba = image.convert("RGBA")
        if to_be_seen and swallowed_by_white(rgba):
            return on_checkerboard(rgba)
        return on_white(rgba)
    try:
        return image.convert("RGB")
    except ValueError as error:
        raise ImageError(f"colour mode {image.mode} is not supported") from error


def _deep_grey_to_rgb(image: Image.Image) -> Image.Image:
    """Scale 16-bit, 32-bit and float greys to 8 bits.

    16-bit files use their nominal range. The wider types have none, so the smallest customary
    range that holds the values is taken: 0 to 1 (floats), to 255, to 65,535, else their own.
    """
    values = image.convert("F") if image.mode == "F" else image.convert("I")
    low, high = (float(value) for value in values.getextrema())  # type: ignore[arg-type]
    if not np.isfinite(np.asarray(values)).all():
        raise ImageError("pixel values that are not finite")
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        ceilings = [1.0, 255.0, 65535.0] if image.mode == "F" else [255.0, 65535.0]
        ceiling = next((c for c in ceilings if low >= 0 and high <= c), None)
        if ceiling is not None:
            low, high = 0.0, ceiling
    scale = 255 / (high - low) if high > low else 0.0
    grey = values.convert("F").point(lambda v: v * scale + (0.5 - low * scale)).convert("L")
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        clear = ImageMath.lambda_eval(
            lambda a: a["convert"]((a["v"] == transparent) * 255, "L"), v=values
        )
        grey.paste(255, mask=clear)
    return grey.convert("RGB")


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, PermissionError):
        return "not readable (permission denied)"
    if isinstance(error, SyntaxError) and error.args and isinstance(error.args[0], Exception):
        error = error.args[0]  # Pillow wraps what a reader raised while it looked at the header.
    if "not identified" in str(error):
        return "no pixels, or an unknown colour mode"
    # A header that ends early shows as a failed unpacking or index, not by a message.
    if isinstance(error, EOFError | struct.error | IndexError) or "truncat" in str(error).lower():
        return "truncated"
    if isinstance(error, OSError) and error.errno is not None and error.strerror:
        return f"not readable ({error.strerror.lower()})"
    return "damaged"
