"""Which layout pictures lie in."""

import posixpath
from pathlib import Path

from mmrec_core.errors import InputError
from mmrec_core.inputs.folder import FolderWalk
from mmrec_core.inputs.images import IMAGE_SUFFIXES
from mmrec_core.inputs.problem import Problem
from mmrec_core.inputs.sources.files import PictureFiles
from mmrec_core.inputs.sources.parquet_rows import PARQUET, ParquetRows, picture_column
from mmrec_core.inputs.sources.remote_files import RemoteFiles
from mmrec_core.inputs.sources.source import SaidColumns, Source
from mmrec_core.inputs.sources.tar_shards import TAR, TarShards
from mmrec_core.remote import is_remote

_COMPRESSED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")


def open_source(
    path: Path, columns: SaidColumns | None = None, folder_labels: bool | None = None
) -> Source:
    """Find out in which layout pictures lie, by what is there.

    Parameters
    ----------
    path : Path
        A folder of picture files or of shards, or one shard. Where a folder holds both, the
        picture files are taken. By a URL (`mmrec_core.remote`), a folder of picture files.
    columns : SaidColumns, optional
        Where texts and labels are, if the layout has columns.
    folder_labels : bool, optional
        Whether folders are labels; see `PictureFiles`.

    Raises
    ------
    InputError
        If there is nothing that can be read as pictures.

    Examples
    --------
    >>> from pathlib import Path
    >>> from mmrec_core.inputs.sources.detection import open_source
    >>> source = open_source(Path("artifacts/demo/thumbnails"))
    >>> len(list(source.items())), source.captioned
    (538, False)
    """
    columns = columns or SaidColumns()
    if is_remote(path):
        return RemoteFiles(path, columns, folder_labels)
    if not path.exists():
        raise InputError(f"there is no {path}: give the folder or the shard that holds the images")
    if path.is_file():
        return _of_shards(path.parent, [path.name], columns, path, [])
    shards: list[str] = []
    arrow = False
    walk = FolderWalk(path)
    for found in walk:
        suffix = posixpath.splitext(found)[1].lower()
        if suffix in IMAGE_SUFFIXES:
            return PictureFiles(path, columns, folder_labels)
        if suffix in (TAR, PARQUET) or found.lower().endswith(_COMPRESSED):
            shards.append(found)
        arrow |= suffix == ".arrow"
    if arrow and not shards:
        raise InputError(
            f"{path} holds Arrow files, as save_to_disk of datasets writes them: write the dataset "
            "with to_parquet and give that"
        )
    return _of_shards(path, sorted(shards), columns, path, walk.problems())


def _of_shards(
    root: Path, shards: list[str], columns: SaidColumns, given: Path, not_read: list[Problem]
) -> Source:
    tars = [name for name in shards if name.lower().endswith(TAR)]
    tables = [name for name in shards if name.lower().endswith(PARQUET)]
    if tars:
        return TarShards(root, tars, columns, not_read)
    if any(picture_column(root / name) for name in tables):
        return ParquetRows(root, tables, columns, not_read)
    if compressed := next((name for name in shards if name.lower().endswith(_COMPRESSED)), None):
        raise InputError(
            f"{root / compressed} is compressed, so that single pictures cannot be read from it: "
            "decompress it to .tar"
        )
    if given.is_file():
        raise InputError(
            f"{given} holds no pictures: give a folder of images, a .tar file, or a Parquet file "
            "with a column of pictures"
        )
    raise InputError(
        f"no images in {given} or its subfolders (looked for {', '.join(sorted(IMAGE_SUFFIXES))}, "
        ".tar and Parquet files with pictures): give the folder that holds them"
    )
