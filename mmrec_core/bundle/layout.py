"""What lies where in a bundle: one frozen description that writing, reading and verifying share."""

from dataclasses import dataclass

SCHEMA_VERSION = 4

MANIFEST = "manifest.json"
STAGES = "stages.json"
TIMINGS = "timings.json"  # differs from run to run, so no checksum covers it
CATALOGUE = "catalogue.parquet"
REPORT = "report.json"
CLIP_IMAGE = "embeddings/clip_image.npy"
CLIP_TEXT = "embeddings/clip_text.npy"
BERT_TEXT = "embeddings/bert_text.npy"
CENTROIDS = "clusters/centroids.npy"
CLUSTER_OF = "clusters/assignment.npy"
WORDS = "clusters/words.json"
NEIGHBOURS = "neighbours.npy"
PICTURES = "features/pictures.npy"
CAPTIONS = "features/captions.npy"
MAP = "map.npy"
LEVEL_POINTS = "map-levels/points.npy"
LEVEL_ROWS = "map-levels/rows.npy"
PAIRS = "pairs.parquet"
LEARNED = tuple(
    f"learned/{part}.npy" for part in ("mean", "weights", "shares", "moments", "near_judged")
)
RANKER_MODEL = "ranker/model.cbm"
RANKER = "ranker/ranker.json"
CROSS_FIT = "cross-fit"
CROSS_FIT_PAIRS = f"{CROSS_FIT}/pairs.parquet"
METRICS = "metrics.json"
PROJECTION = "encoder"
SOURCE = "source.json"
PUBLISHED = "ranker/published.cbm"
REFERENCE_LABELS = "reference/clusters.npy"
REFERENCE_NEAREST = "reference/nearest_clusters.npy"
REFERENCE_RANKER = "reference/ranker.cbm"
REFERENCE = "reference/recipe.json"
STORY = "story.json"
GROWTH = "growth.json"
PROJECTION_FILES = tuple(
    f"{PROJECTION}/{side}_{part}.npy" for side in ("image", "text") for part in ("weight", "bias")
)
THUMBNAILS = "thumbnails"
UNIT = tuple(f"unit/{name}.npy" for name in ("clip_image", "clip_text", "bert_text", "lengths"))
PREPARED = "prepared"
STORE = "store.json"  # where vectors lie, not what they are: no checksum covers it
STORED_INSIDE = "vectors.lance"  # a database in the bundle's own folder

STORED_NEIGHBOURS = 21  # length of a neighbour list on disk


@dataclass(frozen=True)
class ArrayFile:
    """One ``.npy`` file: its kind of number, and its shape in the manifest's counts.

    ``rows`` and ``columns`` name a count, or are a number; ``None`` leaves the axis free.
    """

    path: str
    dtype: str
    rows: str
    columns: int | None
    ndim: int = 2


ARRAYS = (
    ArrayFile(CLIP_IMAGE, "float32", "images", None),
    ArrayFile(CLIP_TEXT, "float32", "images", None),
    ArrayFile(BERT_TEXT, "float32", "images", None),
    ArrayFile(CENTROIDS, "float32", "clusters", None),
    ArrayFile(CLUSTER_OF, "int32", "images", None, ndim=1),
    ArrayFile(NEIGHBOURS, "int32", "images", None, ndim=3),
    ArrayFile(MAP, "float32", "images", 2),
)

REQUIRED = (CATALOGUE, REPORT, METRICS, PAIRS, WORDS, *(array.path for array in ARRAYS))


def fold_ranker(fold: int) -> tuple[str, str]:
    """Return the paths of the model and the settings of the ranker that never met a fold."""
    return f"{CROSS_FIT}/{fold}.cbm", f"{CROSS_FIT}/{fold}.json"


def thumbnail_name(row: int) -> str:
    """Return the bundle-relative path of the thumbnail of the image first listed as ``row``."""
    return f"{THUMBNAILS}/{row // 1000:04d}/{row:07d}.webp"
