"""What the benchmark of regions and words counts: halves, cells painted over, attention."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.explanations.deletion import cells_painted
from benchmarks.explanations.gradient_attention import gradient_attention
from benchmarks.explanations.pointing import shares_of_halves, side_by_side
from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.parts import Grid, fitted_grid
from tests.core.encoders.checkpoints import save_clip


def test_the_middle_column_is_on_both_halves_and_what_fills_up_is_on_none():
    left, right = shares_of_halves(Grid(1, 3, 0.0, 0.0, 1.0, 1.0))
    np.testing.assert_allclose(left, [1, 0.5, 0])
    np.testing.assert_allclose(right, [0, 0.5, 1])
    tall = fitted_grid((50, 100), 2, 4)  # the picture has the two columns in the middle
    left, right = shares_of_halves(tall)
    np.testing.assert_allclose(left, [0, 1, 0, 0] * 2, atol=1e-12)
    np.testing.assert_allclose(right, [0, 0, 1, 0] * 2, atol=1e-12)


def test_each_picture_stays_on_its_half_of_a_square():
    red, blue = Image.new("RGB", (30, 60), "red"), Image.new("RGB", (60, 20), "blue")
    both = np.asarray(side_by_side(red, blue)).astype(int)
    assert both.shape[0] == both.shape[1]
    middle = both.shape[1] // 2
    is_red, is_blue = (both[..., 0] - both[..., 2] > 99), (both[..., 2] - both[..., 0] > 99)
    assert is_red[:, :middle].any()
    assert not is_red[:, middle:].any()
    assert is_blue[:, middle:].any()
    assert not is_blue[:, :middle].any()


def test_cells_are_painted_where_they_lie_on_the_picture():
    image = Image.new("RGB", (50, 100), "white")
    grid = fitted_grid(image.size, 4, 4)
    black = np.asarray(cells_painted(image, grid, np.array([1, 14]), (0, 0, 0))).max(axis=2) == 0
    expected = np.zeros((100, 50), dtype=bool)
    expected[:25, :25] = expected[75:, 25:] = True
    assert (black == expected).all()
    beyond = cells_painted(image, grid, np.array([0, 3]), (0, 0, 0))
    assert np.asarray(beyond).min() == 255


@pytest.mark.parametrize("pooling", [{}, {"pool_type": "avg"}, {"final_ln_after_pool": True}])
def test_gradient_attention_runs_the_layers_as_the_model_does(tmp_path, pooling):
    folder = save_clip(tmp_path, layers=2, patch_size=8, **pooling)
    encoder = OpenClipEncoder(str(folder), device="cpu", precision="fp32")
    image = Image.effect_noise((40, 40), 60).convert("RGB")
    vector = encoder.encode_images([image])[0]
    towards = np.eye(8, dtype=np.float32)[0]
    weights, run_here = gradient_attention(encoder, image, towards)
    np.testing.assert_allclose(run_here, vector, atol=1e-5)
    assert weights.shape == (16,)
    assert weights.min() >= 0
    assert weights.max() > 0
