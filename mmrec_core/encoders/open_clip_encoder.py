"""Image-and-text encoders of open_clip: built-in names, the hub, or a local folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from mmrec_core.encoders.base import EncoderSpec, FloatArray
from mmrec_core.encoders.device import (
    Precision,
    batch_size,
    pick_device,
    pick_precision,
    prepare_images,
)
from mmrec_core.encoders.hub import load_from_cache_or_hub, loading, one_line, revision_of
from mmrec_core.encoders.left_out import picture_by_occlusion, text_by_leaving_out
from mmrec_core.encoders.parts import PictureParts, TextParts
from mmrec_core.encoders.scripts import LATIN
from mmrec_core.encoders.short_texts import encode_tokens, text_lengths
from mmrec_core.encoders.torchvision_ops import import_open_clip
from mmrec_core.encoders.vit_parts import attends_to_patches, patch_grid, picture_by_attention
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

LOCAL_PREFIX = "local-dir:"
HUB_PREFIX = "hf-hub:"

_ENGLISH_WEIGHTS = ("openai", "laion400m", "laion2b")
"""How names of weights begin that saw English captions: WIT, LAION-400M and LAION-2B-en."""


class OpenClipEncoder:
    """Any open_clip model; https://github.com/mlfoundations/open_clip.

    Parameters
    ----------
    name
        ``MODEL/PRETRAINED`` (``ViT-B-32/openai``), ``MODEL`` alone (its ``openai`` weights, else
        its first), ``hf-hub:org/name``, ``local-dir:/path``, or a folder with
        ``open_clip_config.json`` and a checkpoint.
    device
        A torch device; by default the GPU where there is one.
    precision
        By default ``bf16`` weights where the hardware is faster for it, else ``fp32``. Vectors are
        float32 either way.
    built_with
        The precision that made the vectors to compare with: beside those of ``fp32``, weights are
        ``fp32`` everywhere; beside those of ``bf16``, where the hardware is no slower for it.

    Raises
    ------
    EncoderError
        If the name is unknown, or the weights are neither cached nor available; one line.
    """

    def __init__(
        self,
        name: str,
        *,
        device: str | None = None,
        precision: Precision | None = None,
        built_with: Precision | None = None,
    ) -> None:
        source = _parse(name)
        self.device = pick_device(device)
        self.precision = precision or pick_precision(self.device, built_with)
        if source.model.startswith(LOCAL_PREFIX) and not _names_hub_tower(source.folder):
            try:
                with loading():
                    loaded = _load(source, self.device, self.precision)
            except Exception as error:
                raise EncoderError(
                    f"folder {source.folder!s} is not an open_clip model ({one_line(error)}); "
                    "expected open_clip_config.json and a checkpoint"
                ) from error
        else:
            loaded = load_from_cache_or_hub(
                name, lambda: _load(source, self.device, self.precision)
            )
        self.model, self.transform, self.tokenizer, checkpoint = loaded
        self._tokenizes = Lock()  # transformers' tokenisers fail where two threads meet in one
        self._spec = EncoderSpec(
            kind="image-text",
            name=name,
            library=f"open_clip_torch=={version('open_clip_torch')}",
            revision=revision_of(checkpoint),
            dimension=_dimension(self.model, self.tokenizer, self.device),
            pooling="as the model defines",
            precision=self.precision,
            description=f"The CLIP model {name}: images and texts in one space, learnt from pairs.",
            licence="MIT" if source.tag == "openai" else "see the model's page",
            scripts=(LATIN,) if (source.tag or "").startswith(_ENGLISH_WEIGHTS) else (),
        )

    @property
    def spec(self) -> EncoderSpec:
        """Which encoder this is."""
        return self._spec

    @property
    def picture_side(self) -> int:
        """Pixels a side of what the model sees; see `ImageTextEncoder.picture_side`."""
        return max(np.ravel(self.model.visual.image_size).tolist())

    def encode_images(self, images: Sequence[Image]) -> FloatArray:
        """Encode images; see `ImageTextEncoder.encode_images`."""
        import torch

        vectors = np.empty((len(images), self.spec.dimension), dtype=np.float32)
        step = batch_size(self.device)
        for start in range(0, len(images), step):
            with torch.inference_mode():
                encoded = self.model.encode_image(self._pixels(images[start : start + step]))
            vectors[start : start + step] = encoded.float().cpu().numpy()
        return vectors

    def encode_texts(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts, those of like length together; see `TextEncoder.encode_texts`."""
        import torch

        vectors = np.empty((len(texts), self.spec.dimension), dtype=np.float32)
        if not len(texts):
            return vectors
        with self._tokenizes:
            tokens = self.tokenizer(list(texts))
        lengths = text_lengths(self.model, tokens)
        order = np.argsort(lengths, kind="stable")
        step = batch_size(self.device)
        for start in range(0, len(texts), step):
            rows = order[start : start + step]
            batch = tokens[rows].to(self.device)
            with torch.inference_mode():
                encoded = encode_tokens(self.model, batch, int(lengths[rows[-1]]))
            vectors[rows] = encoded.float().cpu().numpy()
        return vectors

    def picture_parts(self, image: Image) -> PictureParts:
        """Take a picture's vector apart; see `ImageTextEncoder.picture_parts`.

        Through the attention of its layers where the tower is open_clip's own transformer, and by
        occlusion where it is a ResNet, one of timm's or of another make.
        """
        tower = self.model.visual
        if not attends_to_patches(tower):
            return picture_by_occlusion(self.encode_images, image)
        return picture_by_attention(tower, self._pixels([image]), patch_grid(tower, image.size))

    def text_parts(self, text: str) -> TextParts:
        """Take a text's vector apart; see `TextEncoder.text_parts`.

        Towers pool at one token, and those that pool the mean of tokens clean texts before, so
        that tokens have no place in the text as it was given: a word is left out at a time.
        """
        return text_by_leaving_out(self.encode_texts, text)

    def _pixels(self, images: Sequence[Image]) -> torch.Tensor:
        """Make pictures ready for the model: where it is, and as precise."""
        import torch

        dtype = import_open_clip().get_input_dtype(self.precision) or torch.float32
        return prepare_images(images, self.transform).to(self.device, dtype)


class _Source(NamedTuple):
    """Where weights come from: open_clip's model name, and the tag of a built-in model."""

    model: str
    tag: str | None = None

    @property
    def folder(self) -> Path:
        return Path(self.model.removeprefix(LOCAL_PREFIX))


def _parse(name: str) -> _Source:
    """Parse a name of any known form; EncoderError if it has none of them."""
    open_clip = import_open_clip()
    if name.startswith(HUB_PREFIX) and name != HUB_PREFIX:
        return _Source(name)
    if name.startswith(LOCAL_PREFIX):
        folder = Path(name.removeprefix(LOCAL_PREFIX)).expanduser()
        if not folder.is_dir():
            raise EncoderError(f"there is no model folder {str(folder)!r}; check the path")
        return _Source(f"{LOCAL_PREFIX}{folder}")
    known = set(open_clip.list_models())
    model, tag = name.replace("/", "-"), ""
    if model not in known:
        before, _, tag = name.rpartition("/")
        model = before.replace("/", "-")
    if model in known:
        tags = open_clip.list_pretrained_tags_by_model(model)
        if not tag and tags:
            tag = "openai" if "openai" in tags else tags[0]
        if not open_clip.get_pretrained_cfg(model, tag):
            raise EncoderError(
                f"open_clip model {model!r} has no weights {tag!r}; it has "
                f"{', '.join(tags) or 'none'}; or use --encoders offline"
            )
        return _Source(model, tag)
    if Path(name).expanduser().is_dir():
        return _Source(f"{LOCAL_PREFIX}{Path(name).expanduser()}")
    raise EncoderError(
        f"unknown image encoder {name!r}; expected MODEL/PRETRAINED of open_clip (such as "
        "ViT-B-32/openai), hf-hub:ORG/NAME or an existing folder; or use --encoders offline"
    )


def _names_hub_tower(folder: Path) -> bool:
    """Whether a local model's text tower is described on the hub, as open_clip's HF towers are."""
    try:
        config = json.loads((folder / "open_clip_config.json").read_text(encoding="utf-8"))
        tower = config["model_cfg"]["text_cfg"].get("hf_model_name")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return bool(tower) and not Path(tower).is_dir()


def _load(source: _Source, device: str, precision: Precision) -> tuple[Any, Any, Any, Path]:
    """Load model, inference transform and tokeniser; say which checkpoint file was read."""
    open_clip = import_open_clip()
    # Before the model: its file shows at once whether the weights are available.
    checkpoint = _checkpoint(source)
    with _no_remote_code():
        model, transform = open_clip.create_model_from_pretrained(
            source.model,
            source.tag,
            precision=precision,
            device=device,
            pretrained_text=False,
            weights_only=True,
            **_activation(source),
        )
        if isinstance(getattr(model, "text", None), open_clip.hf_model.HFTextEncoder):
            # In bf16, open_clip leaves the embeddings of transformers' towers in float32 and not
            # the layers above them, which then refuse to multiply.
            model.text.float()
        return model.eval(), transform, open_clip.get_tokenizer(source.model), checkpoint


@contextlib.contextmanager
def _no_remote_code() -> Iterator[None]:
    """Refuse models that come with code.

    open_clip lets transformers ask at the terminal, and a model's own configuration give the answer
    for its tokeniser (``tokenizer_kwargs``).
    """
    from transformers import dynamic_module_utils as modules

    def refuse(*_args: Any, **_options: Any) -> NoReturn:
        raise ValueError("it comes with code of its own, which is not run")

    before = modules.TIME_OUT_REMOTE_CODE, modules.get_class_in_module
    modules.TIME_OUT_REMOTE_CODE, modules.get_class_in_module = 0, refuse
    try:
        yield
    finally:
        modules.TIME_OUT_REMOTE_CODE, modules.get_class_in_module = before


def _checkpoint(source: _Source) -> Path:
    from open_clip import pretrained
    from open_clip.factory import _find_checkpoint_in_dir

    if source.model.startswith(LOCAL_PREFIX):
        checkpoint = _find_checkpoint_in_dir(source.folder)
        if checkpoint is None:
            raise FileNotFoundError("no checkpoint in it")
        return Path(checkpoint)
    if source.model.startswith(HUB_PREFIX):
        return Path(pretrained.download_pretrained_from_hf(source.model.removeprefix(HUB_PREFIX)))
    config = pretrained.get_pretrained_cfg(source.model, source.tag)
    if not config.get("hf_hub"):
        _require_url_in_cache(config["url"])
    return Path(pretrained.download_pretrained(config))


def _require_url_in_cache(url: str) -> None:
    """In the cache-only attempt, keep open_clip from fetching weights that are no hub's."""
    from huggingface_hub import constants

    cached = Path("~/.cache/clip").expanduser() / url.rpartition("/")[2]
    if constants.HF_HUB_OFFLINE and not cached.is_file():
        raise FileNotFoundError(f"{cached} does not exist")


def _activation(source: _Source) -> dict[str, bool]:
    """Set QuickGELU as the weights were trained: open_clip 3 only warns where names disagree.

    ``ViT-B-32`` is configured with GELU, its ``openai`` weights were trained with QuickGELU.
    """
    open_clip = import_open_clip()
    if source.tag is None:
        return {}
    configured = open_clip.get_model_config(source.model).get("quick_gelu", False)
    trained = open_clip.get_pretrained_cfg(source.model, source.tag).get("quick_gelu", False)
    return {} if trained == configured else {"quick_gelu": trained}


def _dimension(model: Any, tokenizer: Any, device: str) -> int:
    import torch

    with torch.inference_mode():
        return int(model.encode_text(tokenizer(["a"]).to(device)).shape[-1])
