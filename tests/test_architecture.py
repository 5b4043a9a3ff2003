"""The rooms of the code: who imports whom stands in docs/architecture.md, and only goes down."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs/architecture.md"


def imported(file: Path, package: str) -> set[str]:
    """Return the modules of ``package`` that a file imports, wherever it does."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name for name in names if name.startswith(f"{package}.")}


def rooms(package: str) -> dict[str, set[str]]:
    """Return the rooms of a package, folders and modules at its top, with the rooms they import."""
    known = {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    imports: dict[str, set[str]] = defaultdict(set)
    for file in (ROOT / package).rglob("*.py"):
        room = file.relative_to(ROOT / package).parts[0].removesuffix(".py")
        if room in known:
            theirs = {name.split(".")[1] for name in imported(file, package)}
            imports[room] |= (theirs & known) - {room}
    return dict(imports)


def drawing(package: str) -> str:
    """Draw the rooms by floor, the highest first: each stands above all that it imports."""
    of = rooms(package)
    floors: dict[str, int] = {}

    def floor(room: str, above: tuple[str, ...] = ()) -> int:
        assert room not in above, f"imports go round: {' → '.join((*above, room))}"
        if room not in floors:
            floors[room] = 1 + max((floor(r, (*above, room)) for r in of[room]), default=0)
        return floors[room]

    for room in of:
        floor(room)
    lines = [
        f"{floors[room]:2}  {room:12} {', '.join(sorted(of[room]))}".rstrip()
        for room in sorted(of, key=lambda room: (-floors[room], room))
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("package", ["mmrec_core", "mmrec_app"])
def test_the_drawing_of_the_rooms_is_true_and_no_import_goes_up(package):
    text = DOCUMENT.read_text("utf-8")
    drawn = re.search(rf"<!-- rooms of {package} -->\n```\n(.*?)\n```", text, re.DOTALL)
    assert drawn, f"{DOCUMENT.name} has no drawing of the rooms of {package}"
    assert drawn[1] == drawing(package)


def test_layers_import_downwards_only():
    layers = ("mmrec_core", "mmrec_app", "pages")
    for place, layer in enumerate(layers):
        for file in (ROOT / layer).rglob("*.py"):
            for above in layers[place + 1 :]:
                assert not imported(file, above), file
