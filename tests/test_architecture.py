"""The packages of the code: docs/architecture.md draws who imports whom, and no import goes up."""

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


def parts(package: str) -> dict[str, set[str]]:
    """Return the packages and modules at the top of a package, with those that they import."""
    known = {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    imports: dict[str, set[str]] = defaultdict(set)
    for file in (ROOT / package).rglob("*.py"):
        part = file.relative_to(ROOT / package).parts[0].removesuffix(".py")
        if part in known:
            theirs = {name.split(".")[1] for name in imported(file, package)}
            imports[part] |= (theirs & known) - {part}
    return dict(imports)


def drawing(package: str) -> str:
    """Draw the packages by layer, the highest first: each stands above all that it imports."""
    of = parts(package)
    layers: dict[str, int] = {}

    def layer(part: str, above: tuple[str, ...] = ()) -> int:
        assert part not in above, f"imports go round: {' → '.join((*above, part))}"
        if part not in layers:
            layers[part] = 1 + max((layer(r, (*above, part)) for r in of[part]), default=0)
        return layers[part]

    for part in of:
        layer(part)
    lines = [
        f"{layers[part]:2}  {part:12} {', '.join(sorted(of[part]))}".rstrip()
        for part in sorted(of, key=lambda part: (-layers[part], part))
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("package", ["mmrec_core", "mmrec_app"])
def test_the_drawing_of_the_packages_is_true_and_no_import_goes_up(package):
    text = DOCUMENT.read_text("utf-8")
    drawn = re.search(rf"<!-- packages of {package} -->\n```\n(.*?)\n```", text, re.DOTALL)
    assert drawn, f"{DOCUMENT.name} has no drawing of the packages of {package}"
    assert drawn[1] == drawing(package)


def test_layers_import_downwards_only():
    layers = ("mmrec_core", "mmrec_app", "pages")
    for place, layer in enumerate(layers):
        for file in (ROOT / layer).rglob("*.py"):
            for above in layers[place + 1 :]:
                assert not imported(file, above), file
