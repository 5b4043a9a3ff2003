"""Packages of the app import one way: low ones know nothing of high ones, nor pages of pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mmrec_app

APP = Path(mmrec_app.__file__).parent
LAYERS = (
    {"i18n", "assets", "home"},
    {"words"},
    {"served"},
    {"state"},
    {"shared"},
    {
        "browse",
        "recommend",
        "map",
        "clusters",
        "evaluation",
        "errors",
        "compare",
        "stories",
        "about",
    },
    {"frame", "__main__", "ahead"},
)
LAYER_OF = {package: layer for layer, packages in enumerate(LAYERS) for package in packages}


def arrows() -> Iterator[tuple[str, str, str]]:
    """Yield each import inside the app: the file, its package, and the package that it imports."""
    for path in sorted(APP.rglob("*.py")):
        package = path.relative_to(APP).parts[0].removesuffix(".py")
        if package not in LAYER_OF:
            continue  # a wheel has the pages in here
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mmrec_app"):
                parts = (node.module or "").split(".")[1:]
                for name in parts[:1] or [alias.name for alias in node.names]:
                    yield path.relative_to(APP).as_posix(), package, name


def test_every_package_has_its_layer() -> None:
    packages = {path.parent.name for path in APP.glob("*/__init__.py")}
    packages |= {path.stem for path in APP.glob("*.py")} - {"__init__"}
    assert packages == set(LAYER_OF)


def test_imports_go_down() -> None:
    wrong = [
        f"{file} imports {target}"
        for file, package, target in arrows()
        if target != package and LAYER_OF[target] >= LAYER_OF[package]
    ]
    assert wrong == []
