"""Options of an import of ready-made vectors."""

from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from mmrec_core.config import BuildConfig, make_config
from mmrec_core.errors import InputError
from mmrec_core.inputs.vector_files import VectorFiles

NOTE = "Made of ready-made vectors: {files}."


class VectorsConfig(BuildConfig):
    """Options of an import; ``images`` is the folder of pictures, or where the vectors lie.

    ``image_encoder`` and ``text_encoder`` name what made the vectors; None where that is not known.
    """

    kind: ClassVar[str] = "vectors"

    files: list[Path] = Field(description="image vectors: .npy or Parquet files, or one folder")
    text_vectors: list[Path] = Field(default_factory=list, description=".npy files")
    names: Path | None = Field(None, description="table with a row for each .npy vector")
    vector_column: str | None = Field(None, description="column of image vectors")
    text_vector_column: str | None = Field(None, description="column of text vectors")
    own_text_space: bool = Field(False, description="text vectors are not of the pictures' space")
    with_pictures: bool = Field(False, description="whether there is a folder of pictures")
    keep_map: bool = Field(True, description="take places on the plane that the files hold")

    @property
    def recipe_name(self) -> str:
        """What the manifest calls the recipe."""
        return "import, vectors"

    @property
    def vector_files(self) -> VectorFiles:
        """Where the vectors lie."""
        return VectorFiles(
            self.files, self.text_vectors, self.names, self.vector_column, self.text_vector_column
        )


def configure(
    files: list[Path], out: Path, *, images: Path | None = None, **options: Any
) -> VectorsConfig:
    """Check the options of an import.

    Parameters
    ----------
    files : list of Path
        See `mmrec_core.inputs.vector_files.VectorFiles`.
    out : Path
        Where the bundle goes.
    images : Path, optional
        A folder of pictures.
    **options
        Fields of `VectorsConfig`.

    Raises
    ------
    InputError
        If there are no vectors, a file is missing, or the bundle would replace one.
    OptionError
        If an option is wrong.
    """
    given = [*files, *options.get("text_vectors", [])]
    if not given:
        raise InputError("no vectors are given: name files, or text vectors by --text-vectors.")
    for path in [*given, *filter(None, [options.get("names")])]:
        if not path.exists():
            raise InputError(f"there is no {path}: check the path.")
        if path.resolve().is_relative_to(out.resolve()):
            raise InputError(f"{path} lies in {out}, which the import replaces: move one of them.")
    note = NOTE.format(files=", ".join(path.name for path in given))
    return make_config(
        VectorsConfig,
        files=files,
        out=out,
        images=images or given[0],
        with_pictures=images is not None,
        keep_map="map" not in options,
        notes=[note],
        **options,
    )
