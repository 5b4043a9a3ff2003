"""``mmrec app`` ends at once, in a line, where it would have nothing to serve."""

import os
import shutil
from pathlib import Path

import pytest
from uvicorn.middleware.proxy_headers import _TrustedHosts

from mmrec_core.bundle import layout


@pytest.fixture(autouse=True)
def _serves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "MMREC_BUNDLE",
        "MMREC_BUNDLES",
        "MMREC_READ_ONLY",
        "MMREC_SIGN_IN",
        "MMREC_HOST_NAMES",
        "MMREC_REQUESTS_PER_SECOND",
        "FORWARDED_ALLOW_IPS",
    ):  # which the command sets for good
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr("runpy.run_module", lambda *_, **__: print("serving"))
    monkeypatch.chdir(tmp_path)


def refused(mmrec, *words: object) -> str:
    code, out, said = mmrec("app", "--port", "59321", *words)
    assert (code, out) == (1, "")
    assert said.count("\n") == 1
    return said


def test_a_bundle_that_is_named_must_be_there_and_whole(mmrec, demo_bundle: Path, tmp_path: Path):
    assert "there is no folder nowhere" in refused(mmrec, "--bundles", "nowhere")
    copy = Path(shutil.copytree(demo_bundle, tmp_path / "copy"))
    (copy / layout.CENTROIDS).unlink()
    assert layout.CENTROIDS in refused(mmrec, "--bundles", copy)
    (copy / layout.MANIFEST).write_text("{")
    assert layout.MANIFEST in refused(mmrec, "--bundles", copy)
    (copy / layout.MANIFEST).unlink()
    assert layout.MANIFEST in refused(mmrec, "--bundles", copy)


def test_the_environment_names_one_too(mmrec, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("MMREC_BUNDLE", str(tmp_path))
    assert layout.MANIFEST in refused(mmrec)


def test_without_one_it_offers_the_demo(mmrec, tmp_path: Path):
    for options in ((), ("--bundles", tmp_path)):
        code, out, said = mmrec("app", "--port", "59321", *options)
        assert (code, out) == (0, "serving\n")
        assert "offers to build the demo" in said


def test_who_asks_is_told_to_the_app(mmrec, monkeypatch: pytest.MonkeyPatch):
    options = "--host-name", "a.example", "--host-name", "*.b.example", "--trusted-proxy"
    code, _out, _said = mmrec("app", "--port", "59321", *options, "127.0.0.1")
    assert code == 0
    assert os.environ["MMREC_HOST_NAMES"].split()[1:] == ["a.example", "*.b.example"]
    proxies = _TrustedHosts(os.environ["FORWARDED_ALLOW_IPS"])
    assert "127.0.0.1" in proxies
    assert "::ffff:127.0.0.1" in proxies  # as a socket of both protocols has it
    assert "192.0.2.1" not in proxies
    monkeypatch.delenv("MMREC_BUNDLES")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.0/8,fd00::/8")
    mmrec("app", "--port", "59321")
    proxies = _TrustedHosts(os.environ["FORWARDED_ALLOW_IPS"])
    assert all(each in proxies for each in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1"))
    assert "127.0.0.1" not in proxies
    monkeypatch.delenv("MMREC_BUNDLES")
    assert "no address" in refused(mmrec, "--trusted-proxy", "proxy.example")
