"""A picture's vector by its patches, on tiny towers of every make."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.parts import Grid, Parts
from tests.core.encoders.checkpoints import save_clip

SIZES = [(120, 60), (60, 120), (96, 96)]
GRID = {"image_size": 32, "patch_size": 8}
TOWERS = {
    "class token": {},
    "mean": {"pool_type": "avg"},
    "mean, then norm": {"pool_type": "avg", "final_ln_after_pool": True},
    "class token, then norm": {"final_ln_after_pool": True},
    "layer scale": {"ls_init_value": 0.5},
    "mean, layer scale": {"pool_type": "avg", "ls_init_value": 0.5},
    "no norm before": {"no_ln_pre": True},
    "quick GELU": {"quick_gelu": True},
    "one layer": {"layers": 1},
}
OTHERS = {
    "ResNet": {"layers": [1, 1, 1, 1], "width": 8, "head_width": 64, "image_size": 32},
    "timm": {"timm_model_name": "test_vit", "timm_pool": "token", "image_size": 160},
    "attentional pooling": {"attentional_pool": True, "attn_pooler_heads": 2},
    "normed queries and keys": {"qk_norm": True},
}
LOOKED_AT = 6  # of 4 x 4 patches: the third in the second row


def picture(size: tuple[int, int]) -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), dtype=np.uint8))


def difference(parts: Parts, vector: np.ndarray) -> float:
    return float(np.abs(parts.total - vector).max() / np.linalg.norm(vector))


def unsettle(tower: Any) -> None:
    """Give constants and gains, which start at 0 and 1, values of their own."""
    import torch

    for parameter in tower.parameters():
        if parameter.ndim == 1:
            parameter += 0.3 * torch.randn_like(parameter)


def let_patches_alone_speak(tower: Any) -> None:
    """Take away the class token, perceptrons and constants; tokens still differ in their looks."""
    for name, parameter in tower.named_parameters():
        if name.endswith("bias") or "mlp.c_proj" in name:
            parameter.zero_()
    tower.class_embedding.zero_()
    tower.positional_embedding[0] = 0
    for block in tower.transformer.resblocks:
        block.attn.in_proj_weight *= 3
        block.attn.in_proj_bias[: tower.transformer.width].normal_(std=3)


def look_at_one_patch(tower: Any) -> None:
    """Besides, make every token look at one patch alone.

    That patch alone has a first coordinate, which no layer changes and every key looks at.
    """
    let_patches_alone_speak(tower)
    width = tower.transformer.width
    tower.conv1.weight[0] = 0
    tower.positional_embedding[:, 0] = 0
    tower.positional_embedding[1 + LOOKED_AT, 0] = 5
    for block in tower.transformer.resblocks:
        attention = block.attn
        attention.out_proj.weight[0] = 0
        attention.in_proj_weight[: 2 * width] = 0
        attention.in_proj_weight[width : 2 * width, 0] = 100
        attention.in_proj_bias[:width] = 100


ONE_PATCH = {"change": look_at_one_patch, "layers": 2, "ls_init_value": 0.5, **GRID}


@pytest.fixture
def made(tmp_path):
    def make(precision="fp32", **settings):
        folder = save_clip(tmp_path, **settings)
        return OpenClipEncoder(str(folder), device="cpu", precision=precision)

    return make


@pytest.mark.parametrize("settings", TOWERS.values(), ids=TOWERS)
def test_patches_add_up_to_the_picture(made, settings):
    encoder = made(change=unsettle, **({"layers": 3, **GRID} | settings))
    for size in SIZES:
        parts = encoder.picture_parts(picture(size))
        assert (parts.method, parts.exact, len(parts.vectors)) == ("attention", False, 16)
        assert difference(parts, encoder.encode_images([picture(size)])[0]) < 1e-4
        assert np.abs(parts.vectors).max(axis=1).min() > 0


def test_in_bfloat16_they_add_up_as_nearly_as_it_computes(made):
    encoder = made(change=unsettle, layers=3, precision="bf16", **GRID)
    vector = encoder.encode_images([picture((96, 96))])[0]
    parts = encoder.picture_parts(picture((96, 96)))
    assert difference(parts, vector) < 0.02
    assert difference(parts.summing_to(vector), vector) < 1e-6


@pytest.mark.parametrize("settings", OTHERS.values(), ids=OTHERS)
def test_other_towers_are_taken_apart_by_occlusion(made, settings):
    encoder = made(**settings)
    parts = encoder.picture_parts(picture((60, 40)))
    assert parts.method == "occlusion"
    assert difference(parts, encoder.encode_images([picture((60, 40))])[0]) < 1e-4


@pytest.mark.parametrize("pooling", ["class token", "mean", "mean, then norm", "layer scale"])
def test_where_patches_alone_speak_nothing_is_left_to_the_whole(made, pooling):
    encoder = made(change=let_patches_alone_speak, **({"layers": 1, **GRID} | TOWERS[pooling]))
    parts = encoder.picture_parts(picture((96, 96)))
    assert np.abs(parts.whole).max() < 1e-5 * np.linalg.norm(parts.total)
    sizes = np.linalg.norm(parts.vectors, axis=1)
    assert sizes.max() > 2 * sizes.min()


class TestAPatchThatAllLookAt:
    def test_it_alone_makes_the_class_token(self, made):
        parts = made(**ONE_PATCH).picture_parts(picture((96, 96)))
        norm = np.linalg.norm(parts.total)
        others = np.delete(parts.vectors, LOOKED_AT, axis=0)
        assert np.abs(others).max() < 1e-5 * norm
        assert np.abs(parts.whole).max() < 1e-5 * norm

    @pytest.mark.parametrize("after", [False, True])
    def test_with_the_mean_others_are_what_they_were_at_first(self, made, after):
        pooling = {"pool_type": "avg", "final_ln_after_pool": after}
        parts = made(**ONE_PATCH, **pooling).picture_parts(picture((96, 96)))
        shares = parts.vectors @ parts.total / (parts.total @ parts.total)
        assert shares.argmax() == LOOKED_AT
        assert shares.sum() == pytest.approx(1, abs=1e-5)

    @pytest.mark.parametrize("image_size", [32, 36])
    @pytest.mark.parametrize("resize_mode", ["shortest", "longest", "squash"])
    @pytest.mark.parametrize("size", SIZES)
    def test_its_cell_lies_where_the_encoder_looks(self, made, size, resize_mode, image_size):
        encoder = made(**ONE_PATCH | {"image_size": image_size}, resize_mode=resize_mode)
        image = picture(size)
        grid = encoder.picture_parts(image).grid
        row, column = divmod(LOOKED_AT, grid.columns)

        def box(margin: float) -> tuple[int, ...]:
            """Return the cell with some cells' breadth around it, in pixels of the picture."""
            xs = (column - margin, column + 1 + margin)
            ys = (row - margin, row + 1 + margin)
            left, right = (round((grid.left + grid.width * x / 4) * size[0]) for x in xs)
            top, bottom = (round((grid.top + grid.height * y / 4) * size[1]) for y in ys)
            return left, top, right, bottom

        inside, outside = image.copy(), Image.new("RGB", size, "white")
        inside.paste("white", box(-0.2))
        outside.paste(image.crop(box(0.4)), box(0.4)[:2])
        before, without, alone = encoder.encode_images([image, inside, outside])
        norm = np.linalg.norm(before)
        assert np.abs(before - alone).max() < 0.01 * norm
        assert np.abs(before - without).max() > 0.1 * norm


@pytest.mark.parametrize(
    ("resize_mode", "size", "expected"),
    [
        ("shortest", (120, 60), (0.25, 0, 0.5, 1)),
        ("shortest", (60, 120), (0, 0.25, 1, 0.5)),
        ("longest", (120, 60), (0, -0.5, 1, 2)),
        ("longest", (60, 120), (-0.5, 0, 2, 1)),
        ("squash", (120, 60), (0, 0, 1, 1)),
        ("shortest", (96, 96), (0, 0, 1, 1)),
    ],
)
def test_the_grid_is_what_the_encoder_sees_of_the_picture(made, resize_mode, size, expected):
    encoder = made(resize_mode=resize_mode, **GRID)
    assert encoder.picture_parts(picture(size)).grid == Grid(4, 4, *expected)
