"""Verdicts as a disk, or somebody's hand, may leave them."""

from typing import Any

import pytest

from mmrec_core.errors import VerdictError
from mmrec_core.verdicts.database import writing
from mmrec_core.verdicts.places import Place, PostgresSchema


def spoil(place: Place, statement: str, *values: Any) -> None:
    """Change rows past the store; skip the test where the database's types refuse it."""
    try:
        with writing(place) as connection:
            connection.execute(statement, values)
    except VerdictError as refused:
        if not isinstance(place, PostgresSchema):
            raise
        pytest.skip(f"PostgreSQL keeps no such value: {refused}")
