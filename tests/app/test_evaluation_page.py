"""The Evaluation page, run without a browser on a real bundle."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmrec_app.evaluation.query_view import PAGE_SIZE
from mmrec_app.shared.naming import slice_name
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle, layout
from mmrec_core.evaluation.query_figures import query_figures
from mmrec_core.evaluation.scored_pairs import held_out_pairs, scored_pairs
from mmrec_core.evaluation.slices import query_slices
from mmrec_core.ranker.model import Ranker
from mmrec_core.ranker.pair_features import NAMES
from mmrec_core.serving.recommender import Recommender
from tests.altered_bundles import altered, without_pairs
from tests.app.pages import (
    figure,
    follow,
    gallery_of,
    links_of,
    page,
    press,
    scrolled,
    texts,
    turn_to,
)


def evaluation(**params: str) -> AppTest:
    return scrolled(page("evaluation", **params))


def html_of(app: AppTest) -> str:
    """Return the page's own HTML: its tables of figures."""
    return "\n".join(node.proto.body for node in app.get("html"))


def test_it_says_what_it_was_measured_on(bundle: Bundle) -> None:
    app = evaluation()
    said = texts(app)
    assert f"{bundle.metrics['queries']} held-out queries" in said
    assert f"{bundle.metrics['pairs']:,} pairs" in said
    assert "share a category" in said
    assert f"one of {bundle.metrics['folds']} folds" in said
    assert len(app.get("plotly_chart")) == 10


def test_what_lies_far_down_waits_for_somebody_to_come_near(bundle: Bundle) -> None:
    app = page("evaluation")
    assert len(app.get("plotly_chart")) == 3
    assert "Threshold: CatBoost" in texts(app)
    assert not app.slider
    assert scrolled(app).slider[0].label == "Threshold"
    assert texts(app).count("Threshold: CatBoost") == 1


def test_every_ranker_stands_in_the_table_with_its_interval(bundle: Bundle) -> None:
    shown = html_of(evaluation())
    for ranker in ("CatBoost", "CLIP", "BERT", "CLIP + BERT mean"):
        assert ranker in shown
    auc = bundle.metrics["rankers"]["model"]["auc"]
    assert f"<b>{auc['value']:.2f}</b><small>{auc['low']:.2f} – {auc['high']:.2f}</small>" in shown
    recall = bundle.metrics["candidates"]["clusters"]["recall"]
    assert f"{recall:.2f}<small>" in shown


def test_the_search_by_captions_says_what_each_language_is_measured_on(bundle: Bundle) -> None:
    search = bundle.metrics["text_to_image"]
    shown = html_of(evaluation())
    for found in (search, *search["further"].values()):
        measured = f"captions: {found['queries']}, folds: {found.get('folds', 1)}"
        assert f"{measured}, each among {found['gallery']}" in shown
        assert f"{found['recall@5']['value']:.2f}<small>" in shown


def test_the_model_is_compared_with_the_best_other_ranker_by_name(bundle: Bundle) -> None:
    app = evaluation()
    best = vocabulary.ranker_name(bundle.metrics["best_single"])
    row = next(row for row in html_of(app).split("<tr>") if "best single ranker" in row)
    assert f"{best}</span>" in row
    verdict = next(line for line in texts(app).splitlines() if "CatBoost minus" in line)
    assert all(metric in verdict for metric in ("nDCG@5", "MRR", "recall@5"))


def test_what_retrieval_loses_is_drawn_and_told_apart_from_ranking(bundle: Bundle) -> None:
    app = evaluation()
    curve = figure(app, "evaluation.candidate_curve")
    assert len(curve["data"]) == 3
    used = bundle.metrics["candidates"][bundle.manifest.candidates.method]["mean_size"]
    assert curve["layout"]["shapes"][0]["x0"] == pytest.approx(used)
    ends = bundle.metrics["end_to_end"]
    lost = ends["retrieval_loss"]["value"]
    share = lost / (lost + ends["rankers"]["model"]["ranking_loss"]["value"])
    assert f"{share:.0%}".replace("%", " %") in html_of(app)


def test_k_is_in_the_url_and_in_the_table(bundle: Bundle) -> None:
    app = evaluation(k="10")
    assert "nDCG@10" in html_of(app)
    assert "nDCG@10" in texts(app)
    app.number_input(key="evaluation.k").set_value(3).run()
    assert app.query_params["k"] == ["3"] or app.query_params["k"] == "3"
    assert "recall@3" in html_of(app)


@pytest.mark.parametrize("ranker", ["model", "clip"])
def test_the_threshold_starts_where_validation_put_it_and_moves_the_line(
    bundle: Bundle, ranker: str
) -> None:
    app = evaluation(ranker=ranker)
    trained = Ranker.load(bundle.content, layout.RANKER_MODEL, layout.RANKER)
    chosen = trained.thresholds[ranker]
    assert figure(app, "evaluation.rates")["layout"]["shapes"][0]["x0"] == pytest.approx(chosen)
    before = cells(app)
    app.slider(key="evaluation.threshold").set_value(0.7).run()
    assert figure(app, "evaluation.rates")["layout"]["shapes"][0]["x0"] == 0.7
    assert cells(app) != before
    press(app, "Reset to the validation threshold")
    assert figure(app, "evaluation.rates")["layout"]["shapes"][0]["x0"] == pytest.approx(chosen)


@pytest.mark.parametrize("ranker", ["model", "bert"])
def test_a_dearer_miss_lowers_the_threshold_by_cost(bundle: Bundle, ranker: str) -> None:
    app = evaluation(ranker=ranker)
    thresholds = []
    for ratio in (0.5, 5.0):
        app.number_input(key="evaluation.miss").set_value(ratio).run()
        assert "".join(app.query_params["miss"]) == str(ratio)
        app.button(key="evaluation.cheapest").click().run()
        thresholds.append(app.slider(key="evaluation.threshold").value)
        assert app.button(key="evaluation.cheapest").disabled
    assert thresholds[1] < thresholds[0]
    row = next(row for row in html_of(app).split("<tr>") if "cheapest on validation" in row)
    assert f"<span>{thresholds[1]:.2f}</span>" in row
    queries = re.search(r"measured on ([\d,]+) held-out", texts(app))
    assert queries is not None
    validation = bundle.items["split"] == "validation"
    assert int(queries[1]) == bundle.metrics["queries"] - int(
        (validation & bundle.items["is_query"]).sum()
    )


def test_another_selected_ranker_has_its_own_curves(bundle: Bundle) -> None:
    app = evaluation(ranker="clip")
    assert "Threshold: CLIP" in texts(app)
    axis = figure(app, "evaluation.histogram")["layout"]["xaxis"]["title"]["text"]
    assert "cosine" in axis


def test_a_slice_opens_its_queries_the_worst_first(bundle: Bundle) -> None:
    held_out = held_out_pairs(bundle.pairs, bundle.cross_fitted)["query"].unique()
    labels = query_slices(bundle, held_out)["label"]
    counts = labels.value_counts()
    label = counts.index[counts <= 40][0]  # of larger slices only the worst are shown
    app = evaluation(slice=f"label:{label}")
    cards = gallery_of(app, "evaluation.queries")["cards"]
    assert {card["id"] for card in cards} == {
        bundle.image(row) for row in labels.index[labels == label]
    }
    shares = [card["share"] for card in cards if card["share"] is not None]
    assert shares == sorted(shares)


def test_slices_of_every_kind_are_in_a_table(bundle: Bundle) -> None:
    app = evaluation(slice="cluster:")
    table: pd.DataFrame = app.dataframe[0].value
    assert table["Slice"].str.contains(" · ").any()
    assert table["Queries"].sum() == bundle.metrics["queries"]
    assert (table["Note"] == "few queries").any()


def cells(app: AppTest) -> list[tuple[str, str]]:
    return links_of(app, "class='confusion'")


def pairs_listed(app: AppTest) -> str:
    """Return the number of pairs that Errors says it shows, as it is written."""
    found = re.search(r"^([\d,]+) pairs?, page", texts(app), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    ("ranker", "params"),
    [("model", {}), ("clip", {"threshold": "0.3"}), ("bert", {}), ("fused", {})],
)
def test_each_cell_opens_as_many_pairs_as_it_counts(ranker: str, params: dict[str, str]) -> None:
    app = evaluation(ranker=ranker, **params)
    threshold = app.slider(key="evaluation.threshold").value
    links = cells(app)
    assert len(links) == 4
    for text, href in links:
        assert text.startswith(f"{pairs_listed(follow(app, href))} ")
        assert app.slider(key="errors.threshold").value == threshold


def test_a_filter_that_is_on_elsewhere_takes_no_pairs_from_a_count(bundle: Bundle) -> None:
    app = evaluation()
    text, href = cells(app)[0]
    turn_to(app, "browse")
    app.query_params["q"] = "bird"
    app.run()
    turn_to(app, "errors")
    app.run()
    filtered = pairs_listed(app)
    assert app.query_params["q"]
    assert text.startswith(f"{pairs_listed(follow(app, href))} ")
    assert not text.startswith(f"{filtered} ")


@pytest.mark.parametrize("title", ["Pairs by score", "Pairs by probability"])
def test_each_bar_and_point_opens_as_many_pairs_as_it_counts(bundle: Bundle, title: str) -> None:
    app = evaluation(ranker="bert")
    links = links_of(app, title)
    for text, href in (links[0], links[len(links) // 2], links[-1]):
        counted = re.search(r": ([\d,]+) pair", text)
        assert counted is not None
        assert pairs_listed(follow(app, href)) == counted[1]
    chips = [b.key for b in app.button if b.key in ("errors.pairs.bin", "errors.pairs.known")]
    app.button(key="errors.pairs.all" if len(chips) > 1 else chips[0]).click().run()
    assert pairs_listed(app) == f"{bundle.metrics['pairs']:,}"


def test_a_slice_opens_all_its_queries_and_pairs(bundle: Bundle) -> None:
    app = evaluation(slice="cluster:0")
    (queries, table), (pairs, browser) = links_of(app, "All in a table")
    assert f"{queries.split()[-2]} held-out quer" in texts(follow(app, table))
    assert pairs_listed(follow(app, browser)) == pairs.split()[-2]


def test_queries_that_another_ranker_ranks_better_are_counted_and_opened(bundle: Bundle) -> None:
    app = evaluation()
    for text, href in links_of(app, "worse than"):
        assert f"{text.split()[-2]} held-out quer" in texts(follow(app, href))


def rows_of(app: AppTest) -> list[str]:
    """Return the rows of the table of queries, as HTML."""
    return html_of(app).partition("<tbody>")[2].split("<tr>")[1:]


def test_all_held_out_queries_are_in_a_table_sorted_by_the_link(bundle: Bundle) -> None:
    app = evaluation(view="queries", sort="-candidate_recall", k="3")
    assert f"{bundle.metrics['queries']:,} held-out queries, page 1 of" in texts(app)
    assert len(rows_of(app)) == PAGE_SIZE
    head = html_of(app).partition("<tbody>")[0]
    assert "nDCG@3" in head
    sorted_by = re.search(r"aria-sort='descending'><a href='([^']+)'", head)
    assert sorted_by is not None
    params = dict(parse_qsl(urlsplit(unescape(sorted_by[1])).query))
    assert params["sort"] == "candidate_recall"  # turns the order
    assert (params["view"], params["k"]) == ("queries", "3")
    last = evaluation(view="queries", page="9999")
    assert 0 < len(rows_of(last)) <= PAGE_SIZE


def test_the_table_is_narrowed_by_filters_a_slice_and_another_ranker(bundle: Bundle) -> None:
    recommender = Recommender(bundle)
    table = query_figures(recommender, scored_pairs(recommender))
    worse = table[table["model_ndcg"] < table["clip_ndcg"]]
    app = evaluation(view="queries", worse_than="clip")
    assert f"{len(worse)} held-out quer" in texts(app)
    label = str(worse["label"].iloc[0])
    both = int((worse["label"] == label).sum())
    narrowed = evaluation(view="queries", worse_than="clip", label=label)
    assert f"{both} held-out quer" in texts(narrowed)
    assert len(rows_of(narrowed)) == min(both, PAGE_SIZE)
    narrowed.button(key="chip.label").click().run()
    assert f"{len(worse)} held-out quer" in texts(narrowed)
    of_slice = evaluation(view="queries", slice=f"label:{label}")
    assert f"{int((table['label'] == label).sum())} held-out quer" in texts(of_slice)
    of_slice.button(key="evaluation.table.slice").click().run()
    assert f"{len(table)} held-out queries" in texts(of_slice)
    assert "No held-out query passes" in texts(evaluation(view="queries", slice="label:?"))


@pytest.mark.parametrize("params", [{"ranker": "no such"}, {"slice": "no such:1"}])
def test_it_says_what_a_link_names_wrongly(bundle: Bundle, params: dict[str, str]) -> None:
    app = evaluation(**params)
    assert "no such" in texts(app)
    assert [button.label for button in app.button if button.label == "Start over"]


def test_a_slice_without_queries_is_said(bundle: Bundle) -> None:
    assert "No held-out query is in this slice" in texts(evaluation(slice="label:<b>x</b>"))


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_features_are_named_in_plain_words(language: str) -> None:
    bars = figure(evaluation(lang=language), "evaluation.features")["data"][0]
    assert len(set(bars["y"])) == len(NAMES)
    assert not any("_" in name for name in bars["y"])
    assert all(any(f"({raw})" in tip for tip in bars["customdata"]) for raw in NAMES)


def test_without_a_ranker_the_cosines_are_measured(
    demo_bundle: Path, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_the_model = ("model_without_query_text", "end_to_end")
    metrics = {k: v for k, v in bundle.metrics.items() if k not in of_the_model}
    folder = altered(
        demo_bundle,
        tmp_path / "bundle",
        removed=[
            name
            for name in bundle.manifest.files
            if name.startswith(layout.CROSS_FIT) or name in (layout.RANKER_MODEL, layout.RANKER)
        ],
        written={layout.METRICS: json.dumps(metrics).encode()},
    )
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    app = evaluation()
    assert "CatBoost</span>" not in html_of(app)
    assert "No ranker was trained" in texts(app)
    assert not app.slider
    assert len(app.get("plotly_chart")) == 5
    assert "errors?" not in html_of(app)  # which lists pairs by their probabilities
    app = evaluation(view="queries")
    assert len(rows_of(app)) == PAGE_SIZE
    assert "Difference" not in html_of(app)
    assert "errors?" not in html_of(app)


def test_without_pairs_the_page_says_what_to_do(
    demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = without_pairs(demo_bundle, tmp_path / "bundle")
    monkeypatch.setenv("MMREC_BUNDLE", str(folder))
    app = evaluation()
    assert "Nothing to measure on" in texts(app)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [
        ("label", "animals/sea_life", "animals › sea life"),
        ("caption length", "3–5", "3–5 words"),
        ("language", "cyrillic", "Cyrillic letters"),
    ],
)
def test_slices_are_called_in_words(bundle: Bundle, kind: str, value: str, name: str) -> None:
    assert slice_name(bundle, kind, value) == name
