"""Damage to bytes, drawn at random: what disks, networks and people do to files."""

import struct
import zlib
from random import Random

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutated(chance: Random, data: bytes, other: bytes) -> tuple[str, bytes]:
    """Return what was done to ``data``, which is not empty, and the outcome."""
    kind = chance.choice(("flip", "bytes", "cut", "drop", "double", "swap", "splice", "number",
                          "header", "append"))  # fmt: skip
    damaged = bytearray(data)
    size = len(damaged)
    start, end = sorted(chance.randrange(size + 1) for _ in range(2))
    end = min(end, start + chance.choice((1, 16, 256, 65_536)))
    if kind == "flip":
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(size)] ^= 1 << chance.randrange(8)
    elif kind == "bytes":
        damaged[start:end] = chance.randbytes(end - start)
    elif kind == "cut":
        del damaged[start:]
    elif kind == "drop":
        del damaged[start:end]
    elif kind == "double":
        damaged[start:start] = damaged[start:end] * chance.choice((1, 2, 50))
    elif kind == "swap":
        half = (start + end) // 2
        damaged[start:end] = damaged[half:end] + damaged[start:half]
    elif kind == "splice":
        damaged[start:] = other[chance.randrange(len(other) + 1) :]
    elif kind in ("number", "header"):
        width = chance.choice((1, 2, 4))
        at = chance.randrange(min(size, 512 if kind == "header" else size))
        value = chance.choice(_EXTREMES) % (1 << 8 * width)
        damaged[at : at + width] = value.to_bytes(width, chance.choice(("big", "little")))
    else:
        damaged += chance.choice((other[:1000], bytes(1000), chance.randbytes(1000)))
    return kind, bytes(damaged)


def with_png_checksums(data: bytes) -> bytes:
    """Return a PNG whose chunks have the checksums that their content asks for."""
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        (length,) = struct.unpack_from(">I", out, at)
        end = at + 8 + length
        if end + 4 > len(out):
            break
        struct.pack_into(">I", out, end, zlib.crc32(out[at + 4 : end]))
        at = end + 4
    return bytes(out)
