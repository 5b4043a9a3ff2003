"""Saved views: kept under a name, in a file of verdicts of whatever version."""

from pathlib import Path

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.saved_views import MOST, SavedView, SavedViews
from mmrec_core.verdicts.store import VerdictStore
from tests.core.verdicts.damage import spoil
from tests.core.verdicts.earlier_file import take_back


def test_a_view_is_kept_under_its_name_and_replaced_by_it(place: Place) -> None:
    views = SavedViews(place)
    assert views.all() == []
    views.save(SavedView("Лягушки", "browse", {"q": "лягушка"}, "Ann", "d1"))
    views.save(SavedView(" frogs\n", "map", {"q": "frog"}, "Ann"))
    views.save(SavedView("frogs", "errors", {"view": "queue"}, "Bob"))
    assert [(view.name, view.page) for view in views.all()] == [
        ("frogs", "errors"),
        ("Лягушки", "browse"),
    ]
    views.remove("frogs")
    assert views.all() == [SavedView("Лягушки", "browse", {"q": "лягушка"}, "Ann", "d1")]


def test_a_file_from_before_there_were_views_is_read_and_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "demo.verdicts.sqlite"
    store, views = VerdictStore(path), SavedViews(path)
    store.grade("q.png", "c.png", 3, reviewer="Ann")
    take_back(path, 1)
    before = store.version()
    assert views.all() == []
    views.save(SavedView("Frogs", "browse", {}, "Ann"))
    assert [view.name for view in views.all()] == ["Frogs"]
    assert store.verdicts()["grade"].tolist() == [3]
    assert store.version() == before + 1


@pytest.mark.parametrize(
    "view",
    [
        SavedView("", "browse", {}, "Ann"),
        SavedView("x" * 81, "browse", {}, "Ann"),
        SavedView("Frogs", "browse", {"lasso": "0.1," * 3000}, "Ann"),
    ],
)
def test_what_is_no_view_is_refused(place: Place, view: SavedView) -> None:
    with pytest.raises(VerdictError):
        SavedViews(place).save(view)


@pytest.mark.parametrize(
    "parameters",
    ["x", "5", "[1]", '{"a": 5}', '{"a": "\\ud800"}', '{"\\ud800": "a"}', "[" * 100_000, b"\xff"],
)
def test_a_damaged_view_hides_no_other(place: Place, parameters: str | bytes) -> None:
    views = SavedViews(place)
    for name in ("one", "two"):
        views.save(SavedView(name, "browse", {"q": ""}, "Ann"))
    spoil(place, "UPDATE views SET parameters = ? WHERE name = 'one'", parameters)
    assert [(view.name, view.parameters) for view in views.all()] == [("two", {"q": ""})]


def test_one_view_too_many_is_not_kept(place: Place) -> None:
    views = SavedViews(place)
    for i in range(MOST):
        views.save(SavedView(f"view {i}", "browse", {}, "Ann"))
    with pytest.raises(VerdictError, match="remove one first"):
        views.save(SavedView("one more", "browse", {}, "Ann"))
    assert len(views.all()) == MOST
