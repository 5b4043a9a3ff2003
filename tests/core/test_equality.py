"""Frozen data that holds arrays is equal to itself alone: comparing arrays gives no yes or no."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import numpy as np
import pytest

import mmrec_app
import mmrec_core

ARRAYS = ("ndarray", "DataFrame", "Series", "csr_array", "csr_matrix")


def holders_of_arrays() -> Iterator[type]:
    for package in (mmrec_core, mmrec_app):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(("__main__", ".frame")):
                continue
            for thing in vars(importlib.import_module(module.name)).values():
                if (
                    isinstance(thing, type)
                    and thing.__module__ == module.name
                    and dataclasses.is_dataclass(thing)
                    and any(n in str(f.type) for f in dataclasses.fields(thing) for n in ARRAYS)
                ):
                    yield thing


@pytest.mark.parametrize("holder", sorted(holders_of_arrays(), key=str))
def test_data_that_holds_arrays_can_be_compared_and_hashed(holder):
    blank, other = holder.__new__(holder), holder.__new__(holder)
    for field in dataclasses.fields(holder):
        for instance in (blank, other):
            object.__setattr__(instance, field.name, np.zeros(3))
    assert blank == blank
    assert blank != other
    assert len({blank, other}) == 2
