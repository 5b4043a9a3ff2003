import contextlib
import io
import os
import random
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from mmrec_core.errors import ImageError
from mmrec_core.inputs.images import IMAGE_SUFFIXES, decode, thumbnail, to_webp

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
ORIENTATION = 0x0112


def encoded(image: Image.Image, form: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def photo(width: int = 300, height: int = 200) -> Image.Image:
    """A picture of four colours, one a corner, with some grain so that files have a length."""
    image = Image.new("RGB", (width, height))
    colours = ["red", "lime", "blue", "yellow"]
    for i, colour in enumerate(colours):
        box = ((i % 2) * width // 2, (i // 2) * height // 2)
        image.paste(Image.new("RGB", (width // 2, height // 2), colour), box)
    grain = Image.effect_noise((width, height), 30).convert("RGB")
    return Image.blend(image, grain, 0.1)


def corner(image: Image.Image) -> str:
    red, green, blue = image.getpixel((5, 5))
    return {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 0): "yellow"}[
        (int(red > 128), int(green > 128), int(blue > 128))
    ]


def png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data does not have."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_decodes_to_rgb_of_its_size_and_look(form):
    image = decode(encoded(photo(), form))
    assert image.mode == "RGB"
    assert image.size == (300, 200)
    difference = ImageStat.Stat(ImageChops.difference(image, photo())).mean
    assert max(difference) < 25  # GIF has few colours
    assert image.info == {}


def test_a_path_bytes_and_streams_give_the_same_pixels(tmp_path):
    data = encoded(photo(), "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(data)
    stream = io.BytesIO(data)
    stream.seek(7)  # such as an upload that was read before
    pixels = decode(data).tobytes()
    assert decode(path).tobytes() == pixels
    assert decode(stream).tobytes() == pixels
    assert not stream.closed


def test_the_content_decides_the_format_not_the_name(tmp_path):
    path = tmp_path / "really_a_webp.jpg"
    path.write_bytes(encoded(photo(), "WEBP"))
    assert decode(path).size == (300, 200)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("orientation", "first", "size"),
    [
        (1, "red", (300, 200)),
        (2, "lime", (300, 200)),
        (3, "yellow", (300, 200)),
        (5, "red", (200, 300)),
        (6, "blue", (200, 300)),
        (8, "lime", (200, 300)),
    ],
)
def test_exif_orientation_is_applied_once(form, orientation, first, size):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = decode(encoded(photo(), form, exif=exif))
    assert (corner(image), image.size) == (first, size)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01"])
def test_broken_exif_leaves_the_picture_usable(exif):
    assert decode(encoded(photo(), "JPEG", exif=exif)).size == (300, 200)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pixels_show_white_not_their_hidden_colour(mode):
    image = Image.new(mode, (10, 10), (0,) * len(Image.new(mode, (1, 1)).getbands()))
    assert decode(encoded(image, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_a_pale_picture_without_background_is_laid_on_grey_for_people_alone():
    ghost, bat = (Image.new("RGBA", (300, 200)) for _ in range(2))
    ghost.paste((255, 255, 255, 255), (75, 50, 225, 150))
    bat.paste((40, 30, 50, 255), (75, 50, 225, 150))
    seen = decode(encoded(ghost, "PNG"), to_be_seen=True)
    ground = {seen.getpixel((x, y)) for x in range(300) for y in range(200)} - {(255, 255, 255)}
    assert len(ground) == 2
    assert all(120 < level < 225 for colour in ground for level in colour)
    assert seen.getpixel((150, 100)) == (255, 255, 255)
    assert decode(encoded(ghost, "PNG")).getcolors() == [(60_000, (255, 255, 255))]
    assert decode(encoded(bat, "PNG"), to_be_seen=True).getpixel((5, 5)) == (255, 255, 255)


def test_half_transparent_black_becomes_mid_grey():
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 128))
    assert decode(encoded(image, "PNG")).getpixel((5, 5)) == pytest.approx((127,) * 3, abs=1)


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_a_transparent_palette_entry_shows_white(form):
    image = Image.new("P", (10, 10), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((5, 5), 1)
    decoded = decode(encoded(image, form, transparency=0))
    assert decoded.getpixel((0, 0)) == (255, 255, 255)
    assert decoded.getpixel((5, 5)) == (0, 0, 255)


def test_a_palette_with_an_alpha_for_each_entry_is_composited():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.putpixel((1, 0), 1)
    decoded = decode(encoded(image, "PNG", transparency=b"\x00\x80"))
    assert decoded.getpixel((0, 0)) == (255, 255, 255)
    assert decoded.getpixel((1, 0)) == pytest.approx((127,) * 3, abs=1)


def test_a_transparent_colour_of_rgb_and_grey_shows_white():
    rgb = encoded(Image.new("RGB", (4, 4), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    grey = encoded(Image.new("L", (4, 4), 7), "PNG", transparency=7)
    assert decode(rgb).getpixel((0, 0)) == (255, 255, 255)
    assert decode(grey).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("colour", [(0, 255, 255, 0), (0, 0, 0, 255)])
def test_cmyk_is_converted_not_inverted(colour):
    image = Image.new("CMYK", (16, 16), colour)
    expected = (255, 0, 0) if colour[1] else (0, 0, 0)
    assert decode(encoded(image, "JPEG")).getpixel((8, 8)) == pytest.approx(expected, abs=8)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_saturated(form):
    image = Image.new("I;16", (3, 1))
    for x, value in enumerate([0, 32768, 65535]):
        image.putpixel((x, 0), value)
    decoded = decode(encoded(image, form))
    assert [decoded.getpixel((x, 0))[0] for x in range(3)] == pytest.approx([0, 128, 255], abs=1)


def test_a_transparent_value_of_16_bit_grey_shows_white():
    image = Image.new("I;16", (2, 1), 1000)
    image.putpixel((1, 0), 30000)
    decoded = decode(encoded(image, "PNG", transparency=1000))
    assert decoded.getpixel((0, 0)) == (255, 255, 255)
    assert decoded.getpixel((1, 0))[0] == pytest.approx(117, abs=1)


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("F", [0.0, 0.5, 1.0], [0, 128, 255]),
        ("F", [0.0, 128.0, 255.0], [0, 128, 255]),
        ("F", [-10.0, 0.0, 10.0], [0, 128, 255]),
        ("I", [0, 100, 200], [0, 100, 200]),
        ("I", [0, 32768, 65535], [0, 128, 255]),
        ("I", [0, 500_000, 1_000_000], [0, 128, 255]),
    ],
)
def test_wide_greys_take_the_range_that_holds_them(mode, values, expected):
    image = Image.new(mode, (3, 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    decoded = decode(encoded(image, "TIFF"))
    assert [decoded.getpixel((x, 0))[0] for x in range(3)] == pytest.approx(expected, abs=1)


def test_bilevel_and_grey_keep_their_values():
    assert decode(encoded(Image.new("1", (4, 4), 1), "PNG")).getpixel((0, 0)) == (255, 255, 255)
    assert decode(encoded(Image.new("L", (4, 4), 99), "PNG")).getpixel((0, 0)) == (99, 99, 99)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_an_animation_gives_its_first_frame(form):
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    assert corner(decode(data)) == "red"


def test_max_side_leaves_both_sides_at_least_twice_as_long():
    data = encoded(photo(1600, 800), "JPEG")
    image = decode(data, max_side=100)
    assert image.size == (400, 200)
    assert decode(data, max_side=3000).size == (1600, 800)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK"])
def test_max_side_shrinks_what_no_decoder_can_and_keeps_the_look(mode):
    form = "TIFF" if mode == "CMYK" else "PNG"
    data = encoded(photo(1600, 800).convert(mode), form)
    whole, small = decode(data), decode(data, max_side=100)
    assert small.size == (400, 200)
    again = np.asarray(whole.reduce(4), dtype=int)
    assert np.abs(np.asarray(small, dtype=int) - again).max() <= 2


def test_shrinking_lets_no_hidden_colour_through():
    picture = Image.new("RGBA", (800, 800), (255, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 402, 800))
    small = np.asarray(decode(encoded(picture, "PNG"), max_side=100))
    assert np.abs(small.max(axis=2).astype(int) - small.min(axis=2)).max() <= 1


def test_a_narrow_picture_is_shrunk_too():
    data = encoded(Image.new("L", (20_000, 400)), "PNG")
    assert decode(data, max_side=100).size == (5000, 100)


def test_what_takes_too_much_memory_is_refused_before():
    canvas = encoded(Image.new("RGB", (16_383, 10_000)), "WEBP", lossless=True)
    assert len(canvas) < 10_000
    with pytest.raises(ImageError, match=r"^too large to decode \(16383 x 10000 pixels take 2621"):
        decode(canvas, max_side=384)
    grey = encoded(Image.new("L", (3_000, 3_000)), "PNG")
    assert decode(grey, max_side=384, max_bytes=2**26).size == (1_000, 1_000)
    with pytest.raises(ImageError, match="the limit is 16"):
        decode(grey, max_side=384, max_bytes=2**24)


def test_a_deep_grey_counts_what_scaling_it_takes():
    deep = encoded(Image.new("I;16", (1_000, 1_000)), "PNG")
    assert decode(deep, max_side=384, max_bytes=20_000_000).size == (1_000, 1_000)
    with pytest.raises(ImageError, match="take 20 MB; the limit is 19"):
        decode(deep, max_side=384, max_bytes=19_999_999)


def test_a_jpeg_of_very_many_scans_is_refused_before():
    data = encoded(photo(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    many = data[:last] + data[last:-2] * 3000 + data[-2:]
    assert decode(data).size == (300, 200)
    with pytest.raises(ImageError, match=r"^too many scans \(3\d\d\d; the limit is 100\)"):
        decode(many)


@pytest.mark.parametrize("place", [0, 7, 11])
def test_a_pixel_that_is_no_number_is_refused_wherever_it_stands(place):
    values = np.linspace(0, 1, 12, dtype=np.float32)
    values[place] = np.nan
    with pytest.raises(ImageError, match="not finite"):
        decode(encoded(Image.fromarray(values.reshape(3, 4)), "TIFF"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("part", [0.9, 0.5, 0.1])
def test_truncated_files_are_refused(form, part):
    data = encoded(photo(), form)
    with pytest.raises(ImageError, match="damaged" if form == "AVIF" else "truncated"):
        decode(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"a text file, named .jpg by mistake", "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not an image"),
        (png(20_000, 20_000), r"too many pixels \(400 megapixels; the limit is 178\)"),
        (png(60_000, 60_000), r"too many pixels \(3600 megapixels; the limit is 178\)"),
        (png(65_000, 1), r"too narrow \(65000 x 1; the limit is 200 to 1\)"),
        (png(1, 65_000), "too narrow"),
        (png(0, 5), "no pixels"),
        (png(10, 10), "truncated"),
    ],
)
def test_bad_input_is_refused_with_its_reason(data, reason):
    with pytest.raises(ImageError, match=f"^{reason}"):
        decode(data)


def test_a_large_image_below_the_limit_gives_no_warning():
    data = encoded(Image.new("L", (9_600, 9_600)), "JPEG", quality=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode(data, max_side=600).size == (1_200, 1_200)


def test_paths_that_are_no_readable_file(tmp_path):
    with pytest.raises(ImageError, match="no such file"):
        decode(tmp_path / "missing.jpg")
    with pytest.raises(ImageError, match="not a file"):
        decode(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match="not a file"):
        decode(tmp_path / "pipe.jpg")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(photo(), "PNG"))
    path.chmod(0)
    with pytest.raises(ImageError, match="permission"):
        decode(path)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("form", FORMATS)
def test_damaged_bytes_raise_nothing_but_image_error(form):
    data = encoded(photo(60, 40), form)
    chance = random.Random(0)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 3, 20])):
            damaged[chance.randrange(12, len(data))] = chance.randrange(256)
        with contextlib.suppress(ImageError):
            assert decode(bytes(damaged)).mode == "RGB"


def test_decoding_in_threads_gives_the_same_pixels():
    data = [encoded(photo(), form) for form in FORMATS]
    expected = [decode(one).tobytes() for one in data]
    wrong: list[int] = []

    def work() -> None:
        for _ in range(3):
            wrong.extend(i for i, one in enumerate(data) if decode(one).tobytes() != expected[i])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((800, 400), (384, 192)),
        ((400, 800), (192, 384)),
        ((100, 50), (100, 50)),
        ((2000, 1), (384, 1)),
    ],
)
def test_thumbnails_fit_and_are_never_enlarged(size, expected):
    assert thumbnail(Image.new("RGB", size)).size == expected


def test_a_thumbnail_keeps_the_look_and_leaves_its_source_alone():
    image = photo()
    small = thumbnail(image, 30)
    assert (corner(small), small.size, image.size) == ("red", (30, 20), (300, 200))
    with pytest.raises(ValueError, match="at least 1"):
        thumbnail(image, 0)


def test_webp_is_deterministic_small_and_decodes():
    image = photo()
    data = to_webp(image)
    assert data == to_webp(image.copy())
    assert data[8:12] == b"WEBP"
    assert decode(data).size == image.size
    with pytest.raises(ImageError, match="too large for WebP"):
        to_webp(Image.new("RGB", (16_384, 1)))


def test_suffixes_are_lower_case_with_a_dot():
    assert {".jpg", ".jpeg", ".png", ".webp", ".gif", ".tiff", ".avif"} <= IMAGE_SUFFIXES
    assert all(suffix == Path("a" + suffix).suffix.lower() for suffix in IMAGE_SUFFIXES)
