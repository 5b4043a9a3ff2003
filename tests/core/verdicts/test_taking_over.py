"""What people said moves between a file and a database."""

from pathlib import Path

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.query_sets.store import QuerySet, QuerySets
from mmrec_core.verdicts.places import Place
from mmrec_core.verdicts.store import VerdictStore
from mmrec_core.verdicts.taking_over import take_over


@pytest.fixture
def file(tmp_path: Path) -> VerdictStore:
    return VerdictStore(tmp_path / "elsewhere" / "photos.verdicts.sqlite")


def test_all_of_a_file_is_taken_over_once(file: VerdictStore, place: Place) -> None:
    file.grade("a", "b", 4, reviewer="Ann", note="same flower", ranker="clip", rank=1)
    file.grade("c", "b", 2, reviewer="Ann")
    file.tag("a", "blurred", reviewer="Bob")
    QuerySets(file.path).add(QuerySet("Two", ("a", "c"), "picked", reviewer="Ann"))
    there = VerdictStore(place)
    there.tag("a", "dark", reviewer="Cy")
    assert take_over(file.path, place) == {"verdicts": 2, "tags": 1, "query_sets": 1}
    assert there.verdicts().equals(file.verdicts())
    assert {*there.tags()["tag"]} == {"dark", "blurred"}
    assert [(s.name, s.images) for s in QuerySets(place).all()] == [("Two", ("a", "c"))]
    assert take_over(file.path, place) == {}


def test_of_two_verdicts_on_a_pair_the_newer_stays(file: VerdictStore, place: Place) -> None:
    there = VerdictStore(place)
    there.grade("a", "b", 1, reviewer="Ann")
    file.grade("a", "b", 4, reviewer="Ann")
    file.grade("c", "d", 4, reviewer="Ann")
    there.grade("c", "d", 1, reviewer="Ann")
    assert take_over(file.path, place) == {"verdicts": 1}
    grades = there.verdicts().set_index("query")["grade"]
    assert grades.to_dict() == {"a": 4, "c": 1}


def test_a_database_is_written_to_a_file(place: Place, file: VerdictStore) -> None:
    VerdictStore(place).grade("a", "b", 3, reviewer="Анна")
    take_over(place, file.path)
    assert file.verdicts()["reviewer"].tolist() == ["Анна"]


def test_an_empty_place_is_named(file: VerdictStore, place: Place) -> None:
    with pytest.raises(VerdictError, match="nothing lies in"):
        take_over(file.path, place)
