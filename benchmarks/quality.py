"""How well the default recipe recommends on several collections: ``python -m benchmarks.quality``.

Builds each development collection (`benchmarks.collections`) with the offline encoders and prints
Markdown tables. Bundles are kept in FOLDER/bundles between runs: another version or other options
build what depends on them again. While working on the code, remove them to measure anew. With
``--splits`` it also builds each with a split by single images, and prints both side by side.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mmrec_core
from benchmarks import one_by_one
from benchmarks.collections import COLLECTIONS
from mmrec_core.building import pipeline
from mmrec_core.building.runner import run_stages
from mmrec_core.building.stage import Stage
from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.evaluation.bootstrap import Estimate, draws, mean
from mmrec_core.evaluation.metrics import auc_estimate
from mmrec_core.evaluation.query_figures import query_figures
from mmrec_core.evaluation.scored_pairs import scored_pairs
from mmrec_core.inputs.splits import NO_QUERY
from mmrec_core.ranker.model import MODEL
from mmrec_core.recipes import configure
from mmrec_core.serving.recommender import Recommender

METRICS = ("auc", "ndcg@5", "mrr", "recall@5", "calibration_error")
TITLES = ("AUC", "nDCG@5", "MRR", "recall@5", "calibration error")
ABOVE = ("ndcg@5", "mrr", "recall@5")


def built(name: str, folder: Path, stages: Sequence[Stage], to: str) -> Bundle:
    """Prepare a collection and build its bundle, or open it if nothing changed."""
    collection = COLLECTIONS[name](folder / name, folder / "downloads")
    config = configure(
        images=collection.images,
        captions=collection.captions,
        out=folder / to / name,
        encoders="offline",
        only_captioned=True,
        name=name,
        licence=collection.licence,
        map="pca",
    )
    return open_bundle(run_stages(stages, config, print))


def figures_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return the rankers' figures as a Markdown table."""
    lines = [f"| collection | ranker | {' | '.join(TITLES)} |", "|---|---|" + "---|" * len(TITLES)]
    for name, bundle in bundles.items():
        metrics = bundle.metrics
        for ranker, row in metrics["rankers"].items():
            best = " (best single)" if ranker == metrics["best_single"] else ""
            cells = " | ".join(cell(row[metric]) for metric in METRICS)
            lines.append(f"| {name} | {ranker}{best} | {cells} |")
    return lines


def differences_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return how far the model is above the best single ranker and above ``fused``, paired."""
    titles = " | ".join(("nDCG@5", "MRR", "recall@5"))
    lines = [f"| collection | model above | {titles} |", "|---|---|---|---|---|"]
    for name, bundle in bundles.items():
        model, best = bundle.metrics["rankers"]["model"], bundle.metrics["best_single"]
        for other in dict.fromkeys((best, "fused")):
            cells = " | ".join(cell(model[f"{metric}_above"][other], "+.3f") for metric in ABOVE)
            lines.append(f"| {name} | {other} | {cells} |")
    return lines


def candidates_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return the recall of candidates at the size in use, and what retrieval and ranking lose."""
    lines = [
        "| collection | images, queries | size | exact | cosines | clusters (size) | retrieval "
        "loses | ranking loses |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, bundle in bundles.items():
        metrics = bundle.metrics
        stages, ends = metrics["candidates"], metrics["end_to_end"]
        recalls = " | ".join(cell(_recall(stages[method])) for method in ("exact", "cosines"))
        by_clusters = f"{cell(_recall(stages['clusters']))} ({stages['clusters']['mean_size']:.0f})"
        lines.append(
            f"| {name} | {len(bundle.items):,}, {metrics['queries']:,} "
            f"| {stages['exact']['mean_size']:.0f} | {recalls} | {by_clusters} "
            f"| {cell(ends['retrieval_loss'])} "
            f"| {cell(ends['rankers']['model']['ranking_loss'])} |"
        )
    return lines


def curve_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return recall against the length of the list, in units of the one in use."""
    return _curves(bundles, ("exact", "cosines"), "{:g}×")


def clusters_curve_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return recall against the number of nearest clusters, with the images in them."""
    return _curves(bundles, ("clusters",), "{:g}")


def _curves(bundles: dict[str, Bundle], methods: Sequence[str], title: str) -> list[str]:
    curves = {name: _points(bundle.metrics["candidate_curve"]) for name, bundle in bundles.items()}
    steps = sorted({step for each in curves.values() for by, step in each if by in methods})
    titles = " | ".join(title.format(step) for step in steps)
    lines = [f"| collection | search | {titles} |", "|---|---|" + "---|" * len(steps)]
    for name, points in curves.items():
        for method in methods:
            cells = " | ".join(points.get((method, step), "–") for step in steps)
            lines.append(f"| {name} | {method} | {cells} |")
    return lines


def captions_table(bundles: dict[str, Bundle]) -> list[str]:
    """Return the figures by whether an image of another label bears the query's very caption."""
    lines = [
        "| collection | the query's caption | queries | AUC | nDCG@5 of the model | above the best "
        "single |",
        "|---|---|---|---|---|---|",
    ]
    for name, bundle in bundles.items():
        recommender, best = Recommender(bundle), bundle.metrics["best_single"]
        scored = scored_pairs(recommender)
        table = query_figures(recommender, scored)
        shared = bears_other_labels(bundle.items)[table["query"]]
        for title, part in (("of one label", ~shared), ("of several", shared)):
            if not part.any():
                continue
            drawn = draws(int(part.sum()), seed=0)
            pairs = scored[scored["query"].isin(table["query"][part])]
            columns = (pairs[c].to_numpy() for c in ("query", "relevance", f"{MODEL}_score"))
            model, other = (table[f"{r}_ndcg"][part].to_numpy() for r in (MODEL, best))
            lines.append(
                f"| {name} | {title} | {part.sum():,} | {cell(auc_estimate(*columns, drawn))} "
                f"| {cell(mean(model, drawn))} | {cell(mean(model - other, drawn), '+.3f')} "
                f"({best}) |"
            )
    return lines


def bears_other_labels(items: pd.DataFrame) -> np.ndarray:
    """Return of which images the caption also stands at an image of another label, (n,) bool."""
    captions = items["text"].str.casefold().str.strip()
    return (items.groupby(captions)["label"].transform("nunique") > 1).to_numpy()


def splits_table(grouped: dict[str, Bundle], single: dict[str, Bundle]) -> list[str]:
    """Return the model's figures under both splits, and how often captions find pictures."""
    lines = [
        "| collection | split | queries with a twin in another fold | AUC | nDCG@5 | MRR "
        "| recall@5 | nDCG@5 above the best single | captions: recall@5 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in grouped:
        for split, bundle in (("by groups", grouped[name]), ("one by one", single[name])):
            metrics, best = bundle.metrics, bundle.metrics["best_single"]
            row = metrics["rankers"][MODEL]
            twins = divided(grouped[name].items["group"], bundle.items["fold"])
            cells = " | ".join(cell(row[metric]) for metric in ("auc", *ABOVE))
            above = cell(row["ndcg@5_above"][best], "+.3f")
            found = cell(metrics["text_to_image"]["recall@5"])
            lines.append(
                f"| {name} | {split} | {twins:.1%} | {cells} | {above} ({best}) | {found} |"
            )
    return lines


def divided(groups: pd.Series, folds: pd.Series) -> float:
    """Return the share of queries of whose group some image lies in another fold."""
    queries = folds != NO_QUERY
    return float((folds[queries].groupby(groups[queries]).transform("nunique") > 1).mean())


def cell(estimate: Estimate, digits: str = ".3f") -> str:
    """Return a figure with its interval."""
    if estimate["value"] is None:
        return "–"
    low, high = f"{estimate['low']:{digits}}", f"{estimate['high']:{digits}}"
    return f"{estimate['value']:{digits}} [{low}, {high}]"


def _recall(stage: dict[str, Any]) -> Estimate:
    return Estimate(value=stage["recall"], low=stage["low"], high=stage["high"])


def _points(curve: list[dict[str, Any]]) -> dict[tuple[str, float], str]:
    """Return each point of `mmrec_core.evaluation.retrieval.recall_curve` as a cell."""
    return {
        (point["method"], point["step"]): f"{point['recall']:.2f} ({point['size']:.0f})"
        for point in curve
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(".bench/quality"))
    parser.add_argument("--only", choices=COLLECTIONS, action="append", help="some collections")
    parser.add_argument("--splits", action="store_true", help="compare two splits of the queries")
    options = parser.parse_args()
    folder, names = options.folder.resolve(), options.only or list(COLLECTIONS)
    bundles = {name: built(name, folder, pipeline.STAGES, "bundles") for name in names}
    print(f"\nmmrec {mmrec_core.__version__}, `python -m benchmarks.quality`\n")
    tables = (figures_table, differences_table, captions_table, candidates_table)
    for table in (*tables, curve_table, clusters_curve_table):
        print("\n".join([*table(bundles), ""]))
    if options.splits:
        single = {name: built(name, folder, one_by_one.STAGES, "one-by-one") for name in names}
        print("\n".join(splits_table(bundles, single)))


if __name__ == "__main__":
    main()
