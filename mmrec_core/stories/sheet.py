"""A sheet of a PDF on which text, pictures and shapes are put into boxes. Units are points."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

import matplotlib
from fpdf import FPDF
from fpdf.fonts import TTFFont
from PIL import Image

WIDTH, HEIGHT = 960.0, 540.0  # 16 : 9
_FONT = "DejaVu"  # has Latin, Greek and Cyrillic letters; it comes with matplotlib
_MISSING = "\N{WHITE SQUARE}"
_FORMATS = ("PNG", "WEBP")
_LONGEST_SIDE = 2048  # pixels; a thumbnail has 384

Colour = tuple[int, int, int]
INK, QUIET, LINE, ACCENT = (29, 30, 36), (90, 92, 102), (217, 218, 226), (58, 71, 180)
RAISES, LOWERS, YES = (0, 114, 178), (213, 94, 0), (0, 121, 90)
LEVEL, DOT, CARD = (112, 115, 127), (179, 182, 194), (246, 246, 248)


class Box(NamedTuple):
    """A rectangle on the sheet, y downwards."""

    x: float
    y: float
    width: float
    height: float

    def columns(self, shares: Sequence[float], gap: float = 0) -> list["Box"]:
        """Divide it from left to right."""
        room, left, parts = self.width - gap * (len(shares) - 1), self.x, []
        for share in shares:
            parts.append(Box(left, self.y, room * share / sum(shares), self.height))
            left += parts[-1].width + gap
        return parts

    def rows(self, shares: Sequence[float], gap: float = 0) -> list["Box"]:
        """Divide it from top to bottom."""
        room, top, parts = self.height - gap * (len(shares) - 1), self.y, []
        for share in shares:
            parts.append(Box(self.x, top, self.width, room * share / sum(shares)))
            top += parts[-1].height + gap
        return parts


class Sheets:
    """The sheets of a document, the last of which is drawn on."""

    def __init__(self, title: str, language: str):
        self.pdf = FPDF(unit="pt", format=(HEIGHT, WIDTH), orientation="landscape")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        fonts = Path(matplotlib.get_data_path()) / "fonts/ttf"
        self.pdf.add_font(_FONT, "", fonts / "DejaVuSans.ttf")
        self.pdf.add_font(_FONT, "B", fonts / "DejaVuSans-Bold.ttf")
        self.pdf.set_font(_FONT, "", 12)
        font = self.pdf.fonts[_FONT.lower()]
        assert isinstance(font, TTFFont)
        self._known = set(font.cmap)
        self.pdf.set_title(self._drawable(title))
        self.pdf.set_lang(language)

    def add(self) -> Box:
        """Begin another sheet; return all of it."""
        self.pdf.add_page()
        return Box(0, 0, WIDTH, HEIGHT)

    def bytes(self) -> bytes:
        """Return the document."""
        return bytes(self.pdf.output())

    def text(
        self,
        box: Box,
        text: str,
        size: float,
        *,
        least: float = 7,
        bold: bool = False,
        colour: Colour = INK,
        align: str = "L",
    ) -> float:
        """Write text into a box, smaller if need be, cut off at the worst; return its height."""
        text, style = self._drawable(text), "B" if bold else ""
        self.pdf.set_text_color(*colour)
        lines: list[str] = []
        while True:
            self.pdf.set_font(_FONT, style, size)
            lines = cast(
                list[str],
                self.pdf.multi_cell(
                    box.width, size * 1.35, text, align=align, dry_run=True, output="LINES"
                ),
            )
            if len(lines) * size * 1.35 <= box.height or size <= least:
                break
            size = max(least, size - 0.5)
        fitting = max(1, int(box.height / (size * 1.35)))
        if len(lines) > fitting:
            lines = [*lines[: fitting - 1], lines[fitting - 1].rstrip() + "…"]
        self.pdf.set_xy(box.x, box.y)
        self.pdf.multi_cell(box.width, size * 1.35, "\n".join(lines), align=align)
        return len(lines) * size * 1.35

    def line(
        self,
        box: Box,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        align: str = "L",
    ) -> None:
        """Write one line into the middle of a box, cut off where it is too long."""
        text = " ".join(self._drawable(text).split())
        self.pdf.set_font(_FONT, "B" if bold else "", size)
        self.pdf.set_text_color(*colour)
        if self.pdf.get_string_width(text) > box.width:
            while text and self.pdf.get_string_width(text + "…") > box.width:
                text = text[:-1]
            text += "…"
        self.pdf.set_xy(box.x, box.y)
        self.pdf.cell(box.width, box.height, text, align=align)

    def picture(self, box: Box, source: str, caption: str, heat: str = "") -> None:
        """Put a picture, a data URI, into the middle of a box, with ``heat`` over it."""
        image = _decoded(source)
        if image is None:
            return
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        scale = min(box.width / image.width, box.height / image.height)
        width, height = image.width * scale, image.height * scale
        x, y = box.x + (box.width - width) / 2, box.y + (box.height - height) / 2
        content = io.BytesIO()
        ground.save(content, "JPEG", quality=88)
        alt = self._drawable(caption)
        self.pdf.image(content, x, y, width, height, alt_text=alt or None)
        if (over := _decoded(heat)) is not None:
            self.pdf.image(over, x, y, width, height)

    def rectangle(
        self, box: Box, *, fill: Colour | None = None, edge: Colour | None = None, line: float = 0.8
    ) -> None:
        """Draw a rectangle, filled, with an edge, or both."""
        if fill is not None:
            self.pdf.set_fill_color(*fill)
        if edge is not None:
            self.pdf.set_draw_color(*edge)
            self.pdf.set_line_width(line)
        style = ("D" if edge is not None else "") + ("F" if fill is not None else "")
        self.pdf.rect(*box, style=style)

    def dots(self, places: Sequence[Sequence[float]], radius: float, fill: Colour) -> None:
        """Draw filled circles."""
        self.pdf.set_fill_color(*fill)
        for x, y in places:
            self.pdf.circle(x, y, radius, style="F")

    def ring(self, x: float, y: float, radius: float, edge: Colour, line: float) -> None:
        """Draw a circle."""
        self.pdf.set_draw_color(*edge)
        self.pdf.set_line_width(line)
        self.pdf.circle(x, y, radius, style="D")

    def rule(self, x: float, y: float, to_x: float, to_y: float, edge: Colour, line: float) -> None:
        """Draw a straight line."""
        self.pdf.set_draw_color(*edge)
        self.pdf.set_line_width(line)
        self.pdf.line(x, y, to_x, to_y)

    def _drawable(self, text: str) -> str:
        """Return text with a square for each letter that the font lacks."""
        return "".join(
            c if ord(c) in self._known or c == "\n" else " " if c.isspace() else _MISSING
            for c in text
        )


def tint(colour: Colour, share: float) -> Colour:
    """Return a colour mixed with white."""
    red, green, blue = (round(255 - (255 - part) * share) for part in colour)
    return red, green, blue


def _decoded(source: str) -> Image.Image | None:
    """Return the picture of a data URI, None where it holds none.

    Its content decides: of all formats that Pillow knows, one runs another program.
    """
    try:
        content = base64.b64decode(source.partition(",")[2])
        picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        return picture.convert("RGBA") if max(picture.size) <= _LONGEST_SIDE else None
    except Exception:  # Pillow's readers raise almost any type on damaged files
        return None
