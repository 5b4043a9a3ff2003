"""Tiny checkpoints with random weights."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def save_clip(
    folder: Path,
    *,
    quick_gelu: bool = False,
    resize_mode: str = "shortest",
    change: Callable[[Any], None] | None = None,
    **vision: Any,
) -> Path:
    """Write an open_clip model of 8 dimensions into a folder, and return the folder.

    Parameters
    ----------
    change
        Of the image tower, before it is saved.
    vision
        Settings of the image tower that replace those of a transformer of 2 × 2 patches.
    """
    import torch
    from safetensors.torch import save_file

    from mmrec_core.encoders.torchvision_ops import import_open_clip

    tower = {"image_size": 32, "layers": 1, "width": 16, "head_width": 8, "patch_size": 16}
    model_cfg = {
        "embed_dim": 8,
        "quick_gelu": quick_gelu,
        "vision_cfg": tower | vision,
        "text_cfg": {
            "context_length": 16,
            "vocab_size": 49408,
            "width": 16,
            "heads": 2,
            "layers": 1,
        },
    }
    preprocess_cfg = {"mean": [0.5] * 3, "resize_mode": resize_mode}
    (folder / "open_clip_config.json").write_text(
        json.dumps({"model_cfg": model_cfg, "preprocess_cfg": preprocess_cfg})
    )
    torch.manual_seed(0)
    model = import_open_clip().CLIP(**model_cfg)
    if change is not None:
        with torch.no_grad():
            change(model.visual)
    weights = {key: value.contiguous() for key, value in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder
