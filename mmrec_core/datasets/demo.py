"""The demo bundle's configuration."""

from pathlib import Path

from platformdirs import user_cache_path

from mmrec_core.config import BuildConfig, make_config
from mmrec_core.datasets.stamps import (
    STAMPS_LICENCE,
    STAMPS_NOTE,
    find_stamps,
    write_demo_inputs,
)

ENCODER_NOTE = (
    "The demo's encoders are small and work without network: the CLIP column is EfficientNet-Lite2 "
    "and two sentence encoders joined by projections fitted on these captions, not OpenAI's CLIP. "
    "Both columns read English best, Russian and 14 more languages less well."
)


def demo_config(out: Path, encoders: str = "offline") -> BuildConfig:
    """Fetch the stamps if need be, write their captions file, and say how to build from them.

    ``encoders`` is a preset; OptionError if there is none of that name.
    """
    stamps = find_stamps()
    inputs = user_cache_path("mmrec", ensure_exists=True) / "demo"
    inputs.mkdir(exist_ok=True)
    return make_config(
        images=stamps,
        captions=write_demo_inputs(stamps, inputs),
        only_captioned=True,
        encoders=encoders,
        name="Tux Paint stamps",
        notes=[STAMPS_NOTE, ENCODER_NOTE] if encoders == "offline" else [STAMPS_NOTE],
        licence=STAMPS_LICENCE,
        out=out,
    )
