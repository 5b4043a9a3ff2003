"""The figures of every held-out query in each build of a bundle, kept beside its verdicts.

A bundle that is built anew replaces the one before, so its figures are kept where verdicts are: any
query set can then be followed over the builds, also one that is made later.
"""

import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from mmrec_core.bundle import Bundle, layout, open_bundle
from mmrec_core.errors import MmrecError, VerdictError
from mmrec_core.evaluation.query_figures import (
    NDCG,
    RECALL,
    RECALL_AT,
    RECIPROCAL_RANK,
    query_figures,
)
from mmrec_core.evaluation.scored_pairs import rankers_of, scored_pairs
from mmrec_core.serving.recommender import Recommender
from mmrec_core.verdicts.database import now, reading, writing
from mmrec_core.verdicts.places import Place, verdict_place

_SINCE = 5  # version of the schema
MOST = 100
"""Builds whose figures are kept: of more, the oldest are dropped."""

METRICS: Mapping[str, str] = {"ndcg@5": NDCG, "mrr": RECIPROCAL_RANK, "recall@5": RECALL_AT}
"""Metrics that are followed, with the end of their columns."""


@dataclass(frozen=True, eq=False)
class RecordedBuild:
    """One build with its queries' figures.

    Attributes
    ----------
    digest : str
    built : str
        When, UTC, in ISO 8601.
    figures : DataFrame
        One row a held-out query: ``image`` (name), ``candidate_recall`` and for each ranker
        ``{ranker}_ndcg`` (nDCG@5), ``{ranker}_rr``, ``{ranker}_recall`` (recall@5), float32, as
        `mmrec_core.evaluation.query_figures.query_figures` gives them.
    """

    digest: str
    built: str
    figures: pd.DataFrame

    @property
    def rankers(self) -> tuple[str, ...]:
        """The rankers of this build."""
        end = f"_{NDCG}"
        names = map(str, self.figures.columns)
        return tuple(name.removesuffix(end) for name in names if name.endswith(end))


class BuildRecords:
    """The recorded builds of one bundle, in the file of its verdicts.

    Every method raises VerdictError where the file cannot be read or written.
    """

    def __init__(self, path: Place):
        self.path = path

    def has(self, digest: str) -> bool:
        """Return whether a build is recorded."""
        with reading(self.path, _SINCE) as connection:
            if connection is None:
                return False
            found = connection.execute("SELECT 1 FROM builds WHERE digest = ?", (digest,))
            return found.fetchone() is not None

    def record(self, build: RecordedBuild) -> None:
        """Keep the figures of a build; one that is there stays as it is."""
        file = io.BytesIO()
        build.figures.to_parquet(file, index=False, compression="zstd")
        with writing(self.path) as connection:
            connection.execute(
                "INSERT INTO builds VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (build.digest, build.built, file.getvalue(), now()),
            )
            connection.execute(
                "DELETE FROM builds WHERE digest NOT IN "
                "(SELECT digest FROM builds ORDER BY built DESC, time DESC LIMIT ?)",
                (MOST,),
            )

    def newest(self, n: int = MOST) -> list[RecordedBuild]:
        """Return the n newest builds, the oldest of them first."""
        question = (
            "SELECT digest, built, figures FROM builds ORDER BY built DESC, time DESC LIMIT ?"
        )
        with reading(self.path, _SINCE) as connection:
            rows = connection.execute(question, (n,)).fetchall() if connection else []
        return [
            RecordedBuild(digest, built, _read(self.path, figures))
            for digest, built, figures in reversed(rows)
        ]


def recorded_build(recommender: Recommender, scored: pd.DataFrame) -> RecordedBuild:
    """Return the figures of a bundle to record.

    Parameters
    ----------
    recommender : Recommender
        Of the bundle.
    scored : DataFrame
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives.
    """
    table = query_figures(recommender, scored)
    columns = [f"{name}_{end}" for name in rankers_of(scored) for end in METRICS.values()]
    figures = table[[RECALL, *columns]].astype(np.float32)
    figures.insert(0, "image", table["image"])
    return RecordedBuild(recommender.bundle.digest, built_at(recommender.bundle), figures)


def record_if_possible(
    folder: Path, recommender: Recommender | None = None, scored: pd.DataFrame | None = None
) -> None:
    """Record a bundle's build where it can be: a failure is nobody's concern here.

    Parameters
    ----------
    folder : Path
        The bundle's.
    recommender : Recommender, optional
        Of the bundle, where it is open already.
    scored : DataFrame, optional
        What `mmrec_core.evaluation.scored_pairs.scored_pairs` gives, where that is known.
    """
    with suppress(MmrecError, OSError):
        found = recommender or Recommender(open_bundle(folder))
        records = BuildRecords(verdict_place(folder))
        if records.has(found.bundle.digest):
            return
        pairs = scored_pairs(found) if scored is None else scored
        if len(pairs):
            records.record(recorded_build(found, pairs))


def built_at(bundle: Bundle) -> str:
    """Return when a bundle was built, UTC: the time of its manifest's file."""
    seconds = (bundle.path / layout.MANIFEST).stat().st_mtime
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _read(place: Place, figures: bytes) -> pd.DataFrame:
    try:
        return pd.read_parquet(io.BytesIO(figures))
    except (pa.ArrowException, ValueError, TypeError, OSError):
        raise VerdictError(
            f"the figures of a build in {place} are damaged: put a copy of the file back."
        ) from None
