"""The examples in docstrings, run as they stand beside a demo bundle in artifacts/demo."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import mmrec_core
from tests.docs.pages import ROOT

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
IMPORT = re.compile(r"^from (mmrec_core[\w.]*) import (.+)$", re.MULTILINE)


def modules() -> list[ModuleType]:
    names = [m.name for m in pkgutil.walk_packages(mmrec_core.__path__, "mmrec_core.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [test for module in modules() for test in finder.find(module) if test.examples]


@pytest.fixture
def beside_the_demo(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts/demo").symlink_to(demo_bundle.resolve())
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("beside_the_demo")
@pytest.mark.parametrize("example", examples(), ids=lambda test: test.name)
def test_an_example_gives_what_it_says(example: doctest.DocTest):
    said: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=FLAGS).run(example, out=said.append)
    assert not failed, "".join(said)


@pytest.mark.usefixtures("beside_the_demo")
def test_the_page_for_notebooks_runs_from_top_to_bottom():
    page = (ROOT / "docs/library.md").read_text("utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        exec(compile(block, "docs/library.md", "exec"), names)
    assert len(names["answer"].table()) == 8  # type: ignore[attr-defined]


def test_what_the_page_imports_has_an_example():
    page = (ROOT / "docs/library.md").read_text("utf-8")
    documented = {test.name for test in examples()}
    for module, imported in IMPORT.findall(page):
        for name in imported.split(", "):
            thing = getattr(importlib.import_module(module), name)
            assert f"{thing.__module__}.{name}" in documented
