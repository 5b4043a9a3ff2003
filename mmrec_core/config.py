"""The options of a build: one checked set, from the command line or a TOML file."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator

from mmrec_core.errors import InputError, OptionError, why_unreadable
from mmrec_core.remote import is_url, path_of_url


def _path(value: Any, check: Callable[[Any], Path]) -> Path:
    """Take URLs beside paths."""
    if is_url(value):
        return path_of_url(value)
    return value if hasattr(value, "fs") else check(value)


AnyPath = Annotated[Path, WrapValidator(_path)]
"""A path of this machine, or by a URL that fsspec understands; see `mmrec_core.remote`."""


class BuildConfig(BaseModel):
    """Options of a build; a TOML file has the same names, and paths relative to itself.

    ``kind`` names the entry of `mmrec_core.recipes.RECIPES` that builds by such options.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str] = "default"

    recipe: Literal["default"] = Field("default", description="how the bundle is made")
    images: AnyPath = Field(
        description="folder of images, searched with its subfolders, or of shards; or a URL"
    )
    out: Path = Field(description="where the bundle goes")
    captions: AnyPath | None = Field(None, description="CSV, TSV, JSON Lines or Parquet")
    pairs: Path | None = Field(None, description="CSV of judged pairs: query, candidate, target")
    twins: Path | None = Field(
        None, description="CSV of near-duplicates: image, other, target (1, or 0 for none)"
    )
    name: str | None = Field(None, description="the bundle's name; by default its folder's")
    image_column: str = Field("image", description="column of image names in the captions")
    text_column: str = Field("text", description="column of captions")
    label_column: str = Field("label", description="column of labels, if there is one")
    only_captioned: bool = Field(False, description="leave out images that no caption names")
    folder_labels: bool | None = Field(
        None, description="whether folders are labels; by default in SPLIT/CLASS/ without captions"
    )
    encoders: Literal["offline", "hub", "multilingual"] = Field(
        "hub", description="preset for both encoders"
    )
    image_encoder: str | None = Field(None, description="replaces the preset's image encoder")
    text_encoder: str | None = Field(None, description="replaces the preset's text encoder")
    text_pooling: Literal["mean", "cls"] = Field("mean", description="pooling of the BERT tokens")
    clusters: int | None = Field(None, ge=1, description="by default √(2 · images)")
    candidates: Literal["clusters", "exact"] = Field(
        "exact", description="images of the nearest clusters, or the nearest images"
    )
    nearest_clusters: int = Field(
        3, ge=1, le=1_000_000, description="clusters whose images are candidates"
    )
    exact_size: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="nearest images; by default as many as the clusters give on average",
    )
    map: Literal["umap", "pca"] = Field("umap", description="how the map is drawn")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="the one seed of the build")
    engine: Literal["local", "ray"] = Field(
        "local", description="where pictures and captions are read and embedded"
    )
    address: str | None = Field(None, description="of the Ray cluster; see `ray_cluster`")
    notes: list[str] = Field(default_factory=list, description="lines shown beside the figures")
    licence: str = Field("", description="licence of the images and captions")

    @property
    def recipe_name(self) -> str:
        """What the manifest calls the recipe."""
        return self.recipe


def read_toml(path: Path) -> dict[str, Any]:
    """Read options from a TOML file, with its paths relative to itself."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no configuration file {path}: check the path.") from None
    except (OSError, ValueError, RecursionError) as error:
        why = why_unreadable(error)
        raise InputError(f"{path} is not a readable TOML file ({why}): correct it.") from None
    for key in ("images", "out", "captions", "pairs", "twins"):
        if isinstance(values.get(key), str) and not is_url(values[key]):
            values[key] = path.parent / values[key]
    return values


C = TypeVar("C", bound=BuildConfig)


def make_config(kind: type[C] = BuildConfig, **values: Any) -> C:  # type: ignore[assignment]
    """Check the options; OptionError names the first that is wrong."""
    for name, value in values.items():
        text = str(value)
        if "\0" in text or text.encode("utf-8", "ignore").decode("utf-8") != text:
            raise OptionError(f"option {name!r} is {text!r}, which is not UTF-8: rename it.")
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = ", ".join(kind.model_fields)
        hint = f"; the options are {known}" if first["type"] == "extra_forbidden" else ""
        raise OptionError(f"option {where!r}: {first['msg']}{hint}.") from None
