"""Pictures through a build's reading and an upload's, held against Pillow's own decoding."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFile, ImageOps

from mmrec_core.building.stages import catalogue, thumbnails
from mmrec_core.building.thumbnail_making import make_thumbnail
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import make_config
from mmrec_core.errors import ImageError
from mmrec_core.inputs.images import DECODED_SIDE, decode
from tests.torture.children import GIB, Child, Fell, one_line
from tests.torture.picture_corpus import picture
from tests.torture.trials import End, Trial

SECONDS, DECODINGS = 5, 2
"""A picture is decoded twice, once to be seen, and each time may take so long."""

UPLOAD_BYTES = 2**28
"""Memory that decoding a visitor's picture may take, as the app's pages ask for."""

PRELOAD = (__name__,)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_LIMITS = (
    "too large to decode", "too many pixels", "too narrow", "too many scans",
    "pixel values that are not finite", "not an image",
)  # fmt: skip
"""Reasons for which a picture may be refused that Pillow decodes."""

_MOST_COMPARED = 40_000_000  # pixels
_GRID = 16
_APART = 48  # grey levels: of a damaged JPEG, what is shrunk as it is decoded differs by over 30


class Read(NamedTuple):
    """What came of reading a picture: its pixels (height, width, 3) uint8, or the reason."""

    pixels: np.ndarray | None
    reason: str = ""


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each picture, then one for each that a build's stages say otherwise."""
    files, ends = folder / "pictures", {}
    files.mkdir()
    with Child(GIB, PRELOAD) as reader, Child(None, PRELOAD) as reference:
        for number in range(count):
            what, data = picture(seed, number)
            trial = _tried(f"{seed}/{number} {what}", data, reader, reference)
            ends[f"{number:06d}.png"] = trial.end
            (files / f"{number:06d}.png").write_bytes(data)
            yield trial
    yield from _built(folder, files, ends)


def _tried(what: str, data: bytes, reader: Child, reference: Child) -> Trial:
    try:
        built, uploaded = (
            reader.call(read, data, seconds=DECODINGS * SECONDS) for read in (as_build, as_upload)
        )
        if wrong := _differing(built, uploaded):
            return Trial(what, End.WRONG, wrong)
        told = reference.call(compared, data, built, seconds=120)
    except Fell as fell:
        return Trial(what, fell.end, fell.why)
    return Trial(what, *told)


def as_build(data: bytes) -> Read:
    """Read a picture as a build does: for its encoder, and for its thumbnail."""
    found = _read(data)
    try:
        made = make_thumbnail(data)
    except ImageError as error:
        if str(error) != found.reason:
            raise RuntimeError(f"no thumbnail ({error}) and {found.reason!r}") from None
        return found
    with Image.open(io.BytesIO(made.content)) as written:
        written.load()
    if found.pixels is None or written.size != (made.width, made.height):
        raise RuntimeError(f"a thumbnail of {written.size}, and {found.reason!r}")
    return found


def as_upload(data: bytes) -> Read:
    """Read a picture as the app does one that a visitor brings."""
    decode_options: dict[str, Any] = {"max_bytes": UPLOAD_BYTES}
    found = _read(data, **decode_options)
    if found.pixels is not None:
        decode(data, max_side=DECODED_SIDE, to_be_seen=True, **decode_options)
    return found


def _read(data: bytes, **options: Any) -> Read:
    try:
        return Read(np.asarray(decode(data, max_side=DECODED_SIDE, **options)))
    except ImageError as error:
        if str(error).startswith("not enough memory"):
            raise
        return Read(None, str(error))


def _differing(built: Read, uploaded: Read) -> str:
    for found in (built, uploaded):
        if found.pixels is None and not one_line(found.reason):
            return f"the reason {found.reason!r}"
    if uploaded.pixels is None:
        limited = uploaded.reason.startswith("too large to decode")
        return "" if limited or uploaded.reason == built.reason else f"{built.reason!r} as a build"
    if built.pixels is None:
        return f"read as an upload, and not as a build: {built.reason}"
    return "" if np.array_equal(built.pixels, uploaded.pixels) else "two ways, other pixels"


def compared(data: bytes, found: Read) -> tuple[End, str]:
    """Hold what was read against Pillow's own decoding."""
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if found.pixels is None and found.reason.startswith(_LIMITS):
        return End.REPORTED, found.reason
    try:
        expected = reference(data)
    except Exception as error:
        if found.pixels is None:
            return End.REPORTED, found.reason
        return End.WRONG, f"decoded, and Pillow says {type(error).__name__}: {error}"[:300]
    if expected is None:
        return (End.RIGHT, "") if found.pixels is not None else (End.REPORTED, found.reason)
    if found.pixels is None:
        return End.WRONG, f"{found.reason!r}, and Pillow decodes it"
    return _same(expected, found.pixels)


def reference(data: bytes) -> Image.Image | None:
    """Decode a picture with Pillow alone; None where it is too large to be compared."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        if opened.width * opened.height > _MOST_COMPARED:
            return None
        opened.load()
        try:
            image = ImageOps.exif_transpose(opened)
        except Exception:  # EXIF that cannot be read turns nothing
            image = opened.copy()
    if image.mode == "F" or image.mode.startswith("I"):
        return _grey(image)
    clear = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        image.info["transparency"] = tuple(value >> 8 for value in clear)
    if clear is None and image.mode not in ("LA", "La", "PA", "RGBA", "RGBa"):
        return image.convert("RGB")
    rgba = np.asarray(image.convert("RGBA")).astype(np.float32)
    alpha = rgba[..., 3:] / 255
    flat = rgba[..., :3] * alpha + 255 * (1 - alpha)
    return Image.fromarray(np.round(flat).astype(np.uint8))


def _grey(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.float64)
    low, high = values.min(), values.max()
    ceilings = [1.0] if image.mode == "F" else []
    top = next((c for c in (*ceilings, 255.0, 65535.0) if low >= 0 and high <= c), None)
    if image.mode.startswith("I;16"):
        top = 65535.0
    low, high = (0.0, top) if top is not None else (low, high)
    flat = (values - low) * (255 / (high - low) if high > low else 0)
    if isinstance(clear := image.info.get("transparency"), int):
        flat[values == clear] = 255
    return Image.fromarray(np.clip(flat + 0.5, 0, 255).astype(np.uint8)).convert("RGB")


def _same(expected: Image.Image, pixels: np.ndarray) -> tuple[End, str]:
    height, width = pixels.shape[:2]
    if expected.size == (width, height):
        apart = np.abs(np.asarray(expected).astype(int) - pixels)
        if apart.max() <= 1:
            return End.RIGHT, ""
        return End.WRONG, f"pixels up to {apart.max()} apart, {(apart > 1).mean():.1%} of them"
    if min(expected.size) < min(width, height) or max(expected.size) < max(width, height):
        return End.WRONG, f"{width} x {height} pixels, and Pillow has {expected.size}"
    grids = [
        np.asarray(each.resize((_GRID, _GRID), Image.Resampling.BOX)).astype(int)
        for each in (expected, Image.fromarray(pixels))
    ]
    apart = np.abs(grids[0] - grids[1])
    if apart.mean() <= 3 and apart.max() <= _APART:
        return End.RIGHT, ""
    return End.WRONG, f"shrunk to {width} x {height}, the picture is another ({apart.max()} apart)"


def _built(folder: Path, files: Path, ends: dict[str, End]) -> Iterator[Trial]:
    """Read all files in one go, as the first stages of a build do, and compare what is reported."""
    at_once = os.cpu_count() or 1  # that a build decodes, each within a GiB
    with Child((1 + at_once) * GIB, PRELOAD) as child:
        try:
            listed = child.call(as_stages, files, folder / "bundle", seconds=60 + len(ends))
        except Fell as fell:
            yield Trial("the first stages of a build", fell.end, fell.why)
            return
    for name, end in ends.items():
        if end in (End.RIGHT, End.REPORTED) and (name in listed) != (end == End.REPORTED):
            yield Trial(name, End.WRONG, f"{end} by itself, in a build {listed.get(name)}")


def as_stages(images: Path, out: Path) -> dict[str, str]:
    """Run a build up to its thumbnails; return what it reports, by image."""
    work = Workspace(make_config(images=images, out=out, encoders="offline"))
    for stage in (catalogue.STAGE, thumbnails.STAGE):
        stage.run(work.of(stage))
    problems = work.problems((catalogue.STAGE, thumbnails.STAGE))
    return {line["image"]: line["reason"] for lines in problems.values() for line in lines}
