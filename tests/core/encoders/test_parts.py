"""A vector as a sum of parts, by every encoder that there is."""

import numpy as np
import pytest

from mmrec_core.bundle import Bundle
from mmrec_core.encoders import load_image_text_encoder, load_text_encoder
from mmrec_core.encoders.parts import Parts, words
from mmrec_core.inputs.images import decode


def nearly(parts: Parts, vector: np.ndarray) -> bool:
    return bool(np.abs(parts.total - vector).max() < 1e-4 * np.linalg.norm(vector))


@pytest.fixture(scope="module")
def clip(demo: Bundle):
    return load_image_text_encoder("offline", projection_dir=demo.path / "encoder")


TEXTS = ["A magpie.", "Синица на ветке", "A 红色 flower", "…", ""]


class TestOffline:
    @pytest.mark.parametrize("row", [0, 40, 300])
    def test_cells_add_up_to_the_picture(self, clip, demo, row):
        picture = decode(demo.thumbnail_path(row))
        parts = clip.picture_parts(picture)
        assert parts.exact
        assert len(parts.vectors) == 81
        assert nearly(parts, clip.encode_images([picture])[0])

    @pytest.mark.parametrize("text", TEXTS)
    @pytest.mark.parametrize("pooling", ["mean", "cls"])
    def test_words_add_up_to_the_text(self, clip, text, pooling):
        bert = load_text_encoder("offline", pooling=pooling)
        for encoder in (clip, bert):
            parts = encoder.text_parts(text)
            assert not parts.exact
            assert parts.spans == words(text)
            assert nearly(parts, encoder.encode_texts([text])[0])

    def test_the_grid_lies_on_the_picture_as_the_encoder_sees_it(self, clip, demo):
        upright = decode(demo.thumbnail_path(0)).resize((100, 200))
        grid = clip.picture_parts(upright).grid
        assert (grid.left, grid.width, grid.top, grid.height) == (-0.5, 2.0, 0.0, 1.0)

    def test_the_word_that_matters_has_the_largest_part(self, clip):
        text = "A photograph of a magpie"
        parts = clip.text_parts(text)
        shares = parts.vectors @ parts.total
        start, end = parts.spans[int(shares.argmax())]
        assert text[start:end] == "magpie"


class TestSummingTo:
    def test_the_difference_is_shared_out(self):
        rng = np.random.default_rng(0)
        parts = Parts(rng.normal(size=(5, 8)), rng.normal(size=8), "sum")
        other = parts.total + 0.1 * rng.normal(size=8)
        assert np.allclose(parts.summing_to(other).total, other)
        assert np.allclose(parts.summing_to(parts.total).vectors, parts.vectors)
