"""Finding cards: one page, nothing from outside, nothing of a stranger's rendered."""

import base64
import io
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from mmrec_core.bundle import Bundle
from mmrec_core.serving.answers import Query, Recommendation
from mmrec_core.serving.finding import MOST_RESULTS, file_name, finding_card
from mmrec_core.serving.recommender import Recommender

HOSTILE = '"><img src="https://example.org/x" onerror="window.owned=1"><script>owned=1</script>'


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def answer(demo: Bundle) -> Recommendation:
    return Recommender(demo).recommend(Query(image=demo.image(100)), k=5)


def with_captions(answer: Recommendation, text: str) -> Recommendation:
    results = [replace(result, text=text, image=text) for result in answer.results]
    return replace(answer, query=replace(answer.query, text=text), results=results)


def test_a_card_holds_the_query_the_results_and_the_note(demo, answer):
    reasons = [f"Reason {result.rank}." for result in answer.results]
    page = Page(
        finding_card(
            demo,
            [answer],
            note="Look!",
            reviewer="Ann",
            why=lambda result: f"Reason {result.rank}.",
        )
    )
    pictures = page.all("img")
    assert len(pictures) == 6
    for picture in pictures:
        data = str(picture["src"]).removeprefix("data:image/webp;base64,")
        Image.open(io.BytesIO(base64.b64decode(data))).load()
        assert picture["alt"]
    for expected in ("Look!", "Ann", demo.name, demo.digest[:12], str(demo.text(100)), *reasons):
        assert expected in page.text
    for result in answer.results:
        assert str(result.text) in page.text
        assert f"{result.score:.2f}".replace("-", "−") in page.text


def test_bars_add_up_to_the_score_on_one_scale(demo, answer):
    page = Page(finding_card(demo, [answer]))
    bars = [(float(str(b["x"])[:-1]), float(str(b["width"])[:-1])) for b in page.all("rect")]
    zero = float(str(page.all("line")[0]["x1"])[:-1])
    scores = [result.score for result in answer.results]
    ends, place = [], 0
    for result in answer.results:
        place += 1 + sum(1 for value in result.contributions.groups.values() if value)
        ends.append(bars[place])
        place += 1
    assert place == len(bars)
    assert all(start >= 0 and start + length <= 100.1 for start, length in bars)
    for (start, length), score in zip(ends, scores, strict=True):
        assert (start if score > 0 else start + length) == pytest.approx(zero, abs=0.05)
        assert length / ends[0][1] == pytest.approx(abs(score / scores[0]), abs=0.02)


def test_a_card_asks_for_nothing_outside_and_runs_nothing(demo, answer):
    html = finding_card(demo, [with_captions(answer, HOSTILE)], note=HOSTILE, reviewer=HOSTILE)
    page = Page(html)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("src") or "data:").startswith("data:")
        assert "href" not in attributes
    assert "url(" not in html
    assert "@import" not in html
    assert page.text.count(HOSTILE) >= 8
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert str(policy).startswith("default-src 'none'; img-src data:; style-src 'sha256-")


def test_a_link_back_goes_over_http_alone(demo, answer):
    page = Page(finding_card(demo, [answer], link="https://host/app/recommend?image=a&k=5"))
    assert [a["href"] for a in page.all("a")] == ["https://host/app/recommend?image=a&k=5"]
    assert not Page(finding_card(demo, [answer], link="javascript:alert(1)")).all("a")


def test_an_uploaded_picture_is_embedded_and_a_text_needs_none(demo, answer):
    new = replace(answer, query=replace(answer.query, index=None, image=None, text="A red square"))
    upload = Page(finding_card(demo, [new], picture=Image.new("RGB", (3000, 2000), "red")))
    drawn = str(upload.all("img")[0]["src"]).partition(",")[2]
    assert max(Image.open(io.BytesIO(base64.b64decode(drawn))).size) <= 384
    text = Page(finding_card(demo, [new]))
    assert len(text.all("img")) == len(answer.results)
    assert "A red square" in text.text
    assert file_name(new.query) == "finding-a-red-square.html"


def test_a_long_list_and_a_lost_thumbnail_keep_the_card_whole(demo, answer, tmp_path):
    many = replace(answer, results=answer.results * 20)
    html = finding_card(demo, [many])
    assert len(Page(html).all("img")) == MOST_RESULTS + 1
    assert f"the first {MOST_RESULTS} of 100" in html
    assert len(html) < 3_000_000
    lost = finding_card(replace(demo, path=tmp_path), [answer], note="\ud800 half a letter")
    assert not Page(lost).all("img")
    assert "no picture" in lost
    assert lost.encode("utf-8")


def test_the_end_of_relevance_is_marked_between_results(demo, answer):
    html = finding_card(demo, [replace(answer, end_of_relevance=2, threshold=0.42)])
    before, mark, after = html.partition("below 42 % from here on")
    assert mark
    assert (before.count('class="rank"'), after.count('class="rank"')) == (2, 3)


def test_all_lists_are_there_and_the_chosen_result_is_marked_in_its_own(demo):
    recommender = Recommender(demo)
    scored = recommender.score(Query(image=demo.image(100)))
    answers = [recommender.answer(scored, k=4, ranker=name) for name in ("model", "clip", "bert")]
    page = Page(finding_card(demo, answers, chosen=("clip", answers[1].results[2])))
    marked = [a for tag, a in page.tags if a.get("class") == "result chosen"]
    assert len(marked) == 1
    assert [a["class"] for a in page.all("li")].index("result chosen") == 4 + 2
    lists = [a["aria-label"] for a in page.all("section") if a.get("class") == "list"]
    assert lists == ["Results: model", "Results: clip", "Results: bert"]
    row = int(scored.candidates[np.nanargmax(answers[1].ranks)])
    low = recommender.result_of(scored, answers[1], row)
    html = finding_card(demo, answers, chosen=("clip", low))
    assert html.count('class="result') == 13
    before = html.partition('class="result chosen"')[0]
    assert before.count('class="result"') == 8
