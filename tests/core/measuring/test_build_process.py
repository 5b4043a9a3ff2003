"""A build's stages are timed, and their memory is counted."""

import sys

import numpy as np
import pytest

from mmrec_core.measuring.build_process import Stages


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted as Linux does")
def test_a_stage_has_its_seconds_and_the_memory_that_it_took():
    stages = Stages()
    stages("[1/2] large")
    held = np.ones(200_000_000, np.uint8)
    while stages.anonymous_bytes.get("large", 0) < held.nbytes:
        held[::4096] += 1
    stages("a line that begins no stage")
    del held
    stages("[2/2] small")
    stages.stop()
    assert [*stages.seconds] == ["start", "large", "small"]
    assert stages.anonymous_bytes["large"] <= stages.peak_bytes["large"]
    assert stages.peak_bytes["large"] - stages.peak_bytes["small"] > 100_000_000
