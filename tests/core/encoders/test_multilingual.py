"""The multilingual pair's loading code, on tiny checkpoints of the same kinds made here."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from mmrec_core.encoders import PRESETS, load_text_encoder
from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder
from mmrec_core.encoders.torchvision_ops import import_open_clip

TEXTS = ["красный цветок", "a red flower", "красный", "", "red flower a"]
WORDS = ["<s>", "<pad>", "</s>", "<unk>", "▁красный", "▁цветок", "▁a", "▁red", "▁flower", "<mask>"]


@pytest.fixture(scope="module")
def tiny_roberta(tmp_path_factory):
    """A folder with an XLM-RoBERTa of 12 dimensions, its own vocabulary and random weights."""
    import torch

    import_open_clip()  # transformers imports torchvision, which this prepares
    from transformers import XLMRobertaConfig, XLMRobertaModel, XLMRobertaTokenizer

    folder = tmp_path_factory.mktemp("roberta")
    pieces = [(word, 0.0 if word.startswith("<") else -float(i)) for i, word in enumerate(WORDS)]
    XLMRobertaTokenizer(vocab=pieces, unk_id=3).save_pretrained(folder)
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=len(WORDS),
        hidden_size=12,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=130,
        type_vocab_size=1,
        initializer_range=0.5,
    )
    XLMRobertaModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny_clip(tiny_roberta, tmp_path_factory):
    """A folder with an open_clip model whose text tower is that XLM-RoBERTa."""
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("clip")
    for file in tiny_roberta.glob("tokenizer*"):  # open_clip looks for it beside the weights
        shutil.copy(file, folder)
    open_clip = import_open_clip()
    model_cfg = open_clip.get_model_config(PRESETS["multilingual"][0].partition("/")[0])
    model_cfg["embed_dim"] = 8
    model_cfg["vision_cfg"] = {"image_size": 32, "layers": 1, "width": 16, "head_width": 8}
    model_cfg["vision_cfg"]["patch_size"] = 16
    model_cfg["text_cfg"] |= {
        "hf_model_name": str(tiny_roberta),
        "hf_tokenizer_name": str(tiny_roberta),
    }
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": model_cfg, "preprocess_cfg": {"mean": [0.5] * 3}})
    )
    torch.manual_seed(0)
    model = open_clip.CustomTextCLIP(**{k: v for k, v in model_cfg.items() if k != "custom_text"})
    weights = {key: value.contiguous() for key, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_clip_with_such_a_text_tower_loads_and_reads_russian(tiny_clip, precision):
    encoder = OpenClipEncoder(str(tiny_clip), device="cpu", precision=precision)
    assert encoder.spec.dimension == 8
    vectors = encoder.encode_texts(TEXTS)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0] - vectors[2]) > 1e-3
    singly = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(vectors, singly, atol=1e-5)
    assert np.isfinite(encoder.encode_images([Image.new("RGB", (40, 30), "red")])).all()


def test_the_mean_over_tokens_is_what_the_sentence_model_was_trained_with(tiny_roberta):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    tower = Transformer(str(tiny_roberta))
    expected = SentenceTransformer(modules=[tower, Pooling(12, "mean")], device="cpu").encode(TEXTS)
    vectors = load_text_encoder(str(tiny_roberta), device="cpu").encode_texts(TEXTS)
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_every_image_encoder_of_a_preset_is_one_that_open_clip_has():
    pairs = import_open_clip().list_pretrained()
    names = {f"{model}/{tag}" for model, tag in pairs}
    assert {image for name, (image, _) in PRESETS.items() if name != "offline"} <= names
