"""Pages whose verdicts lie in PostgreSQL, while it answers, is away, and is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmrec_app.frame import script
from mmrec_core.bundle import Bundle
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore
from tests.app.pages import TIMEOUT, gallery_of, page, press, texts
from tests.app.test_errors_page import reviewing
from tests.postgresql import PASSWORD, PostgresServer


@pytest.fixture
def store(
    bundle: Bundle, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[VerdictStore]:
    monkeypatch.setenv("MMREC_VERDICTS", postgresql.url)
    store = VerdictStore(verdict_place(bundle.path))
    yield store
    postgresql.execute(f'DROP SCHEMA IF EXISTS "{store.path.name}" CASCADE')


def test_a_server_that_is_away_costs_a_click_and_no_more(
    bundle: Bundle, store: VerdictStore, postgresql: PostgresServer
) -> None:
    pair = {"query": bundle.image(0), "candidate": bundle.image(1), "ranker": "clip", "rank": 1}
    app = AppTest.from_function(reviewing, default_timeout=TIMEOUT)
    app.query_params["reviewer"] = "Ann"

    def grade(n: int, grade: int) -> AppTest:
        app.session_state["k"] = {"events": [{"n": n, "kind": "grade", "grade": grade, **pair}]}
        app.run()
        assert not app.exception
        return app

    assert not grade(1, 2).toast
    postgresql.stop()
    try:
        said = grade(2, 3).toast[0].value
        assert "nothing was saved" in said.replace("\\", "")
        assert PASSWORD[-5:] not in said
        away = page("errors", view="queue")
        assert "The verdicts cannot be read" in texts(away)
        assert PASSWORD[-5:] not in texts(away)
    finally:
        postgresql.start()
    assert store.verdicts()["grade"].tolist() == [2]
    assert not grade(3, 4).toast
    assert store.verdicts()["grade"].tolist() == [4]
    press(away, "Try again")
    assert "The verdicts cannot be read" not in texts(away)


def test_pages_filter_by_its_verdicts(bundle: Bundle, store: VerdictStore) -> None:
    store.grade(bundle.image(0), bundle.image(2), 4, reviewer="Ann")
    cards = gallery_of(page("browse", verdict="4"), "browse.gallery")["cards"]
    assert [card["id"] for card in cards] == [bundle.image(2)]


@pytest.mark.parametrize("url", ["postgresql://mmrec:secret", "postgresql://h?x=secret"])
def test_what_is_no_url_is_told_on_the_page(
    bundle: Bundle, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMREC_VERDICTS", url)
    app = page("errors", view="queue")
    assert "MMREC_VERDICTS is no URL" in texts(app)
    assert "secret" not in texts(app)
    assert not AppTest.from_file(script.__file__, default_timeout=TIMEOUT).run().exception
