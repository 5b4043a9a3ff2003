"""Gradient times attention in the last layer of a vision transformer, as a rival to parts.

Of Chefer, Gur and Wolf 2021, "Generic attention-model explainability", the last layer's rule.
"""

import numpy as np
from PIL.Image import Image

from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder


def gradient_attention(
    encoder: OpenClipEncoder, image: Image, towards: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weigh patches by how their attention raises the cosine with a vector.

    Returns
    -------
    weights : ndarray (patches,)
        Never negative.
    vector : ndarray (d,)
        The picture's, as the layers were run here.
    """
    import torch
    from torch.nn.functional import cosine_similarity, linear

    tower = encoder.model.visual
    *before, last = tower.transformer.resblocks
    attention = last.attn
    with torch.no_grad():
        tokens = tower._embeds(encoder._pixels([image]))
        for block in before:
            tokens = block(tokens)
        heads = linear(last.ln_1(tokens), attention.in_proj_weight, attention.in_proj_bias)
        shape = (tokens.shape[1], 3, attention.num_heads, attention.head_dim)
        queries, keys, values = heads.view(shape).permute(1, 2, 0, 3)
        looks = (queries @ keys.mT / attention.head_dim**0.5).softmax(dim=-1)
    looks.requires_grad_()
    seen = (looks @ values).transpose(0, 1).flatten(1)[None]
    after = tokens + last.ls_1(attention.out_proj(seen))
    after = after + last.ls_2(last.mlp(last.ln_2(after)))
    vector = (tower._pool(after)[0] @ tower.proj)[0]
    cosine = cosine_similarity(vector, torch.as_tensor(towards).to(vector), dim=0)
    (gradient,) = torch.autograd.grad(cosine, looks)
    raised = (gradient * looks).clamp(min=0).mean(dim=0).detach()
    # From the class token, or from all patches; the class token itself is no cell.
    rows = raised[:1] if tower.pool_type == "tok" else raised[1:]
    return rows.mean(dim=0)[1:].float().cpu().numpy(), vector.detach().float().cpu().numpy()
