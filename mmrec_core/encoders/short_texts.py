"""Texts through open_clip's text towers without the padding behind them.

open_clip pads every text to the model's context, 77 tokens, of which a caption fills some 15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmrec_core.encoders.torchvision_ops import import_open_clip

if TYPE_CHECKING:
    import torch


def text_lengths(model: Any, tokens: torch.Tensor) -> NDArray[np.int64]:
    """Return how many tokens of each text its vector depends on.

    Of a causal transformer those up to the end-of-text token, from which the vector is read; of
    one of transformers' towers those that are not padding, which it masks; of any other all.

    Parameters
    ----------
    model
        An open_clip model.
    tokens
        Shape (n, context).
    """
    import torch

    context = tokens.shape[1]
    if _is_masked(model):
        filled = tokens != model.text.config.pad_token_id
        lengths = (filled * torch.arange(1, context + 1)).amax(dim=1)
    elif _is_causal(model):
        ends = tokens == model.text_eos_id if model.text_pool_type == "eos" else tokens
        lengths = ends.int().argmax(dim=1) + 1
    else:
        return np.full(len(tokens), context)
    return lengths.clamp(min=1).numpy()


def encode_tokens(model: Any, tokens: torch.Tensor, length: int) -> torch.Tensor:
    """Encode texts of at most ``length`` tokens, as `text_lengths` counts them.

    Returns
    -------
    Tensor of shape (n, dimension)
        What the model's ``encode_text`` gives, but for rounding.
    """
    tokens = tokens[:, :length]
    if not _is_causal(model):
        return model.encode_text(tokens)
    from open_clip.transformer import text_global_pool

    # As `CLIP.encode_text` has it, which takes texts of the whole context alone.
    dtype = model.transformer.get_cast_dtype()
    states = model.token_embedding(tokens).to(dtype)
    states = states + model.positional_embedding[:length].to(dtype)
    states = model.transformer(states, attn_mask=model.attn_mask[:length, :length])
    pooled = text_global_pool(
        model.ln_final(states), tokens, model.text_pool_type, getattr(model, "text_eos_id", None)
    )
    projection = model.text_projection
    if projection is None:
        return pooled
    return pooled @ projection if hasattr(projection, "shape") else projection(pooled)


def _is_causal(model: Any) -> bool:
    return (
        type(model) is import_open_clip().CLIP
        and model.text_pool_type in ("argmax", "eos")
        and model.attn_mask is not None
    )


def _is_masked(model: Any) -> bool:
    return isinstance(getattr(model, "text", None), import_open_clip().hf_model.HFTextEncoder)
