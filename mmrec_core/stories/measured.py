"""A bundle's figures as a story shows them, and what they say of the trained ranker."""

from collections.abc import Mapping
from typing import Any

from mmrec_core.bundle import Bundle
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL
from mmrec_core.stories.model import Figure, Figures, Measure
from mmrec_core.stories.words import number

_MEASURES = ("ndcg@5", "mrr")
_BOUNDS = ("value", "low", "high")


def figures_finding(bundle: Bundle, texts: Mapping[str, Any]) -> Figures | None:
    """Return the rankers' figures, in a story's texts; None where nothing was measured."""
    measured = bundle.metrics.get("rankers", {})
    measures = []
    for name in _MEASURES:
        figures = tuple(
            Figure(name=texts["rankers"][ranker], **_interval(measured[ranker][name]))
            for ranker in (CLIP, BERT, FUSED, MODEL)
            if _known(measured.get(ranker, {}).get(name))
        )
        if figures:
            measures.append(Measure(**texts["measures"][name], figures=figures))
    return Figures(measures=tuple(measures)) if measures else None


def verdict(bundle: Bundle, said: Mapping[str, Any], language: str) -> str:
    """Say whether the trained ranker is better than the best single one, and how surely."""
    model = bundle.metrics.get("rankers", {}).get(MODEL, {})
    best = bundle.metrics.get("best_single")
    above = model.get("ndcg@5_above", {}).get(best) or {}
    if best not in said["baselines"] or not _known(above):
        return said["no_difference"]
    which = "better" if above["low"] > 0 else "worse" if above["high"] < 0 else "unclear"
    value, low, high = (number(above[key], language, signed=True) for key in _BOUNDS)
    baseline = said["baselines"][best]
    return said[which].format(baseline=baseline, difference=value, low=low, high=high)


def _known(figure: Mapping[str, Any] | None) -> bool:
    return figure is not None and all(figure.get(key) is not None for key in _BOUNDS)


def _interval(figure: Mapping[str, float]) -> dict[str, float]:
    return {key: min(max(figure[key], 0.0), 1.0) for key in _BOUNDS}
