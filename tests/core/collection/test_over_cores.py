"""Large arrays are worked on by several cores, with what one would give."""

import os
import subprocess
import sys

import numpy as np
import pytest

from mmrec_core.collection.over_cores import LEAST_BYTES, over_cores
from mmrec_core.collection.vectors import half_unit, products


@pytest.mark.parametrize("rows", [1, 3, 10_007])
@pytest.mark.parametrize("cores", [1, 2, 3])
def test_the_parts_are_all_rows_in_their_order(rows, cores):
    numbers = np.arange(rows)
    parts = over_cores(lambda part: numbers[part] ** 2, rows, LEAST_BYTES, cores)
    assert cores == 1 or rows == 1 or len(parts) > 1
    np.testing.assert_array_equal(np.concatenate(parts), numbers**2)


def test_what_is_wrong_with_a_part_is_told():
    def work(part: slice) -> None:
        raise ValueError(f"rows up to {part.stop}")

    with pytest.raises(ValueError, match="rows up to"):
        over_cores(work, 100, LEAST_BYTES, cores=2)


def test_products_of_many_vectors_are_those_of_each():
    vectors = half_unit(np.random.default_rng(0).normal(size=(LEAST_BYTES // 2**9, 257)))
    assert vectors.nbytes > LEAST_BYTES
    queries = vectors[[5, -1]]
    every = products(vectors, queries)
    some = [0, 5, len(vectors) // 2, len(vectors) - 1]
    np.testing.assert_array_equal(every[:, some], products(vectors[some], queries))
    assert every[0, 5] == pytest.approx(1, abs=1e-3)


FORKING = """
import os
from mmrec_core.collection.over_cores import LEAST_BYTES, over_cores

def parts():
    return len(over_cores(lambda part: part, 8, LEAST_BYTES, cores=2))

parts()
child = os.fork()
if not child:
    os._exit(parts())
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_that_was_forked_has_threads_of_its_own():
    ran = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.strip() == "8"
