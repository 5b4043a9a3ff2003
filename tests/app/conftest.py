"""What the tests of pages share."""

from pathlib import Path

import pytest

from mmrec_core.bundle import Bundle, open_bundle


@pytest.fixture
def bundle(demo_bundle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bundle:
    """The demo bundle, served; verdicts go to a folder of their own."""
    monkeypatch.setenv("MMREC_BUNDLE", str(demo_bundle))
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    return open_bundle(demo_bundle)
