"""Where and how precisely models run, and how images are made ready for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

Precision = Literal["fp32", "bf16"]

CPU_BATCH = 16
GPU_BATCH = 256
# No picture is longer: resizing a strip of 65,000 x 1 by its short side would ask for 10 GB.
LONGEST_ASPECT = 32


def pick_device(device: str | None) -> str:
    """Return the device given, else ``cuda`` where there is a GPU, else ``cpu``."""
    import torch

    return device or ("cuda" if torch.cuda.is_available() else "cpu")


def pick_precision(device: str, built_with: Precision | None = None) -> Precision:
    """Return ``bf16`` where the hardware multiplies bfloat16 natively, else ``fp32``.

    What is compared with vectors of float32 weights stays ``fp32``.

    bfloat16 weights encode twice as fast on such CPUs (cosine to float32 0.99995 for ViT-B-32);
    emulated they are slower.
    """
    import torch

    if built_with == "fp32":
        return "fp32"
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    native = any(getattr(torch.cpu, check, bool)() for check in checks)
    return "bf16" if device == "cpu" and native else "fp32"


def batch_size(device: str) -> int:
    """Return how many images or texts go through a model at once."""
    return GPU_BATCH if device.startswith("cuda") else CPU_BATCH


def prepare_images(
    images: Sequence[Image], transform: Callable[[Image], torch.Tensor]
) -> torch.Tensor:
    """Apply a model's inference transform to images, on torch's threads, and stack the results.

    Parameters
    ----------
    images
        At least one RGB image; of one longer than 32:1 the middle is taken.
    transform
        From an image to a float32 tensor of shape (3, height, width).

    Returns
    -------
    Tensor of float32, shape (n, 3, height, width)
    """
    import torch

    def prepare(image: Image) -> torch.Tensor:
        return transform(_middle(image))

    threads = min(16, len(images), torch.get_num_threads())
    if threads == 1:
        return torch.stack([prepare(image) for image in images])
    with ThreadPoolExecutor(threads) as pool:
        return torch.stack(list(pool.map(prepare, images)))


def _middle(image: Image) -> Image:
    width, height = image.size
    keep = min(width, height) * LONGEST_ASPECT
    if max(width, height) <= keep:
        return image
    left, top = max(0, (width - keep) // 2), max(0, (height - keep) // 2)
    return image.crop((left, top, left + min(width, keep), top + min(height, keep)))
