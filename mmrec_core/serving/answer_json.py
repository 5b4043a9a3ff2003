"""Recommendations and bundles as JSON: one stable form for command line and HTTP interface."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmrec_core.bundle import Bundle
    from mmrec_core.serving.answers import Recommendation


def recommendation_as_json(
    answer: Recommendation, file: str | None = None, parts: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return a recommendation in its stable form; fields may be added, never taken away.

    Parameters
    ----------
    answer : Recommendation
    file : str, optional
        The query's file, where it is no image of the bundle.
    parts : sequence of dict, optional
        What adds up to the score of each result, of `mmrec_core.serving.parts_json`.
    """
    explained = [{"parts": each} for each in parts] or [{} for _ in answer.results]
    return finite(
        {
            "query": {
                "image": answer.query.image or file,
                "text": answer.query.text,
                "cluster": answer.query.cluster,
            },
            "ranker": answer.ranker,
            "results": [
                {
                    "rank": result.rank,
                    "index": result.index,
                    "image": result.image,
                    "text": result.text,
                    "cluster": result.cluster,
                    "score": result.score,
                    "probability": result.probability,
                    "relevance": result.relevance,
                    "features": result.features,
                    "percentiles": result.percentiles,
                    "contributions": asdict(result.contributions),
                    "duplicates": result.duplicates,
                    **more,
                }
                for result, more in zip(answer.results, explained, strict=True)
            ],
            "threshold": answer.threshold,
            "end_of_relevance": answer.end_of_relevance,
            "candidates": {
                "size": len(answer.candidates),
                "clusters": [asdict(cluster) for cluster in answer.clusters],
            },
            "timings_ms": answer.timings_ms,
        }
    )


def bundle_as_json(bundle: Bundle) -> dict[str, Any]:
    """Return what a bundle is: name, digest, counts, encoders, recipe, notes, licence."""
    content = bundle.manifest.model_dump(exclude={"files", "schema_version", "build"})
    return {"name": bundle.name, "digest": bundle.digest, **content}


def finite(value: Any) -> Any:
    """Return a JSON value with null for numbers that JSON cannot write: NaN and infinities."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
