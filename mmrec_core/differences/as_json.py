"""What `differences` gives, as JSON: a stable form, to which fields may be added."""

from dataclasses import asdict
from typing import Any

from mmrec_core.bundle import Bundle
from mmrec_core.differences.compare import Differences
from mmrec_core.differences.queries import both_ends
from mmrec_core.differences.text import warnings


def differences_as_json(compared: Differences, top: int) -> dict[str, Any]:
    """Return the comparison with the ``top`` queries that moved most, and those of each end."""
    matching = compared.matching
    slices = compared.slices
    worse, better = both_ends(compared.queries)
    return {
        "a": _bundle(compared.a),
        "b": _bundle(compared.b),
        "images": {
            "both": matching.images,
            "only_a": matching.only_a,
            "only_b": matching.only_b,
            "redrawn": matching.redrawn,
        },
        "queries": {
            "both": len(matching.queries),
            "only_a": matching.queries_only_a,
            "only_b": matching.queries_only_b,
            "with_relevant": compared.queries_with_relevant,
        },
        "relevance": compared.relevance,
        "candidates": asdict(compared.pools),
        "rankers": {
            "both": list(compared.rankers),
            "only_a": list(compared.rankers_only_a),
            "only_b": list(compared.rankers_only_b),
        },
        "warnings": warnings(compared),
        "figures": [asdict(figure) for figure in compared.figures],
        "ranker": compared.ranker,
        "metric": compared.metric,
        "slices": {
            "beyond": slices.beyond,
            "by_chance": slices.by_chance,
            "table": slices.table.to_dict("records"),
        },
        "moved": compared.queries.head(top).to_dict("records"),
        "most_worse": worse.head(top).to_dict("records"),
        "most_better": better.head(top).to_dict("records"),
    }


def _bundle(bundle: Bundle) -> dict[str, Any]:
    manifest = bundle.manifest
    return {
        "name": bundle.name,
        "digest": bundle.digest,
        "recipe": manifest.recipe,
        "relevance": manifest.relevance,
        "encoders": {
            "image_text": manifest.encoders.image_text.name,
            "text": manifest.encoders.text.name,
        },
        "candidates": manifest.candidates.model_dump(),
    }
