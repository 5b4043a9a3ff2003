"""Query sets: kept under a name beside the verdicts, within bounds."""

import pytest

from mmrec_core.errors import InputError, VerdictError
from mmrec_core.inputs.judgements import MOST_QUERIES
from mmrec_core.query_sets.choosing import named
from mmrec_core.query_sets.store import MOST, QuerySet, QuerySets
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.store import VerdictStore
from tests.core.verdicts.damage import spoil


@pytest.fixture
def sets(place: Place) -> QuerySets:
    return QuerySets(place)


def test_a_set_is_kept_in_its_order_each_query_once(sets: QuerySets):
    assert sets.all() == []
    sets.add(QuerySet(" Птицы\n", ("сова.png", "b.png", "сова.png"), "picked", "Ann", "d1"))
    sets.add(QuerySet("animals", ("a.png",), "picked", "Bob"))
    animals, birds = sets.all()
    assert birds == QuerySet("Птицы", ("сова.png", "b.png"), "picked", "Ann", "d1")
    assert (animals.name, animals.digest) == ("animals", None)
    assert VerdictStore(sets.path).verdicts().empty


def test_a_set_is_renamed_and_removed_and_never_overwritten(sets: QuerySets):
    sets.add(QuerySet("one", ("a.png",), "", "Ann"))
    sets.add(QuerySet("two", ("b.png",), "", "Ann"))
    for attempt in (
        lambda: sets.add(QuerySet("one", ("c.png",), "", "Ann")),
        lambda: sets.rename("one", "two"),
        lambda: sets.rename("three", "four"),
        lambda: sets.remove("three"),
    ):
        with pytest.raises(VerdictError):
            attempt()
    sets.rename("one", "three")
    sets.remove("two")
    assert [(each.name, each.images) for each in sets.all()] == [("three", ("a.png",))]


@pytest.mark.parametrize(
    ("name", "images"),
    [
        ("", ("a.png",)),
        ("x" * 81, ("a.png",)),
        ("none", ()),
        ("empty name", ("",)),
        ("many", tuple(f"{i}.png" for i in range(MOST_QUERIES + 1))),
        ("long", tuple(f"{i}{'x' * 4000}.png" for i in range(300))),
    ],
)
def test_what_is_no_set_is_refused(sets: QuerySets, name: str, images: tuple[str, ...]):
    with pytest.raises(VerdictError):
        sets.add(QuerySet(name, images, "", "Ann"))
    assert sets.all() == []


def test_whoever_writes_is_told_the_name_that_is_kept(sets: QuerySets):
    assert sets.add(QuerySet("Bi\N{SOFT HYPHEN}rds", ("a.png",), "", "Ann")) == "Birds"
    assert sets.rename("Birds", "👩‍🚀\N{ZERO WIDTH SPACE} trip") == "👩‍🚀 trip"
    assert [each.name for each in sets.all()] == ["👩‍🚀 trip"]


@pytest.mark.parametrize(
    "queries", ["5", "x", "{}", "[[1]]", '[""]', '["\\ud800"]', "[" * 100_000, b"\xff"]
)
def test_a_damaged_set_hides_no_other(sets: QuerySets, queries: str | bytes):
    sets.add(QuerySet("one", ("a.png",), "", "Ann"))
    sets.add(QuerySet("two", ("b.png",), "", "Ann"))
    spoil(sets.path, "UPDATE query_sets SET queries = ? WHERE name = 'one'", queries)
    assert [each.name for each in sets.all()] == ["two"]


@pytest.mark.parametrize("name", ["x" * 300, "a/" * 3000, "a\0b"])
def test_what_is_too_long_for_a_file_is_no_set(sets: QuerySets, name: str):
    with pytest.raises(InputError, match="neither a query set nor a file"):
        named(name, sets)


def test_one_set_too_many_is_not_kept(sets: QuerySets):
    for i in range(MOST):
        sets.add(QuerySet(f"set {i}", ("a.png",), "", "Ann"))
    with pytest.raises(VerdictError, match="remove one first"):
        sets.add(QuerySet("one more", ("a.png",), "", "Ann"))
    assert len(sets.all()) == MOST
