"""Two real bundles of the same drawn shapes, compared: by hand, by name, by whose relevance."""

import math
import shutil
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from mmrec_core.bundle import open_bundle
from mmrec_core.config import make_config
from mmrec_core.differences.compare import Differences, differences
from mmrec_core.differences.figures import BY_QUERY, METRICS, sign_test
from mmrec_core.differences.matching import System
from mmrec_core.errors import ComparisonError, OptionError
from mmrec_core.evaluation.evaluate import measure
from mmrec_core.evaluation.scored_pairs import rankers_of
from mmrec_core.serving.recommender import Recommender
from tests.core.building.shapes import COLOURS, SHAPES, draw, options, quietly

RENAMED, NEW = "red/circle.png", "red/new.png"


def system(bundle: Path) -> System:
    return System.of(Recommender(open_bundle(bundle)))


def compared(a: System, b: System, **how) -> Differences:
    return differences(a, b, ranker="bert", **how)


@pytest.fixture(scope="module")
def good(built: Path) -> System:
    return system(built)


@pytest.fixture(scope="module")
def mixed_up(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    """The same shapes with each other's captions, and one of them under another name."""
    images = tmp_path_factory.mktemp("mixed") / "shapes"
    shutil.copytree(folder, images)
    (images / RENAMED).rename(images / NEW)
    captions = pd.read_csv(images / "captions.csv")
    captions["image"] = captions["image"].replace(RENAMED, NEW)
    captions["text"] = captions["text"].sample(frac=1, random_state=1).to_numpy()
    captions["text_ru"] = captions["text_ru"].sample(frac=1, random_state=2).to_numpy()
    captions.to_csv(images / "captions.csv", index=False)
    out = tmp_path_factory.mktemp("out") / "mixed"
    return system(quietly(make_config(**options(images, out))))


@pytest.fixture(scope="module")
def by_clusters(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    out = tmp_path_factory.mktemp("out") / "clusters"
    more = {"candidates": "clusters", "nearest_clusters": 1}
    return system(quietly(make_config(**options(folder, out, **more))))


@pytest.fixture(scope="module")
def contrary(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> System:
    """The same shapes, where people judged another colour relevant and the same one not."""
    names = [f"{colour}/{shape}.png" for colour, shape in product(COLOURS, SHAPES)]
    pairs = pd.DataFrame(product(names, names), columns=["query", "candidate"])
    pairs = pairs[pairs["query"] != pairs["candidate"]]
    colours = pairs.map(lambda name: name.split("/")[0])
    pairs["target"] = (colours["query"] != colours["candidate"]).astype(int)
    file = tmp_path_factory.mktemp("pairs") / "pairs.csv"
    pairs.to_csv(file, index=False)
    out = tmp_path_factory.mktemp("out") / "contrary"
    return system(quietly(make_config(**options(folder, out, pairs=file))))


def test_a_build_does_not_differ_from_itself(good: System):
    same = compared(good, good)
    assert [figure.difference for figure in same.figures] == [
        {"value": 0.0, "low": 0.0, "high": 0.0}
    ] * (len(METRICS) * len(rankers_of(good.scored)))
    assert {figure.p_value for figure in same.figures} == {1.0, None}
    assert (same.queries["overlap"].dropna() == 1).all()
    assert same.slices.beyond == 0
    assert same.pools.overlap == 1
    measured = measure(good.scored, good.bundle.manifest.seed)["rankers"]
    for figure in same.figures:
        assert figure.a == figure.b == measured[figure.ranker][figure.metric]


def test_captions_of_other_images_are_worse_and_are_found_to_be(good: System, mixed_up: System):
    there, back = compared(good, mixed_up), compared(mixed_up, good)
    for metric in METRICS:
        assert there.figure(metric).is_worse, metric
        assert not back.figure(metric).is_worse, metric
    ndcg = there.figure("ndcg@5")
    assert (ndcg.worse, ndcg.better) == (back.figure("ndcg@5").better, back.figure("ndcg@5").worse)
    assert ndcg.better + ndcg.equal + ndcg.worse == there.queries_with_relevant
    assert ndcg.difference["value"] == pytest.approx(ndcg.b["value"] - ndcg.a["value"])
    worst = there.queries.iloc[0]
    assert abs(worst["difference"]) == there.queries["difference"].abs().max()
    assert there.slices.beyond > there.slices.by_chance
    assert (there.slices.table["difference"].head(there.slices.beyond) < 0).all()


def test_what_only_one_has_is_counted_and_left_out(good: System, mixed_up: System):
    matching = compared(good, mixed_up).matching
    assert (matching.images, matching.only_a, matching.only_b) == (29, 1, 1)
    names = set(compared(good, mixed_up).queries["image"])
    assert RENAMED not in names
    assert NEW not in names
    rows = [good.bundle.index_of(name) for name in names]
    assert [mixed_up.bundle.image(matching.row_in_b[row]) for row in rows] == list(names)


def test_a_candidate_that_one_lacks_counts_as_missed(good: System, by_clusters: System):
    found = compared(good, by_clusters)
    assert found.pools.size_b < found.pools.size_a
    assert 0 < found.pools.overlap < 1
    lists = [best_first(each) for each in (good, by_clusters)]
    union = {query: {*lists[0][query], *lists[1][query]} for query in lists[0]}
    labels = good.bundle.items.set_index("image")["label"]
    for metric in BY_QUERY:
        table = compared(good, by_clusters, metric=metric).queries.set_index("image")
        for query, pool in union.items():
            relevant = {name for name in pool if labels[name] == labels[query]}
            for side, ranked in zip("ab", lists, strict=True):
                expected = by_hand(metric, ranked[query], relevant)
                assert table.loc[query, side] == pytest.approx(expected, nan_ok=True)


def best_first(side: System) -> dict[str, list[str]]:
    """Return each query's candidates, the best first, of equally good ones the relevant last."""
    names = side.bundle.items["image"]
    pairs = side.scored.sort_values(
        ["query", "bert_score", "relevance"], ascending=[True, False, True]
    )
    lists: dict[str, list[str]] = {}
    for row in pairs.itertuples():
        lists.setdefault(names[row.query], []).append(names[row.candidate])
    return lists


def by_hand(metric: str, ranked: list[str], relevant: set[str]) -> float:
    if not relevant:
        return math.nan
    places = [place for place, name in enumerate(ranked, 1) if name in relevant]
    if metric == "mrr":
        return 1 / places[0] if places else 0
    first = [place for place in places if place <= 5]
    if metric == "recall@5":
        return len(first) / len(relevant)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), 5) + 1))
    return sum(1 / math.log2(place + 1) for place in first) / best


def test_relevance_is_that_of_the_bundle_that_was_named(good: System, contrary: System):
    by_labels = compared(good, contrary, relevance="a").figure("auc")
    by_judgements = compared(good, contrary, relevance="b").figure("auc")
    assert by_labels.a["value"] > 0.5
    assert by_labels.a["value"] == pytest.approx(1 - by_judgements.a["value"])
    assert by_labels.b["value"] == pytest.approx(1 - by_judgements.b["value"])


def test_the_sign_test_is_the_binomial_one():
    tails = sum(math.comb(12, n) for n in (0, 1, 2, 10, 11, 12)) / 2**12
    assert sign_test(10, 2) == sign_test(2, 10) == pytest.approx(tails)


def test_bundles_of_other_images_are_refused(good: System, tmp_path: Path):
    rows = []
    for colour, shape in product(COLOURS, ("circle", "square")):
        draw(colour, shape).save(tmp_path / f"{colour}-{shape}.png")
        rows.append((f"{colour}-{shape}.png", f"A {colour} {shape}.", colour))
    table = pd.DataFrame(rows, columns=["image", "text", "label"])
    table.to_csv(tmp_path / "captions.csv", index=False)
    other = quietly(make_config(**options(tmp_path, tmp_path.parent / "other")))
    with pytest.raises(ComparisonError, match="share 0 images"):
        compared(good, system(other))
    with pytest.raises(OptionError, match="bert"):
        differences(good, good, ranker="best")
