"""What the reference repository publishes, where, and the names it has once it is here."""

from dataclasses import dataclass

DISK_API = "https://cloud-api.yandex.net/v1/disk/public"
REPOSITORY = "https://github.com/mishafoniakov/multimodal_recommendation/raw/HEAD"

GB = 10**9

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")


@dataclass(frozen=True)
class DiskLink:
    """A public link of Yandex Disk: a file or a folder."""

    url: str


@dataclass(frozen=True)
class RepositoryFile:
    """A file of the reference repository on GitHub."""

    path: str


@dataclass(frozen=True)
class Source:
    """One thing that is published.

    Parameters
    ----------
    part : str
        What ``--only`` calls it.
    place : str
        Where it lands, relative to the folder of the fetch.
    published : DiskLink or RepositoryFile
        Where it is.
    suffixes : tuple of str
        What the names of wanted files end on: others in the same folder or archive are left out.
    most_bytes : int
        A size, in bytes, that it cannot sensibly exceed, all files together.
    most_files : int
        More than 1 where `place` is a folder.
    """

    part: str
    place: str
    published: DiskLink | RepositoryFile
    suffixes: tuple[str, ...]
    most_bytes: int
    most_files: int = 1


def _disk(key: str) -> DiskLink:
    return DiskLink(f"https://disk.yandex.ru/d/{key}")


def _in_repository(part: str, path: str) -> Source:
    name = path.rsplit("/", 1)[-1]
    return Source(part, name, RepositoryFile(path), (name[name.rindex(".") :],), GB)


SOURCES = (
    _in_repository("texts", "step_1/01_image_text_dataset.json"),
    _in_repository("pairs", "step_1/01_img_data.csv"),
    _in_repository("pairs", "step_1/01_text_data.csv"),
    _in_repository("ranker", "step_3/03_catboost_model.bin"),
    _in_repository("candidates", "step_2/02_nearest_clusters.json"),
    Source("candidates", "02_nearest_clusters.csv", _disk("kJpqsozauypL-g"), (".csv",), 50 * GB),
    Source("vectors", "clip_bert.json", _disk("zBu38Dzt0c1_HA"), (".json", ".jsonl"), 20 * GB),
    Source("images", "Dataset", _disk("3owCpPC5nd3BAQ"), IMAGE_SUFFIXES, 200 * GB, 500_000),
    Source("training", "03_learning_pipeline.csv", _disk("j-shokV1xPW1-w"), (".csv",), 50 * GB),
    _in_repository("results", "step_4/04_image_model_candidates_5.json"),
    _in_repository("results", "step_4/04_image_model_candidates_5_clip_cossim.json"),
    _in_repository("results", "step_4/04_image_model_candidates_5_bert_cossim.json"),
)

PARTS = ("images", "texts", "vectors", "pairs", "candidates", "ranker")
OPTIONAL_PARTS = ("training", "results")  # no import needs them: fetched when they are named
