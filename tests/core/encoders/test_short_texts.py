"""Texts without their padding: the vectors that a model gives for the whole context."""

import numpy as np
import pytest

from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.short_texts import encode_tokens, text_lengths
from tests.core.encoders.checkpoints import save_clip
from tests.core.encoders.test_multilingual import tiny_clip, tiny_roberta  # noqa: F401

TEXTS = [
    "A boat on a lake, with a red sail and two people in it, one of whom waves.",
    "",
    "A cat.",
    "A long street in the rain",
    "a " * 100,
    "Dog",
] * 6


@pytest.fixture(scope="module")
def causal(tmp_path_factory):
    return save_clip(tmp_path_factory.mktemp("causal"))


def by_whole_context(encoder: OpenClipEncoder) -> np.ndarray:
    import torch

    with torch.inference_mode():
        return encoder.model.encode_text(encoder.tokenizer(TEXTS)).float().numpy()


@pytest.mark.parametrize("tower", ["causal", "tiny_clip"])
def test_vectors_are_those_of_the_whole_context_each_at_its_own_row(tower, request):
    encoder = OpenClipEncoder(str(request.getfixturevalue(tower)), device="cpu", precision="fp32")
    expected = by_whole_context(encoder)
    assert np.abs(expected[0] - expected[2]).max() > 1e-3
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), expected, atol=1e-5)


@pytest.mark.parametrize(("tower", "shortest"), [("causal", 2), ("tiny_clip", 2)])
def test_a_short_text_takes_no_more_of_the_model_than_its_own_tokens(tower, shortest, request):
    encoder = OpenClipEncoder(str(request.getfixturevalue(tower)), device="cpu", precision="fp32")
    tokens = encoder.tokenizer(TEXTS)
    lengths = text_lengths(encoder.model, tokens)
    assert lengths[1] == shortest
    assert lengths[4] == tokens.shape[1]
    seen: list[int] = []
    tower = encoder.model.transformer if tower == "causal" else encoder.model.text.transformer
    tower.register_forward_pre_hook(
        lambda _, positional, named: seen.append(
            (positional[0] if positional else named["input_ids"]).shape[1]
        ),
        with_kwargs=True,
    )
    encode_tokens(encoder.model, tokens[1:3], int(lengths[1:3].max()))
    assert seen == [lengths[1:3].max()]


def test_a_tower_that_reads_its_padding_gets_all_of_it(causal):
    encoder = OpenClipEncoder(str(causal), device="cpu", precision="fp32")
    encoder.model.text_pool_type = "last"
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), by_whole_context(encoder), atol=1e-5)
