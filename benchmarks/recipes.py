"""Whether another ranker would do better: ``python -m benchmarks.recipes FOLDER``.

Trains the default ranker and some that differ from it in one thing, on the first fold of each
collection that ``python -m benchmarks.quality FOLDER`` built, and prints how far each is above the
default on the queries of that fold, paired. Then each collection is left out in turn: the ranker
that is best on the others, by its mean difference in nDCG@5, and what it gives on the one left out.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker

from benchmarks.quality import cell
from mmrec_core.bundle import open_bundle
from mmrec_core.evaluation.bootstrap import Estimate, paired_difference
from mmrec_core.evaluation.metrics import auc, per_query
from mmrec_core.inputs.judgements import TEST, TRAIN, VALIDATION
from mmrec_core.ranker.model import LEARNED_WEIGHT, SIMILARITY_WEIGHT, linear_part, pool
from mmrec_core.ranker.pair_features import LEARNED, NAMES, feature_matrix
from mmrec_core.ranker.query_weights import query_weights
from mmrec_core.ranker.training import TREE_PARAMETERS

FREE = {"monotone_constraints": [0] * len(NAMES)}


@dataclass(frozen=True)
class Variant:
    """What one ranker has otherwise than the default."""

    trees: Mapping[str, Any] = field(default_factory=dict)
    by_place: bool = False
    """Pairs weigh 1 / log2(1 + place), as nDCG weighs places, in the order of the linear part."""
    similarity_weight: float = SIMILARITY_WEIGHT
    learned_weight: float = LEARNED_WEIGHT


DEFAULT = "the default"
YETI = {"loss_function": "YetiRank"}
VARIANTS = {
    DEFAULT: Variant(),
    "no monotone constraints": Variant(FREE),
    "pairs weighted by place": Variant(by_place=True),
    "both": Variant(FREE, by_place=True),
    "YetiRank": Variant(YETI),
    "YetiRank, no constraints": Variant(YETI | FREE),
    "300 trees": Variant({"iterations": 300}),
    "1,200 trees": Variant({"iterations": 1200}),
    "depth 6": Variant({"depth": 6}),
    "similarities weigh 0": Variant(similarity_weight=0),
    "similarities weigh 0.4": Variant(similarity_weight=0.4),
    "learned likeness weighs 0.3": Variant(learned_weight=0.3),
    "learned likeness weighs 0.9": Variant(learned_weight=0.9),
}


class Fold:
    """The first fold of a bundle: its pairs with their features, and rankers trained on them."""

    def __init__(self, path: Path):
        bundle = open_bundle(path)
        self.seed = bundle.manifest.seed
        pairs = bundle.pairs.sort_values("query", kind="stable")
        parts = (TRAIN, VALIDATION, TEST)
        self._pairs: dict[str, pd.DataFrame] = {
            part: pairs[pairs["split"] == part] for part in parts
        }
        self._features = {part: feature_matrix(self._pairs[part]) for part in parts}
        self._trees: dict[str, np.ndarray] = {}

    def measured(self, variant: Variant) -> dict[str, Any]:
        """Return nDCG@5 and reciprocal rank of each held-out query, and the AUC of all pairs."""
        tested = self._pairs[TEST]
        queries, relevance = tested["query"].to_numpy(), tested["relevance"].to_numpy()
        linear = linear_part(self._features[TEST]) * _factors(variant)
        scores = self._tree_scores(variant) + linear.sum(axis=1)
        each = per_query(queries, relevance, scores)
        return {
            "nDCG@5": each.ndcg,
            "MRR": each.reciprocal_rank,
            "AUC": auc(relevance, scores),
        }

    def _tree_scores(self, variant: Variant) -> np.ndarray:
        key = repr((variant.trees, variant.by_place))
        if key not in self._trees:
            model = self._fitted(variant)
            self._trees[key] = CatBoost.predict(model, pool(self._features[TEST]))  # log-odds
        return self._trees[key]

    def _fitted(self, variant: Variant) -> CatBoost:
        ranks = "loss_function" in variant.trees
        kind = CatBoostRanker if ranks else CatBoostClassifier
        model = kind(**(TREE_PARAMETERS | variant.trees), random_seed=self.seed)

        def part_pool(part: str) -> Any:
            pairs, features = self._pairs[part], self._features[part]
            queries = pairs["query"].to_numpy()
            weights = query_weights(queries)
            if variant.by_place:
                order = pd.Series(-linear_part(features).sum(axis=1)).groupby(queries)
                weights = weights / np.log2(1 + order.rank(method="first").to_numpy())
            given = pool(features, pairs["relevance"].to_numpy(), None if ranks else weights)
            if ranks:
                given.set_group_id(queries)
            return given

        return model.fit(part_pool(TRAIN), eval_set=part_pool(VALIDATION), use_best_model=True)


def _factors(variant: Variant) -> np.ndarray:
    """Return what the linear part's columns are multiplied with, (features,)."""
    learned, other = variant.learned_weight, variant.similarity_weight
    return np.array(
        [
            learned / LEARNED_WEIGHT if name in LEARNED else other / SIMILARITY_WEIGHT
            for name in NAMES
        ]
    )


def main() -> None:
    """Measure, and print a table a metric, and one of collections left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what benchmarks.quality was given")
    bundles = parser.parse_args().folder / "bundles"
    folds = {path.name: Fold(path) for path in sorted(bundles.iterdir())}
    found = {
        name: {collection: fold.measured(variant) for collection, fold in folds.items()}
        for name, variant in VARIANTS.items()
    }
    above = {
        metric: {
            name: {
                collection: paired_difference(
                    by_collection[collection][metric], found[DEFAULT][collection][metric], fold.seed
                )
                for collection, fold in folds.items()
            }
            for name, by_collection in found.items()
            if name != DEFAULT
        }
        for metric in ("nDCG@5", "MRR")
    }
    for metric, by_variant in above.items():
        means = [f"{np.nanmean(each[metric]):.3f}" for each in found[DEFAULT].values()]
        rows = {DEFAULT: means} | {
            name: [cell(each, "+.3f") for each in row.values()] for name, row in by_variant.items()
        }
        _print(f"{metric}: the default, and how far others are above it", list(folds), rows)
    aucs = {name: [f"{each['AUC']:.3f}" for each in row.values()] for name, row in found.items()}
    _print("AUC", list(folds), aucs)
    head = ["best on the others", "by, on the mean of these", "nDCG@5 where left out", "MRR"]
    _print("Each collection left out", head, _left_out(above, list(folds)), "left out")


def _left_out(
    above: Mapping[str, Mapping[str, Mapping[str, Estimate]]], collections: Sequence[str]
) -> dict[str, list[str]]:
    """Return which variant is best on the other collections, and what it gives on each."""
    rows = {}
    for left in collections:
        means = {
            name: float(np.mean([row[each]["value"] or 0 for each in collections if each != left]))
            for name, row in above["nDCG@5"].items()
        }
        best = max(means, key=lambda name: means[name])
        there = [cell(by_variant[best][left], "+.3f") for by_variant in above.values()]
        rows[left] = [best, f"{means[best]:+.3f}", *there]
    return rows


def _print(
    title: str, head: Sequence[str], rows: Mapping[str, Sequence[str]], first: str = "ranker"
) -> None:
    print(f"\n{title}\n\n| {first} | {' | '.join(head)} |\n|---{'|---' * len(head)}|")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
