"""The story of a bundle: what it says is what the bundle's own answers and figures say."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from mmrec_core.bundle import Bundle, open_bundle, verify_bundle
from mmrec_core.bundle.layout import METRICS
from mmrec_core.errors import StoryError
from mmrec_core.inputs.judgements import TEST
from mmrec_core.serving.answers import Query
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.bundled import add_introduction, bundled_story
from mmrec_core.stories.introduction import introduction
from mmrec_core.stories.measured import verdict
from mmrec_core.stories.model import Lists, Reasons, Story, story_of, written
from mmrec_core.stories.page import story_page
from mmrec_core.stories.words import texts
from tests.altered_bundles import altered, without_pairs


@pytest.fixture(scope="module")
def story(recommender: Recommender) -> Story:
    return introduction(recommender)


def finding(story: Story, title: str):
    return next(step.finding for step in story.steps if title in step.title)


def test_it_has_nine_steps_of_the_bundles_own_findings(story: Story):
    kinds = [step.finding.kind for step in story.steps if step.finding]
    assert kinds == [
        *("pictures", "embeddings", "embeddings", "map", "map"),
        *("lists", "reasons", "lists", "figures"),
    ]
    assert all(step.notes and step.link for step in story.steps)
    assert all(len(step.text) < 350 for step in story.steps)
    said = " ".join(step.text + step.notes for step in story.steps)
    assert not re.search(r"[{}]|nan|None", said)
    assert story_of(written(story)) == story


def test_its_lists_are_the_recommenders_and_its_query_was_held_out(
    story: Story, recommender: Recommender
):
    shown = finding(story, "opinions")
    assert isinstance(shown, Lists)
    image = shown.query.image
    items = recommender.bundle.items.set_index("image")
    assert items.loc[image, "split"] == TEST
    for name, ranked in zip(("clip", "bert", "model"), shown.lists, strict=True):
        answer = recommender.recommend(Query(image), k=5, ranker=name, collapse=0.98)
        assert [picture.image for picture in ranked.results] == [r.image for r in answer.results]
        for picture in ranked.results:
            same = items.loc[picture.image, "label"] == items.loc[image, "label"]
            assert picture.relevant == same


def test_the_reasons_add_up_to_the_score_that_the_notes_name(
    story: Story, recommender: Recommender
):
    step = next(step for step in story.steps if "Why" in step.title)
    assert isinstance(step.finding, Reasons)
    total = step.finding.base.value + sum(bar.value for bar in step.finding.bars)
    answer = recommender.recommend(Query(step.finding.query.image), k=5, collapse=0.98)
    result = next(r for r in answer.results if r.image == step.finding.result.image)
    assert total == pytest.approx(result.score, abs=1e-5)
    assert f"{result.score:.2f}" in step.notes
    assert all(heat.startswith("data:image/png") for heat in step.finding.heat)


def test_the_error_is_one(story: Story):
    step = next(step for step in story.steps if "wrong" in step.title)
    assert isinstance(step.finding, Lists)
    right = sum(picture.relevant is True for picture in step.finding.lists[0].results)
    assert right <= 2
    assert f"of its first five, {right} are relevant" in step.text


def test_the_figures_are_the_bundles(story: Story, demo: Bundle):
    measures = finding(story, "How good").measures
    values = [[figure.value for figure in measure.figures] for measure in measures]
    assert values == [
        [demo.metrics["rankers"][ranker][name]["value"] for ranker in _ORDER]
        for name in ("ndcg@5", "mrr")
    ]


@pytest.mark.parametrize(
    ("best", "name"), [("bert", "captions alone"), ("fused", "the simple mean of both")]
)
def test_the_trained_ranker_is_held_against_the_best_single_one(
    demo: Bundle, tmp_path: Path, best: str, name: str
):
    metrics = json.dumps(demo.metrics | {"best_single": best}).encode()
    bundle = open_bundle(altered(demo.path, tmp_path / best, written={METRICS: metrics}))
    said = verdict(bundle, texts("en")["steps"]["figures"], "en")
    difference = demo.metrics["rankers"]["model"]["ndcg@5_above"][best]["value"]
    assert f"the best of the others, {name}" in said
    assert f"{difference:.2f}" in said


_ORDER = ("clip", "bert", "fused", "model")


def test_in_russian_it_shows_the_same(story: Story, recommender: Recommender):
    russian = introduction(recommender, "ru")
    assert len(russian.steps) == len(story.steps)
    for ours, theirs in zip(russian.steps, story.steps, strict=True):
        assert ours.link == theirs.link
        assert re.search("[а-я]", ours.title + ours.text)
        assert not re.search(r"[{}]", ours.text + ours.notes)
    assert re.search("[а-я]", str(russian.steps[0].finding.pictures[0].caption))
    with pytest.raises(StoryError, match="en, ru"):
        introduction(recommender, "de")


def test_without_known_relevance_it_claims_nothing(demo_bundle: Path, tmp_path: Path):
    bundle = open_bundle(without_pairs(demo_bundle, tmp_path / "unlabelled"))
    story = introduction(Recommender(bundle))
    assert [step.title for step in story.steps][-3:] == [
        *("Several opinions on one query", "Why this one?", "How good is it? Not known yet"),
    ]
    assert story.steps[-1].finding is None


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_handful_of_pictures_has_a_story_too(built: Path, language: str):
    bundle = open_bundle(built)
    story = introduction(Recommender(bundle), language)
    assert len(story.steps) >= 7
    assert not re.search(r"[{}]|nan|None", " ".join(s.text + s.notes for s in story.steps))
    assert "</html>" in story_page(bundle, story)


def test_where_captions_are_not_compared_it_shows_none(demo_bundle: Path, tmp_path: Path):
    captions = np.full(open_bundle(demo_bundle).bert_text.shape, np.nan, np.float32)
    content = io.BytesIO()
    np.save(content, captions)
    folder = altered(
        without_pairs(demo_bundle, tmp_path / "unlabelled"),
        tmp_path / "pictures",
        written={"embeddings/bert_text.npy": content.getvalue()},
    )
    story = introduction(Recommender(open_bundle(folder)))
    assert [step.finding.kind for step in story.steps if step.finding].count("embeddings") == 1


def test_a_bundle_keeps_its_story_as_a_file_of_its_own(demo_bundle: Path, tmp_path: Path):
    removed = ("story.json",) if "story.json" in open_bundle(demo_bundle).manifest.files else ()
    folder = altered(demo_bundle, tmp_path / "demo", removed=removed)
    before = open_bundle(folder)
    assert bundled_story(before, "en") is None
    add_introduction(folder)
    after = open_bundle(folder)
    assert list(verify_bundle(folder)) == []
    assert after.digest != before.digest
    assert after.manifest.files.keys() - before.manifest.files.keys() == {"story.json"}
    english, russian = (bundled_story(after, language) for language in ("en", "ru"))
    assert english
    assert russian
    assert english.name != russian.name
    add_introduction(folder)
    assert open_bundle(folder).digest == after.digest
    damaged = altered(folder, tmp_path / "damaged", written={"story.json": b'{"en": {"name": 3}}'})
    with pytest.raises(StoryError):
        bundled_story(open_bundle(damaged), "ru")
