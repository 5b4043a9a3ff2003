"""What a command imports: the heavy libraries only where they are needed."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "sklearn", "transformers", "open_clip", "streamlit", "umap", "plotly")
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
