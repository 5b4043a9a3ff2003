"""KDE's Oxygen icons, from Debian's ``oxygen-icon-theme`` (LGPL-3+).

The caption is the icon's name, as the icon naming specification of freedesktop.org forms it
("document-open-recent"), the label its context (actions, devices …). Each icon is taken in the
largest size that it has, 32 pixels at least.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.collections.packages import Prepared, debian_package, write_collection

LICENCE = "LGPL-3+"
_SMALLEST = 32


def prepare(folder: Path, downloads: Path) -> Prepared:
    """Fetch the icons and write them to ``folder``."""
    return write_collection(folder, _rows(debian_package("oxygen-icon-theme", downloads)), LICENCE)


def _rows(package: Path) -> Iterator[dict[str, str | None]]:
    base = package / "usr" / "share" / "icons" / "oxygen" / "base"
    sizes = sorted(
        (int(size.name.split("x")[0]), size) for size in base.glob("*x*") if size.is_dir()
    )
    largest = {
        (file.parent.name, file.stem): file
        for size, folder in sizes
        if size >= _SMALLEST
        for file in sorted(folder.glob("*/*.png"))
        if not file.is_symlink()
    }
    for (context, name), file in sorted(largest.items()):
        yield {
            "source": str(file),
            "image": f"{context}/{name}.png",
            "text": name.replace("-", " ").replace("_", " "),
            "label": context,
        }
