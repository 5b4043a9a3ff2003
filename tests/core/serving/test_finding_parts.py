"""Regions and words on a finding card: they add up, lie where they belong, and stay text."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.encoders.parts import Grid, fitted_grid
from mmrec_core.inputs.images import decode
from mmrec_core.serving.answers import Query
from mmrec_core.serving.finding import finding_card
from mmrec_core.serving.finding_parts import heat_picture
from mmrec_core.serving.pair_explainer import PairExplainer
from mmrec_core.serving.recommender import Recommender
from tests.core.serving.test_finding import HOSTILE, Page

MAGPIE = "animals/birds/magpie.png"


def card(recommender: Recommender, query: Query, ranker: str, cosine: str = "") -> str:
    """Return a card that marks the second result, with its regions and words."""
    scored = recommender.score(query)
    answer = recommender.answer(scored, ranker=ranker, k=3)
    chosen = answer.results[1]
    return finding_card(
        recommender.bundle,
        [answer],
        chosen=(ranker, chosen),
        parts=PairExplainer(recommender).explain(query, scored, chosen),
        cosine=cosine,
        picture=query.image if isinstance(query.image, Image.Image) else None,
    )


def regions_of(html: str) -> str:
    return html.partition('<section class="parts"')[2].partition("</section>")[0]


def sums(html: str) -> list[tuple[float, float]]:
    """Return for each side what its rows add up to, and what the last of them says."""
    tables = re.findall(r"<table>(.*?)</table>", regions_of(html), re.DOTALL)
    rows = [re.findall(r'<td class="value">([^<]*)</td>', table) for table in tables]
    numbers = [[float(text.replace("−", "-")) for text in texts] for texts in rows]
    return [(sum(values[:-1]), values[-1]) for values in numbers]


@pytest.mark.parametrize("ranker", ["model", "clip", "bert", "fused"])
def test_either_side_of_a_card_adds_up_to_the_score(recommender, ranker):
    html = card(recommender, Query(MAGPIE), ranker)
    score = recommender.recommend(Query(MAGPIE), ranker=ranker, k=2).results[1].score
    assert len(sums(html)) == 2
    for added, said in sums(html):
        assert added == pytest.approx(said, abs=0.005)
        assert said == pytest.approx(score, abs=0.0006)


def test_a_card_shows_a_cosine_instead_where_one_is_looked_at(recommender):
    html = card(recommender, Query(MAGPIE), "model", "clip_cosine")
    result = recommender.recommend(Query(MAGPIE), ranker="model", k=2).results[1]
    for added, said in sums(html):
        assert added == pytest.approx(said, abs=0.002)
        assert said == pytest.approx(result.features["clip_cosine"], abs=0.0006)
    assert "in cosine" in regions_of(html)
    assert re.search(r"(centre|top|left|right|bottom) \+0\.\d{3}", Page(regions_of(html)).text)


def test_a_card_with_heat_asks_for_nothing_outside_and_runs_nothing(recommender, demo: Bundle):
    picture = decode(demo.thumbnail_path(40))
    html = card(recommender, Query(picture, f"A cake. {HOSTILE}"), "fused")
    page = Page(html)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert str(attributes.get("src") or "data:").startswith("data:")
        assert "href" not in attributes
    heats = [str(image["src"]) for image in page.all("img") if "image/png" in str(image["src"])]
    assert len(heats) == 2
    for heat in heats:
        seen = Image.open(io.BytesIO(base64.b64decode(heat.partition(",")[2])))
        assert np.asarray(seen)[..., 3].any()
    assert "window.owned=1" in Page(regions_of(html)).text


def test_a_text_alone_and_an_image_without_a_caption_show_what_they_have(recommender, built):
    said = Page(regions_of(card(recommender, Query(text="A birthday cake"), "fused")))
    assert len(said.all("img")) == 2
    assert "birthday" in said.text
    bundle = open_bundle(built)
    bare = next(row for row in range(len(bundle.items)) if bundle.text(row) is None)
    html = card(Recommender(bundle), Query(bundle.image(bare)), "clip")
    assert len(Page(regions_of(html)).all("img")) == 4
    assert all(added == pytest.approx(said, abs=0.002) for added, said in sums(html))


def test_a_lost_thumbnail_leaves_words_and_numbers(recommender, tmp_path):
    query = Query(MAGPIE)
    scored = recommender.score(query)
    answer = recommender.answer(scored, k=1)
    parts = PairExplainer(recommender).explain(query, scored, answer.results[0])
    lost = replace(recommender.bundle, path=tmp_path)
    html = finding_card(lost, [answer], chosen=("model", answer.results[0]), parts=parts)
    assert not Page(html).all("img")
    assert "magpie." in Page(regions_of(html)).text


def test_heat_beyond_the_picture_is_cut_off():
    cells = np.zeros((4, 4))
    cells[0], cells[1:3, 0], cells[1:3, 3] = 1, 1, -1
    heat = np.asarray(heat_picture(cells.ravel(), fitted_grid((100, 50), 4, 4), 1.0, (80, 40)))
    strength = heat[..., 3].astype(int)
    assert strength[10:30, :10].min() > 190
    assert strength[10:30, -10:].min() > 190
    assert strength[10:30, 40].max() < 20
    assert heat[20, 5, 2] > heat[20, 5, 0]
    assert heat[20, 75, 0] > heat[20, 75, 2]


def test_heat_of_a_grid_inside_the_picture_leaves_the_rest_clear():
    inside = Grid(2, 2, 0.25, 0.0, 0.5, 1.0)
    heat = np.asarray(heat_picture(np.ones(4), inside, 1.0, (80, 40)))[..., 3].astype(int)
    assert heat[:, 30:50].min() > 190
    assert heat[:, :8].max() == 0
    assert heat[:, -8:].max() == 0
