"""Pictures that are whole, damaged, or meant to do harm, made from real ones by a seed."""

import io
import struct
import sysconfig
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageCms

from mmrec_core.datasets.stamps import find_stamps
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from tests.torture.mutation import mutated, with_png_checksums

_MOST_SOURCES = 800
_LARGEST_SOURCE = 1 << 20  # bytes
_ORIENTATION = 0x0112


class Picture(NamedTuple):
    """A file's content, and how it was made."""

    what: str
    data: bytes


@cache
def sources() -> tuple[Path, ...]:
    """Return real pictures: the demo's, and those of the packages that are installed."""
    places = [find_stamps(), *(Path(sysconfig.get_path(key)) for key in ("purelib", "stdlib"))]
    found = []
    for place in places:
        files = sorted(file for file in place.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
        found += [file for file in files if 0 < file.stat().st_size <= _LARGEST_SOURCE]
    return tuple(Random(0).sample(found, min(len(found), _MOST_SOURCES)))


def picture(seed: int, number: int) -> Picture:
    """Return one picture of a corpus; the same numbers give the same bytes."""
    chance = Random(f"{seed} {number}")
    kind = chance.choices(("whole", "hostile", "damaged"), (25, 10, 65))[0]
    if kind == "hostile":
        name = chance.choice(list(HOSTILE))
        return Picture(f"hostile {name}", HOSTILE[name](chance))
    if kind == "whole":
        return _whole(chance)
    made, other = (_whole(chance), _whole(chance))
    what, data = made
    for _ in range(chance.choice((1, 1, 3))):
        done, data = mutated(chance, data or b"\0", other.data)
        what = f"{what}, {done}"
    if data.startswith(b"\x89PNG") and chance.random() < 0.7:
        data = with_png_checksums(data)
    return Picture(what, data)


def _whole(chance: Random) -> Picture:
    source = chance.choice(sources())
    if chance.random() < 0.2:
        return Picture(f"{source.name} as it is", source.read_bytes())
    image = _opened(source)
    side = chance.choice((1, 7, 64, 200, 400, 900, 1_700))
    if chance.random() < 0.8:
        scale = side / max(image.size)
        image = image.resize([max(1, round(length * scale)) for length in image.size])
    form = chance.choice(list(MODES))
    mode = chance.choice(MODES[form])
    try:
        made, options = _in_mode(image, mode), _options(chance, form, mode, image)
        return Picture(f"{source.name} as {form} {mode} {made.size}", _saved(made, form, **options))
    except Exception as refused:  # the writer has no such thing
        return Picture(f"{source.name} as PNG, not as {form} ({refused})", _saved(image, "PNG"))


@cache
def _opened(source: Path) -> Image.Image:
    try:
        with Image.open(source) as image:
            made = image.convert("RGBA")
            made.thumbnail((1_700, 1_700))
            return made
    except Exception:  # packages bring broken pictures for their own tests
        return Image.effect_noise((120, 90), 60).convert("RGBA")


MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LAB", "YCbCr"),
    "AVIF": ("RGB", "RGBA"),
}


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode in ("I;16", "I", "F"):
        grey = np.asarray(image.convert("L")).astype(np.float32)
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Image.fromarray((grey * (1 / 255 if mode == "F" else 257)).astype(kind))
    if mode == "LAB":
        return ImageCms.profileToProfile(
            image.convert("RGB"), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"),
            outputMode="LAB",
        )  # fmt: skip
    return image.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr") else image.convert(mode)


def _options(chance: Random, form: str, mode: str, image: Image.Image) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if form in ("JPEG", "PNG", "TIFF", "WEBP", "AVIF") and chance.random() < 0.4:
        exif = Image.Exif()
        exif[_ORIENTATION] = chance.choice((1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 65_535))
        options["exif"] = exif
    if form in ("JPEG", "PNG", "TIFF", "WEBP") and chance.random() < 0.2:
        options["icc_profile"] = chance.randbytes(chance.choice((1, 128, 70_000)))
    if form == "JPEG":
        options |= {
            "quality": chance.choice((1, 30, 75, 95)),
            "progressive": chance.random() < 0.5,
            "restart_marker_blocks": chance.choice((0, 0, 3)),
        }
        if mode == "RGB":
            options["subsampling"] = chance.choice((0, 1, 2))
    elif form == "TIFF":
        own = {"1": ("group3", "group4"), "L": ("jpeg",), "RGB": ("jpeg", "webp")}.get(mode, ())
        options["compression"] = chance.choice(
            (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd", *own)
        )
    elif form in ("WEBP", "AVIF"):
        options |= {"quality": chance.choice((1, 60, 100)), "lossless": chance.random() < 0.5}
        if form == "AVIF":
            options = {"quality": options["quality"], "speed": 9} | {
                key: value for key, value in options.items() if key == "exif"
            }
    animates = form in ("GIF", "WEBP", "PNG", "TIFF") and mode not in ("I;16", "I", "F", "LAB")
    if animates and chance.random() < 0.2:
        frame = _in_mode(image.rotate(180), mode)
        options |= {"save_all": True, "append_images": [frame, frame]}
    if form in ("GIF", "PNG") and mode == "P" and chance.random() < 0.5:
        options["transparency"] = chance.randrange(256)
    return options


def _saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _png(width: int, height: int, body: bytes, *, bits: int = 8, colour: int = 2,
         extra: bytes = b"", interlace: int = 0) -> bytes:  # fmt: skip
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)
    chunks = _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _zeros(size: int) -> bytes:
    """Return ``size`` zeros, compressed, without having them all in memory."""
    packer, block = zlib.compressobj(9), bytes(1 << 20)
    parts = [packer.compress(block[: min(len(block), size - at)])
             for at in range(0, size, len(block))]  # fmt: skip
    return b"".join(parts) + packer.flush()


def _side(chance: Random) -> int:
    return chance.choice((1, 2, 99, 400, 5_000, 12_000, 13_300, 16_383, 30_000, 65_535, 2**31 - 1))


def _large_png(chance: Random) -> bytes:
    width, height = _side(chance), _side(chance)
    bits, colour, channels = chance.choice(((8, 0, 1), (8, 2, 3), (8, 6, 4), (16, 0, 2), (16, 6, 8),
                                            (1, 0, 1)))  # fmt: skip
    full = (width * channels + 1) * height
    return _png(width, height, _zeros(min(full, chance.choice((100, 10**6, 3 * 10**8)))),
                bits=bits, colour=colour, interlace=chance.choice((0, 1)))  # fmt: skip


def _chunk_bomb(chance: Random) -> bytes:
    bomb = _zeros(chance.choice((10**6, 3 * 10**8)))
    kind = chance.choice((b"zTXt", b"iTXt", b"iCCP"))
    content = b"key\0\0" + (b"\0\0\0" if kind == b"iTXt" else b"") + bomb
    if kind == b"iTXt":
        content = b"key\0\1\0\0\0" + bomb
    extra = _chunk(kind, content) * chance.choice((1, 3))
    return _png(8, 8, zlib.compress(bytes(8 * 25)), extra=extra)


def _many_scans(chance: Random) -> bytes:
    noise, flat = Image.effect_noise((64, 64), 60).convert("RGB"), Image.new("RGB", (3_000, 3_000))
    data = _saved(chance.choice((noise, flat)), "JPEG", progressive=True, quality=50)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * chance.choice((20, 90, 3_000)) + data[-2:]


def _large_webp(chance: Random) -> bytes:
    size = (chance.choice((1_000, 16_383)), chance.choice((1_000, 5_000, 10_000)))
    return _saved(Image.new("RGB", size), "WEBP", lossless=True, method=0)


def _large_gif(chance: Random) -> bytes:
    frames = [Image.new("P", (chance.choice((10, 500)),) * 2, colour) for colour in range(5)]
    data = bytearray(_saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    data[6:10] = struct.pack("<HH", _side(chance) % 65_536, _side(chance) % 65_536)
    return bytes(data)


def _large_bmp(chance: Random) -> bytes:
    data = bytearray(_saved(Image.new("RGB", (8, 8)), "BMP"))
    sign = chance.choice((1, -1))
    data[18:26] = struct.pack("<ii", _side(chance), sign * _side(chance))
    data[28:30] = struct.pack("<H", chance.choice((1, 4, 8, 16, 24, 32, 0, 65_535)))
    data[30:34] = struct.pack("<I", chance.choice((0, 1, 2, 3, 4, 6)))
    return bytes(data)


def _odd_tiff(chance: Random) -> bytes:
    compression = chance.choice(("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"))
    data = bytearray(_saved(Image.new("RGB", (64, 64), "teal"), "TIFF", compression=compression))
    for _ in range(chance.choice((1, 4))):  # entries of its directory, and where it lies
        at = chance.randrange(4, len(data) - 4)
        data[at : at + 4] = chance.choice(
            (b"\0\0\0\0", b"\xff" * 4, b"\xff\xff\0\0", bytes([8, 0, 0, 0]))
        )
    return bytes(data)


def _huge_tiff(chance: Random) -> bytes:
    size = (chance.choice((4_000, 12_000)), chance.choice((4_000, 14_000)))
    mode = chance.choice(("1", "L", "RGB"))
    return _saved(Image.new(mode, size), "TIFF", compression="tiff_adobe_deflate")


def _odd_exif(chance: Random) -> bytes:
    exif = b"Exif\0\0" + chance.choice((b"II*\0", b"MM\0*", b"XX")) + chance.randbytes(60)
    return _saved(Image.effect_noise((90, 60), 60), "JPEG", exif=exif)


def _not_finite(chance: Random) -> bytes:
    values = np.linspace(0, 1, 400, dtype=np.float32)
    values[chance.randrange(400)] = chance.choice((np.nan, np.inf, -np.inf, 3e38))
    return _saved(Image.fromarray(values.reshape(20, 20)), "TIFF")


def _other_format(chance: Random) -> bytes:
    return chance.choice(
        (
            *(
                b"",
                b"\0",
                b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                b"%!PS-Adobe-3.0 EPSF-3.0\n",
            ),
            *(
                b"\xff\xd8\xff",
                b"\x89PNG\r\n\x1a\n",
                b"RIFF\x04\0\0\0WEBP",
                b"GIF89a",
                b"BM",
                b"II*\0",
            ),
            *(b"\0\0\0\x1cftypavif", b"PK\x03\x04", b"%PDF-1.7", bytes(100_000)),
            *(_saved(Image.new("RGB", (9, 9)), form) for form in ("PPM", "TGA", "ICO", "JPEG2000")),
        )
    )


HOSTILE: dict[str, Callable[[Random], bytes]] = {
    "PNG of any size": _large_png,
    "chunk that expands": _chunk_bomb,
    "JPEG of many scans": _many_scans,
    "WebP canvas": _large_webp,
    "GIF canvas": _large_gif,
    "BMP header": _large_bmp,
    "TIFF directory": _odd_tiff,
    "TIFF of any size": _huge_tiff,
    "EXIF": _odd_exif,
    "pixels that are no numbers": _not_finite,
    "other formats": _other_format,
}
"""Pictures that are meant to do harm, by what they are."""
