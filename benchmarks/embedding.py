"""How near a build's encoding of pictures is to the bare model: ``python -m benchmarks.embedding``.

    python -m benchmarks.embedding [--encoder offline|vit-b-32] [--images 64] [--rounds 5]

Made JPEGs of three sizes are encoded as a build does it. In the same rounds run: the bare model on
batches that are ready, one batch after the other on all threads and a batch a thread; and reading,
decoding and resizing alone. ViT-B-32 has random weights. The hardware's limit is that both share
the cores: one over the sum of the seconds that each takes for a picture. Where no other work takes
the cores, pictures a second are to be believed; where some does, those a second of processor time,
of which a thread that waits for another one by turning takes as much as one that works.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import write_files
from mmrec_core.building.picture_reading import PlacedPictures
from mmrec_core.building.stages import pictures, thumbnails
from mmrec_core.building.workspace import Workspace
from mmrec_core.config import make_config
from mmrec_core.distributed.threads import as_done, one_thread_a_model
from mmrec_core.encoders import load_image_text_encoder
from mmrec_core.encoders.device import batch_size, pick_device, prepare_images
from mmrec_core.encoders.torchvision_ops import import_open_clip
from mmrec_core.files import write_table
from mmrec_core.inputs.sources.reading import PictureReader
from mmrec_core.inputs.sources.source import Place

SIZES = ((640, 480), (1600, 1200), (4032, 3024))
ENCODERS = ("offline", "vit-b-32")
DIFFERENT = 4
WAYS = (
    "model, one batch on all threads",
    "model, a batch a thread",
    "read, decode, resize",
    "limit",
    "a build",
    "a build / limit",
    "a build / model, one batch on all threads",
)


class Rate(NamedTuple):
    """Pictures a second, and a second of all cores' processor time."""

    wall: float
    cpu: float


def write_model(folder: Path) -> Path:
    """Write ViT-B-32 with random weights as a folder that an encoder is loaded from."""
    open_clip = import_open_clip()
    torch.manual_seed(0)
    config = {"model_cfg": open_clip.get_model_config("ViT-B-32"), "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    model = open_clip.CLIP(**config["model_cfg"])
    torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
    return folder


def write_pictures(folder: Path, size: tuple[int, int], count: int) -> list[str]:
    """Write JPEGs with as much detail at each scale as photographs; return their names."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    names = [f"{number:06d}.jpg" for number in range(count)]
    for number, name in enumerate(names):
        if number >= DIFFERENT:
            os.link(folder / names[number % DIFFERENT], folder / name)
            continue
        pixels = np.full((size[1], size[0], 3), 128, dtype=np.float32)
        for scale in range(2, 10):
            for channel in range(3):
                coarse = rng.normal(0, 80 / scale, (2**scale, 2**scale)).astype(np.float32)
                pixels[..., channel] += np.asarray(Image.fromarray(coarse).resize(size))
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        picture.save(folder / name, quality=90)
    return names


def bare(encoder: Any) -> tuple[Callable[[torch.Tensor], Any], Any, int]:
    """Return an encoder's model, its transform, and how many pictures a thread gives it at once."""
    if hasattr(encoder, "fit"):
        tower = encoder._images
        forward = lambda batch: tower._model(batch.contiguous(memory_format=torch.channels_last))  # noqa: E731
        return forward, tower._transform, 2
    dtype = torch.bfloat16 if encoder.precision == "bf16" else torch.float32
    forward = lambda batch: encoder.model.encode_image(batch.to(dtype))  # noqa: E731
    return forward, encoder.transform, batch_size(encoder.device)


def timed(work: Callable[[], Any], count: int) -> Rate:
    wall, cpu = perf_counter(), process_time()
    work()
    cores = torch.get_num_threads()
    return Rate(count / (perf_counter() - wall), cores * count / (process_time() - cpu))


def on_threads(function: Callable[[Any], Any], items: Iterable[Any]) -> None:
    with one_thread_a_model() as threads:
        for _ in as_done(function, items, threads):
            pass


def measured(encoder: Any, work: Workspace, places: list[Place], rounds: int) -> dict[str, Rate]:
    """Return the medians of all rates over rounds, and of the ratios within each."""
    forward, transform, few = bare(encoder)
    device, count, side = pick_device(None), len(places), encoder.picture_side
    reader, encode = PictureReader(work.config.images), pictures.picture_encoder(work.config)
    size = batch_size(device)
    shape = transform(Image.new("RGB", (side, side))).shape
    ready = torch.randn(size, *shape, device=device)

    def model(batch: torch.Tensor) -> Any:
        with torch.inference_mode():
            return forward(batch).float().cpu()

    def batches() -> list[torch.Tensor]:
        return [ready[: count - start] for start in range(0, count, size)]

    def alone() -> None:
        for batch in batches():
            model(batch)

    def decoded(some: list[Place]) -> Any:
        return prepare_images(PlacedPictures(reader, some, side), transform)

    def chunks() -> list[list[Place]]:
        return [places[start : start + size] for start in range(0, count, size)]

    model(ready)
    found: dict[str, list[Rate]] = {way: [] for way in WAYS}
    for number in range(rounds):
        whole = timed(alone, count)
        each = timed(
            lambda: on_threads(lambda batch: [model(part) for part in batch.split(few)], batches()),
            count,
        )
        decoding = timed(lambda: on_threads(decoded, chunks()), count)
        built = timed(
            lambda name=f"round {number}": work.in_chunks(name, places, encode, "images", size),
            count,
        )
        limit = Rate(*(1 / (1 / a + 1 / b) for a, b in zip(each, decoding, strict=True)))
        of_limit, of_whole = (
            Rate(*(a / b for a, b in zip(built, other, strict=True))) for other in (limit, whole)
        )
        for way, rate in zip(
            WAYS, (whole, each, decoding, limit, built, of_limit, of_whole), strict=True
        ):
            found[way].append(rate)
    return {
        way: Rate(median(r.wall for r in rates), median(r.cpu for r in rates))
        for way, rates in found.items()
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", choices=ENCODERS, default="offline")
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        root, name = Path(made), given.encoder
        if name != "offline":
            (root / "model").mkdir()
            name = str(write_model(root / "model"))
        encoder = load_image_text_encoder(name)
        precision = getattr(encoder, "precision", "fp32")
        print(
            f"{given.encoder}, {precision}, on {pick_device(None)} with {torch.get_num_threads()} "
            f"threads; medians of {given.rounds} rounds of {given.images} pictures"
        )
        for size in SIZES:
            folder = root / "x".join(map(str, size))
            names = write_pictures(folder, size, given.images)
            places = [Place(name) for name in names]
            out = folder.with_suffix(".out")
            config = make_config(images=folder, encoders="offline", image_encoder=name, out=out)
            work = Workspace(config)
            rates = measured(encoder, work.of(pictures.STAGE), places, given.rounds)
            write_files(work.path / scratch.PICTURE_FILES, folder, names)
            write_table(work.path / scratch.LISTED, _listed(names))
            made_thumbnails = timed(
                lambda work=work: thumbnails.STAGE.run(work.of(thumbnails.STAGE)), given.images
            )
            bytes_each = sum((folder / name).stat().st_size for name in names) / len(names)
            print(f"\n{size[0]} × {size[1]}, {bytes_each / 1e3:.0f} kB")
            print(f"| {'pictures a second':42} | by the clock | of processor time × cores |")
            print(f"|{'-' * 44}|---:|---:|")
            for way, rate in (rates | {"thumbnails, before it": made_thumbnails}).items():
                print(f"| {way:42} | {rate.wall:.2f} | {rate.cpu:.2f} |", flush=True)


def _listed(names: list[str]) -> Any:
    import pandas as pd

    return pd.DataFrame({"image": names})


if __name__ == "__main__":
    main()
