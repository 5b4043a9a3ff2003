"""What lies beside the images in every format: clusters, recommendations and what was judged."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mmrec_core.exporting.images import Export, lists, stamped
from mmrec_core.preferences.interleaving_store import Interleavings
from mmrec_core.preferences.store import Preferences
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.places import verdict_place
from mmrec_core.verdicts.store import VerdictStore

CLUSTERS = "clusters.parquet"
RECOMMENDATIONS = "recommendations.parquet"
VERDICTS, PREFERENCES, INTERLEAVED = JUDGED = (
    "verdicts.parquet",
    "preferences.parquet",
    "interleaved.parquet",
)
_QUERIES_A_BATCH = 256
_RECOMMENDED = pa.schema(
    [
        ("query", pa.string()),
        ("rank", pa.int32()),
        ("image", pa.string()),
        ("ranker", pa.string()),
        ("score", pa.float32()),
        ("probability", pa.float32()),
    ]
)


def write_side_tables(export: Export, folder: Path) -> None:
    """Write the clusters, and recommendations and judgements where there are some to write."""
    _write_clusters(export, folder / CLUSTERS)
    if export.results:
        schema = stamped(_RECOMMENDED, export.bundle)
        with pq.ParquetWriter(folder / RECOMMENDATIONS, schema, compression="zstd") as writer:
            for batch in _recommendations(export):
                writer.write_table(batch.cast(schema))
    kept = verdict_place(export.bundle.path)
    judged = (VerdictStore(kept).verdicts(), Preferences(kept).all(), Interleavings(kept).all())
    for name, given in zip(JUDGED, judged, strict=True):
        if len(given):
            table = pa.Table.from_pandas(given, preserve_index=False)
            table = table.replace_schema_metadata(stamped(table.schema, export.bundle).metadata)
            pq.write_table(table, folder / name, compression="zstd")


def _write_clusters(export: Export, path: Path) -> None:
    bundle = export.bundle
    centroids = np.asarray(bundle.centroids)
    columns = {
        "cluster": pa.array(np.arange(len(centroids), dtype=np.int32)),
        "images": pa.array(bundle.cluster_sizes),
        "words": pa.array(bundle.cluster_words["text"], pa.list_(pa.string())),
        "centroid": lists(centroids, np.ones(len(centroids), dtype=bool)),
    }
    table = pa.table(columns)
    table = table.replace_schema_metadata(stamped(table.schema, bundle).metadata)
    pq.write_table(table, path, compression="zstd")


def _recommendations(export: Export) -> Iterator[pa.Table]:
    """Yield the first results of every image, by the ranker that answers it by default."""
    bundle, recommender = export.bundle, Recommender(export.bundle)
    rows: list[tuple[str, int, str, str, float, float | None]] = []
    for row in range(len(bundle.items)):
        name = bundle.image(row)
        scored = recommender.score(Query(name))
        ranked = recommender.ordered(scored)
        scores, probability = scored.scores[ranked.ranker], ranked.probability
        for rank, place in enumerate(ranked.order[: export.results], start=1):
            image = bundle.image(int(scored.candidates[place]))
            likely = None if probability is None else float(probability[place])
            rows.append((name, rank, image, ranked.ranker, float(scores[place]), likely))
        if (row + 1) % _QUERIES_A_BATCH == 0 or row + 1 == len(bundle.items):
            columns = zip(*rows, strict=True) if rows else [()] * len(_RECOMMENDED)
            yield pa.table([list(column) for column in columns], schema=_RECOMMENDED)
            rows = []
        export.advance("recommendations", 1)
