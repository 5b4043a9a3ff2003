"""From the names that a user gives to encoders."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from mmrec_core.encoders.base import ImageTextEncoder, Pooling, TextEncoder
from mmrec_core.encoders.device import Precision
from mmrec_core.errors import EncoderError

if TYPE_CHECKING:
    from mmrec_core.encoders.offline import OfflineEncoder
    from mmrec_core.encoders.offline_text import OfflineTextEncoder

# Name of the preset: its image-and-text encoder, its text encoder. "hub" has the reference's;
# "multilingual" is for captions and queries in other languages than English. Its CLIP has an
# XLM-RoBERTa text tower, trained on the multilingual LAION-5B (Schuhmann et al. 2022,
# https://arxiv.org/abs/2210.08402), and its text model was distilled to give translations like
# vectors (Reimers and Gurevych 2020, https://arxiv.org/abs/2004.09813), while the mean over BERT's
# tokens was trained for no similarity at all.
PRESETS: dict[str, tuple[str, str]] = {
    "offline": ("offline", "offline"),
    "hub": ("ViT-B-32/openai", "bert-base-multilingual-cased"),
    "multilingual": (
        "xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
    ),
}


def load_image_text_encoder(
    name: str,
    *,
    projection_dir: Path | None = None,
    device: str | None = None,
    built_with: Precision | None = None,
) -> ImageTextEncoder:
    """Load an image-and-text encoder.

    Parameters
    ----------
    name
        ``offline``, or any form that `OpenClipEncoder` takes.
    projection_dir
        Folder of the bundle's projections, for ``offline`` only; without it that encoder gives
        features and can be fitted, but cannot encode.
    device
        A torch device; by default the GPU where there is one.
    built_with
        The precision that made the vectors to compare with; see `OpenClipEncoder`.

    Returns
    -------
    ImageTextEncoder
        `OfflineEncoder` or `OpenClipEncoder`.

    Raises
    ------
    EncoderError
        If the model is unknown or not available.
    BundleError
        If the projections are missing or damaged.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.encoders import load_image_text_encoder
    >>> from mmrec_core.inputs.images import decode
    >>> fitted = Path("artifacts/demo/encoder")
    >>> clip = load_image_text_encoder("offline", projection_dir=fitted)
    >>> picture = decode(open_bundle("artifacts/demo").thumbnail_path(0))
    >>> clip.encode_images([picture]).shape == (1, clip.spec.dimension)
    True
    """
    _check_installed()
    if name == "offline":
        from mmrec_core.encoders.projection import Projection

        projection = Projection.load(projection_dir) if projection_dir else None
        encoder = _offline(device)
        return encoder.with_projection(projection) if projection else encoder
    from mmrec_core.encoders.open_clip_encoder import OpenClipEncoder

    return OpenClipEncoder(name, device=device, built_with=built_with)


def load_text_encoder(
    name: str, *, pooling: str = "mean", device: str | None = None
) -> TextEncoder:
    """Load a text encoder.

    Parameters
    ----------
    name
        ``offline``, a hub name such as ``bert-base-multilingual-cased``, or a folder.
    pooling
        ``mean`` or ``cls``.
    device
        A torch device; by default the GPU where there is one.

    Returns
    -------
    TextEncoder

    Raises
    ------
    EncoderError
        If the pooling or the model is unknown, or the model is not available.

    Examples
    --------
    >>> from mmrec_core.encoders import load_text_encoder
    >>> bert = load_text_encoder("offline")
    >>> bert.encode_texts(["A red apple.", "A green apple."]).shape
    (2, 896)
    """
    if pooling not in get_args(Pooling):
        raise EncoderError(
            f"unknown pooling {pooling!r}; expected {' or '.join(get_args(Pooling))}"
        )
    _check_installed()
    known = cast(Pooling, pooling)
    if name == "offline":
        return _offline_text(known, device)
    from mmrec_core.encoders.transformers_encoder import TransformersTextEncoder

    return TransformersTextEncoder(name, pooling=known, device=device)


@cache
def _offline(device: str | None) -> OfflineEncoder:
    """Load the offline encoder once: the stages of a build, and bundles, share its towers."""
    from mmrec_core.encoders.offline import OfflineEncoder

    return OfflineEncoder(device=device)


@cache
def _offline_text(pooling: Pooling, device: str | None) -> OfflineTextEncoder:
    from mmrec_core.encoders.offline_text import OfflineTextEncoder

    return OfflineTextEncoder(pooling=pooling, device=device)


def _check_installed() -> None:
    if find_spec("torch") is None:
        raise EncoderError(
            "no encoder is installed here, since torch is missing: `pip install mmrec` installs it"
        )
