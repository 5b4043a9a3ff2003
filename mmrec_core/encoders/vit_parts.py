"""A picture's vector by its patches: what each adds through the attention of a tower's layers.

The pooled token is a sum: of what it was before the first layer, and of what each layer's attention
and perceptron add to it. Attention, once its weights are known, is itself a sum over the tokens it
looks at, and so each patch has its share in it. The last layer norm is linear at the picture's own
standard deviation, and the projection is linear anyway. (Gandelsman, Efros and Steinhardt 2024,
"Interpreting CLIP's image representation via text-based decomposition", arXiv 2310.05916. Möller et
al. 2025, "Explaining caption-image interactions in CLIP models with second-order attributions",
package ``exclip``, follow gradients through all layers instead.)

These are direct contributions: a patch is the token in its place, with what earlier layers have
brought there from elsewhere. What the class token, the perceptrons and constants add, no patch
carries: it falls to the whole. Where a tower pools the mean of its patches, each patch also has
what it was before the first layer; what perceptrons add in its place remains with the whole, as it
does where the class token is pooled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmrec_core.encoders.parts import Grid, PictureParts, cropped_grid, fitted_grid
from mmrec_core.encoders.torchvision_ops import import_open_clip

if TYPE_CHECKING:
    import torch


def attends_to_patches(tower: Any) -> bool:
    """Whether an image tower is open_clip's own transformer, and pools its tokens linearly."""
    transformer = import_open_clip().transformer
    return (
        isinstance(tower, transformer.VisionTransformer)
        and tower.attn_pool is None
        and tower.pool_type in ("tok", "avg")
        and all(
            type(block) is transformer.ResidualAttentionBlock
            for block in tower.transformer.resblocks
        )
    )


def patch_grid(tower: Any, size: tuple[int, int]) -> Grid:
    """Return where a tower's patches lie on a picture of some width and height.

    Parameters
    ----------
    tower
        One that `attends_to_patches`, loaded with its settings for pictures: they are squeezed into
        the tower's frame, fitted into it, or fill it with what is over cropped.
    size
    """
    (rows, columns), (high, wide) = tower.grid_size, tower.image_size
    mode = tower.preprocess_cfg["resize_mode"]
    if mode == "squash":
        frame = Grid(rows, columns, 0.0, 0.0, 1.0, 1.0)
    else:
        frame = (fitted_grid if mode == "longest" else cropped_grid)(
            size, rows, columns, wide / high
        )
    # Pixels that are too few for another patch, at the right and the lower edge, are in none.
    return frame._replace(
        width=frame.width * columns * tower.patch_size[1] / wide,
        height=frame.height * rows * tower.patch_size[0] / high,
    )


def picture_by_attention(tower: Any, pixels: torch.Tensor, grid: Grid) -> PictureParts:
    """Take a picture's vector apart by what each patch adds through the attention of all layers.

    Parameters
    ----------
    tower
        One that `attends_to_patches`.
    pixels
        One picture as the tower takes it, (1, 3, height, width).
    grid
        Of its patches.

    Returns
    -------
    PictureParts
        Of the vector that `encode_image` of the tower's model gives, to the digits that the model
        computes with.
    """
    import torch

    with torch.inference_mode():
        first = tower._embeds(pixels)
        _, later = tower.transformer.forward_intermediates(first)
        *states, last = [state[0].float() for state in (first, *later)]
        weights = _pooling_weights(tower, last)
        patches = (weights[:, None] * states[0])[1:]
        for block, state in zip(tower.transformer.resblocks, states, strict=True):
            patches = patches + _through_attention(block, state, weights)[1:]
        pooled = (weights @ last)[None]
        sources = torch.cat([patches, pooled - patches.sum(dim=0)]).double()
        norm, projection = tower.ln_post, tower.proj.double()
        centred = sources - sources.mean(dim=1, keepdim=True)
        vectors = centred * norm.weight.double() @ projection
        vectors[-1] += norm.bias.double() @ projection
    *_, whole = every = vectors.cpu().numpy()
    return PictureParts(every[:-1], whole, "attention", grid)


def _pooling_weights(tower: Any, last: torch.Tensor) -> torch.Tensor:
    """Return how much of each token is pooled, (n,), with the last layer norm's division."""
    weights = last.new_zeros(len(last))
    if tower.pool_type == "tok":
        weights[0] = 1
    else:
        weights[1:] = 1 / (len(last) - 1)
    normed = weights @ last if tower.final_ln_after_pool else last
    variance = normed.var(dim=-1, correction=0)
    return weights / (variance + tower.ln_post.eps).sqrt()


def _through_attention(block: Any, state: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return what each token adds, through a block's attention, to tokens so weighted, (n, d).

    Without the constants of the attention's last map, which are no token's.
    """
    from torch.nn.functional import linear

    attention = block.attn
    heads = linear(
        block.ln_1(state), attention.in_proj_weight.float(), attention.in_proj_bias.float()
    ).view(len(state), 3, attention.num_heads, attention.head_dim)
    queries, keys, values = heads.permute(1, 2, 0, 3)
    pooled = weights.nonzero()[:, 0]
    looks = (queries[:, pooled] @ keys.mT / attention.head_dim**0.5).softmax(dim=-1)
    seen = (weights[pooled] @ looks)[..., None] * values
    added = linear(seen.transpose(0, 1).flatten(1), attention.out_proj.weight.float())
    return block.ls_1(added)
