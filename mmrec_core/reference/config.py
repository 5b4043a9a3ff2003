"""Options of a build by the reference's recipe, and of an import of the reference's files."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from mmrec_core.config import BuildConfig
from mmrec_core.reference.faults import FAULTS


class ReferenceConfig(BuildConfig):
    """Options of a build by the reference's recipe."""

    kind: ClassVar[str] = "reference"

    recipe: Literal["reference"] = Field(  # type: ignore[assignment]
        "reference", description="the reference pipeline, faults included"
    )
    candidates: Literal["clusters", "exact"] = Field(
        "clusters", description="images of the nearest clusters, or the nearest images"
    )
    without: list[Literal[FAULTS]] = Field(  # type: ignore[valid-type]
        default_factory=list, description="faults that the recipe leaves out"
    )
    trees: int = Field(2000, ge=1, description="most trees of the reference's ranker")


class ImportConfig(ReferenceConfig):
    """Options of an import of the reference's files; ``images`` is the folder of photographs.

    ``recipe`` makes what the files lack.
    """

    kind: ClassVar[str] = "import"

    recipe: Literal["default", "reference"] = Field(  # type: ignore[assignment]
        "default", description="reference: the reference pipeline, faults included"
    )
    source: Path = Field(description="folder of the reference's files")
    refit_clusters: bool = Field(False, description="fit clusters anew where the files have some")
    use_ranker: bool = Field(False, description="keep the reference's trained ranker")
    encode_captions: bool = Field(False, description="give captions their CLIP vectors")

    @property
    def recipe_name(self) -> str:
        """What the manifest calls the recipe."""
        return "import" if self.recipe == "default" else f"import, {self.recipe}"
