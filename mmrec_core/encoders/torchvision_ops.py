"""The one place that imports open_clip, and with it torchvision and timm.

torchvision's wheel from PyPI fails to import beside a CPU build of torch: its compiled operators do
not load, and one of its modules then registers shapes for an operator that is not there
("operator torchvision::nms does not exist"). Nothing here runs those operators (they belong to
object detection), so declaring them is enough. See https://pytorch.org/docs/stable/library.html.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_OPERATORS = ("nms", "qnms")
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
# torch forgets the operators when their Library object dies, so it lives as long as the process.
_declared: list[Any] = []


def import_torchvision() -> ModuleType:
    """Import torchvision, declaring its missing operators where the import would fail.

    Returns
    -------
    module
        ``torchvision``; its transforms work, its detection operators do not where declared here.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error) or _declared:
            raise
    import torch

    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")
    for operator in _OPERATORS:
        library.define(f"{operator}{_SCHEMA}")
    _declared.append(library)
    return importlib.import_module("torchvision")


def import_open_clip() -> ModuleType:
    """Import open_clip (slow: torch, torchvision and timm come with it).

    Returns
    -------
    module
        ``open_clip``, https://github.com/mlfoundations/open_clip.
    """
    import_torchvision()
    return importlib.import_module("open_clip")
