"""Text encoders from the Hugging Face Hub or a local folder, through transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from mmrec_core.encoders.base import UNKNOWN, EncoderSpec, FloatArray, Pooling
from mmrec_core.encoders.device import batch_size, pick_device
from mmrec_core.encoders.hub import load_from_cache_or_hub, loading, one_line, revision_of
from mmrec_core.encoders.left_out import text_by_leaving_out
from mmrec_core.encoders.parts import TextParts
from mmrec_core.encoders.token_parts import text_by_tokens
from mmrec_core.encoders.torchvision_ops import import_torchvision
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    import torch

MAX_TOKENS = 64

_TOKENIZES = Lock()  # a tokeniser fails where two threads meet in it


class TransformersTextEncoder:
    """A transformers model that pools its last hidden states into one vector a text.

    Weights are read from safetensors, or else with torch's ``weights_only`` unpickler; code that
    comes with a model is never run.

    Parameters
    ----------
    name
        A hub name such as ``bert-base-multilingual-cased``, or a folder.
    pooling
        ``mean`` of the states of the text's tokens, or the state of the first token (``cls``).
    max_tokens
        Longer texts are cut, special tokens included.
    device
        A torch device; by default the GPU where there is one.
    described
        Fields of the spec that the caller knows better, such as name, revision and licence.

    Raises
    ------
    EncoderError
        If the model is neither cached nor available, or is no text model; one line.
    """

    def __init__(
        self,
        name: str,
        *,
        pooling: Pooling = "mean",
        max_tokens: int = MAX_TOKENS,
        device: str | None = None,
        described: Mapping[str, str] | None = None,
    ) -> None:
        self.pooling: Pooling = pooling
        self.max_tokens = max_tokens
        folder = Path(name).expanduser()
        if folder.is_dir():
            try:
                with loading():
                    self.tokenizer, self.model = _load(str(folder))
            except Exception as error:
                raise EncoderError(
                    f"folder {name!r} is not a transformers text model ({one_line(error)}); "
                    "expected config.json, a tokenizer and weights"
                ) from error
            revision = revision_of(folder)
        elif folder.is_absolute() or name.startswith(("./", "../", "~")):
            raise EncoderError(f"there is no model folder {name!r}; check the path")
        else:
            self.tokenizer, self.model = load_from_cache_or_hub(name, lambda: _load(name))
            revision = getattr(self.model.config, "_commit_hash", None) or UNKNOWN
        self.model.to(pick_device(device))
        fields: dict[str, Any] = {
            "kind": "text",
            "name": name,
            "library": f"transformers=={version('transformers')}",
            "revision": revision,
            "dimension": self.model.config.hidden_size,
            "pooling": pooling,
            "description": f"The text model {name}, {_POOLING_WORDS[pooling]}.",
            "licence": "see the model's page",
        }
        self._spec = EncoderSpec(**{**fields, **(described or {})})

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is."""
        return self._spec

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts; see `TextEncoder.encode_texts`."""
        return pool_texts(
            self.model, self.tokenizer, texts, pooling=self.pooling, max_tokens=self.max_tokens
        )

    def text_parts(self, text: str) -> TextParts:
        """Take a text's vector apart; see `TextEncoder.text_parts`."""
        if self.pooling == "mean":
            return text_by_tokens(self.model, self.tokenizer, text, max_tokens=self.max_tokens)
        return text_by_leaving_out(self.encode_texts, text)


_POOLING_WORDS = {
    "mean": "its token states averaged",
    "cls": "the state of its first token taken",
}


def _load(name: str) -> tuple[Any, Any]:
    import_torchvision()  # transformers imports it, and fails where its operators do
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True, trust_remote_code=False)
    model = AutoModel.from_pretrained(name, trust_remote_code=False, dtype="float32")
    if getattr(model.config, "is_encoder_decoder", False):
        model = model.get_encoder()
    return tokenizer, model.eval()


def pool_texts(
    model: Any,
    tokenizer: Any,
    texts: Sequence[str],
    *,
    pooling: Pooling = "mean",
    max_tokens: int = MAX_TOKENS,
) -> FloatArray:
    """Run texts through a transformers model in batches of like length, and pool.

    Parameters
    ----------
    model, tokenizer
        A text model in evaluation mode with ``config.hidden_size``, and its tokeniser.
    texts
        Any number of texts.
    pooling, max_tokens
        As in `TransformersTextEncoder`.

    Returns
    -------
    ndarray of float32, shape (n, hidden_size)
        In the order given, not normalised.
    """
    import torch

    device: torch.device = next(model.parameters()).device
    vectors = np.empty((len(texts), model.config.hidden_size), dtype=np.float32)
    if not len(texts):
        return vectors
    with _TOKENIZES:
        tokens = tokenizer(list(texts), truncation=True, max_length=max_tokens)
    order = np.argsort([len(ids) for ids in tokens["input_ids"]], kind="stable")
    size = batch_size(device.type)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        batch = tokenizer.pad(
            {key: [values[row] for row in rows] for key, values in tokens.items()},
            return_tensors="pt",
        ).to(device)
        with torch.inference_mode():
            states = model(**batch).last_hidden_state
            if pooling == "mean":
                mask = batch["attention_mask"][..., None].to(states.dtype)
                pooled = (states * mask).sum(1) / mask.sum(1)
            else:
                pooled = states[:, 0]
        vectors[rows] = pooled.float().cpu().numpy()
    return vectors
