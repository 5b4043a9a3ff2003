"""A process that lives is ready once a bundle opens."""

import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmrec_app.served.routes import routes
from mmrec_core.bundle import layout


def test_ready_is_more_than_alive(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MMREC_BUNDLE", raising=False)
    monkeypatch.setenv("MMREC_BUNDLES", str(tmp_path))
    client = TestClient(Starlette(routes=routes()))

    def not_ready() -> str:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert client.get("/healthz").status_code == 200
        assert answer.text.count("\n") == 1
        return answer.text

    assert "no bundle" in not_ready()
    damaged = Path(shutil.copytree(demo_bundle, tmp_path / "a-damaged"))
    (damaged / layout.CENTROIDS).unlink()
    assert layout.CENTROIDS in not_ready()
    shutil.copytree(demo_bundle, tmp_path / "b-whole")
    assert client.get("/readyz").text == "ready\n"
    shutil.rmtree(tmp_path / "b-whole")
    not_ready()
