"""The command line, run in this process."""

import sys
from pathlib import Path

import pytest

from mmrec_core.cli.main import main


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where verdicts, query sets and builds' figures go, unless a test says otherwise."""
    return tmp_path_factory.mktemp("verdicts")


@pytest.fixture(autouse=True)
def _verdicts_elsewhere(monkeypatch: pytest.MonkeyPatch, verdicts: Path) -> None:
    monkeypatch.setenv("MMREC_VERDICTS", str(verdicts))


@pytest.fixture
def mmrec(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a command and returns exit code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mmrec", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run
