"""What a command imports: the heavy libraries only where they are needed."""

import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEAVY = ("torch", "sklearn", "transformers", "open_clip", "streamlit", "umap", "plotly")
PARTS = Path("requirements")
RUN = """
import sys
from mmrec_core.cli.main import main
try:
    main()
except SystemExit as stopped:
    assert not stopped.code
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def imported_by(*words: object) -> set[str]:
    command = [sys.executable, "-c", RUN, *map(str, words)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(ended.stderr.split())


def test_help_imports_no_library_of_numbers():
    assert not imported_by("--help") & {*HEAVY, "numpy", "pandas", "scipy", "pydantic"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_info_reads_the_manifest_and_no_table(demo_bundle: Path, options: tuple[str, ...]):
    assert not imported_by("info", demo_bundle, *options) & {*HEAVY, "pandas", "scipy", "catboost"}


def test_a_query_of_the_bundle_needs_no_encoder(demo_bundle: Path):
    query = ("--image", "animals/birds/magpie.png")
    assert not imported_by("recommend", demo_bundle, *query) & set(HEAVY)


def test_opening_a_bundle_imports_no_library_that_fits(demo_bundle: Path):
    code = f"""
import sys
from mmrec_core.bundle import open_bundle
bundle = open_bundle({str(demo_bundle)!r})
bundle.items, bundle.pairs, bundle.metrics, bundle.report, bundle.cluster_words
print(*{{name.partition(".")[0] for name in sys.modules}})
"""
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not set(ended.stdout.split()) & {*HEAVY, "scipy", "catboost"}


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (
            "serve",
            "import sys; sys.argv = ['mmrec', 'recommend', {bundle!r}, '--image', {image!r}]\n"
            "from mmrec_core.cli.main import main; main()",
        ),
        (
            "embed",
            "from mmrec_core.encoders import load_text_encoder\n"
            "assert load_text_encoder('offline').encode_texts(['a cat']).shape == (1, 896)",
        ),
    ],
)
def test_a_part_needs_no_library_of_the_others(demo_bundle: Path, part: str, code: str):
    """Whatever the part's requirements don't install fails to import here."""
    installed, image = distributions(part), "animals/birds/magpie.png"
    missing = [
        module
        for module, sources in packages_distributions().items()
        if not {canonicalize_name(source) for source in sources} & installed
    ]
    blocked = f"import sys; sys.modules.update(dict.fromkeys({missing!r}))\n"
    script = blocked + code.format(bundle=str(demo_bundle), image=image)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def distributions(part: str) -> set[str]:
    """Return all that a part's requirements install, themselves and what they require."""
    lines = (PARTS / f"{part}.txt").read_text().splitlines()
    waiting = [line for line in lines if not line.startswith("#")]
    names = {"mmrec"}
    while waiting:
        required = Requirement(waiting.pop())
        name = canonicalize_name(required.name)
        if name in names or (required.marker and not required.marker.evaluate({"extra": ""})):
            continue
        names.add(name)
        with suppress(PackageNotFoundError):
            waiting += requires(name) or []
    return names
