"""Who must sign in before they write, and under which name they do."""

import runpy
from pathlib import Path

import pytest

from mmrec_app.served import rights
from mmrec_app.shared import reviews
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.values import REVIEWER_LENGTH
from tests.app.pages import page, texts


def test_who_did_not_sign_in_only_looks(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMREC_SIGN_IN", "1")
    for name in ("recommend", "errors", "compare", "stories"):
        app = page(name, reviewer="Ann")
        assert not app.get("file_uploader")
        assert "Sign in to give verdicts" in texts(app)
        assert "Sign in" in [button.label for button in app.button]
    done: list[int] = []
    assert not reviews.attempt(lambda: done.append(1))
    assert not done
    assert not rights.may_send({"_streamlit_user": "forged"})


def test_without_a_provider_the_app_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert rights.sign_in_fault() is None
    monkeypatch.setenv("MMREC_SIGN_IN", "1")
    with pytest.raises(SystemExit, match=r"secrets\.toml"):
        runpy.run_module("mmrec_app", run_name="__main__")


def test_read_only_leaves_no_way_in(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMREC_SIGN_IN", "1")
    monkeypatch.setenv("MMREC_READ_ONLY", "1")
    app = page("recommend")
    assert "switched off" in texts(app)
    assert "Sign in" not in [button.label for button in app.button]


def test_a_reviewer_is_who_the_provider_says() -> None:
    ann = rights.reviewer_of({"iss": "https://one.example", "sub": "1", "name": "Ann Lee"})
    assert ann.startswith("Ann Lee ")
    others = [
        {"iss": "https://one.example", "sub": "2", "name": "Ann Lee"},
        {"iss": "https://two.example", "sub": "1", "name": "Ann Lee"},
    ]
    assert len({ann, *map(rights.reviewer_of, others)}) == 3
    renamed = rights.reviewer_of({"iss": "https://one.example", "sub": "1", "name": "Ann\nLi" * 99})
    assert renamed.split()[-1] == ann.split()[-1]
    assert len(renamed) <= REVIEWER_LENGTH
    assert renamed.isprintable()
    unnamed = rights.reviewer_of({"iss": "a", "sub": "1", "email": "ann@example.org"})
    assert unnamed.startswith("reviewer ")


def test_nobody_becomes_another_by_trying_accounts() -> None:
    claims = [{"iss": "https://one.example", "sub": str(n), "name": "Ann"} for n in range(20_000)]
    assert len(set(map(rights.reviewer_of, claims))) == len(claims)
