"""A mean-pooled text vector by its words: the mean over tokens is a sum, and words are tokens."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmrec_core.encoders.parts import TextParts, words


def text_by_tokens(model: Any, tokenizer: Any, text: str, *, max_tokens: int) -> TextParts:
    """Take the mean of a text's token states apart, exactly.

    Parameters
    ----------
    model, tokenizer
        As in `mmrec_core.encoders.transformers_encoder.pool_texts`; the tokeniser a fast one.
    text
        Words beyond ``max_tokens`` have no tokens, and add nothing.
    max_tokens
        Longer texts are cut, special tokens included.

    Returns
    -------
    TextParts
        Tokens go to the word that they begin in. Special tokens, such as [CLS] and [SEP], stand
        for the text as a whole.
    """
    import torch

    tokens = tokenizer(
        text,
        truncation=True,
        max_length=max_tokens,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        return_tensors="pt",
    )
    offsets = tokens.pop("offset_mapping")[0].tolist()
    special = tokens.pop("special_tokens_mask")[0].tolist()
    device = next(model.parameters()).device
    with torch.inference_mode():
        states = model(**tokens.to(device)).last_hidden_state[0]
    adds = states.double().cpu().numpy() / len(states)
    spans = words(text)
    ends = np.array([end for _, end in spans], dtype=int)
    vectors, whole = np.zeros((len(spans), adds.shape[1])), np.zeros(adds.shape[1])
    for added, (start, end), is_special in zip(adds, offsets, special, strict=True):
        # Some tokenisers count the space before a word to its first token.
        begins = end - len(text[start:end].lstrip())
        place = int(np.searchsorted(ends, begins, side="right"))
        if is_special or start == end or place == len(spans):
            whole += added
        else:
            vectors[place] += added
    return TextParts(vectors, whole, "sum", spans)
