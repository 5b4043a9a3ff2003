"""Encoders in a process of their own, which outlives what stands in a bundle's folder."""

import io
import shutil
from pathlib import Path

import numpy as np

from mmrec_core.bundle import layout, open_bundle
from mmrec_core.serving.query_encoder import QueryEncoder
from mmrec_core.worker import Worker
from tests.altered_bundles import altered


def test_a_bundle_that_was_built_again_in_its_place_has_its_own_projection(
    demo_bundle: Path, tmp_path: Path
) -> None:
    bias = next(name for name in layout.PROJECTION_FILES if name.endswith("text_bias.npy"))
    moved = io.BytesIO()
    np.save(moved, np.load(demo_bundle / bias) + 1)
    worker, place = Worker("is tested"), tmp_path / "demo"
    before = QueryEncoder(open_bundle(altered(demo_bundle, place)), worker).text_vector("a bird")
    shutil.rmtree(place)
    altered(demo_bundle, place, written={bias: moved.getvalue()})
    after = QueryEncoder(open_bundle(place), worker).text_vector("a bird")
    assert not np.allclose(after, before)
    worker.end()
