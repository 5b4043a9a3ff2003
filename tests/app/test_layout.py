"""Rooms of the app import one way: low ones know nothing of high ones, pages nothing of pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mmrec_app

APP = Path(mmrec_app.__file__).parent
FLOORS = (
    {"i18n", "assets", "home"},
    {"words"},
    {"served"},
    {"state"},
    {"shared"},
    {"browse", "recommend", "map", "clusters", "evaluation", "errors", "about"},
    {"frame", "__main__"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def arrows() -> Iterator[tuple[str, str, str]]:
    """Yield each import inside the app: the file, its room, and the room that it imports."""
    for path in sorted(APP.rglob("*.py")):
        room = path.relative_to(APP).parts[0].removesuffix(".py")
        if room not in FLOOR_OF:
            continue  # a wheel has the pages in here
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mmrec_app"):
                parts = (node.module or "").split(".")[1:]
                for name in parts[:1] or [alias.name for alias in node.names]:
                    yield path.relative_to(APP).as_posix(), room, name


def test_every_room_has_its_floor() -> None:
    rooms = {path.parent.name for path in APP.glob("*/__init__.py")}
    rooms |= {path.stem for path in APP.glob("*.py")} - {"__init__"}
    assert rooms == set(FLOOR_OF)


def test_imports_go_down() -> None:
    wrong = [
        f"{file} imports {target}"
        for file, room, target in arrows()
        if target != room and FLOOR_OF[target] >= FLOOR_OF[room]
    ]
    assert wrong == []
