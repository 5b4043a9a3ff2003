"""The PDF of a story: a sheet a step, text that can be read out and found, strangers' text too."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from mmrec_core.bundle import Bundle
from mmrec_core.serving.recommender import Recommender
from mmrec_core.stories.introduction import introduction
from mmrec_core.stories.model import Link, Map, Picture, Pictures, Step, Story
from mmrec_core.stories.pdf import story_pdf


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_step_is_a_sheet_with_its_text(recommender: Recommender, language: str):
    story = introduction(recommender, language)
    pdf = story_pdf(recommender.bundle, story)
    pages = read(pdf).pages
    assert len(pages) == len(story.steps)
    assert [float(side) for side in pages[0].mediabox[2:]] == [960, 540]
    for page, step in zip(pages, story.steps, strict=True):
        said = "".join(page.extract_text().split())
        for paragraph in (step.title, *step.text.splitlines()):
            assert "".join(paragraph.split()) in said
    assert 200_000 < len(pdf) < 3_000_000


def test_text_of_strangers_is_cut_to_fit_and_breaks_nothing(demo: Bundle):
    long = "слово <b>(x) \\ " * 100
    picture = Picture(image="gone.png", caption="😀 漢字 \u202e" + long[:900], note=long[:300])
    step = Step(title=long[:200], text=long[:1900], finding=Pictures(pictures=(picture,) * 60))
    pdf = story_pdf(demo, Story(name="漢字", steps=(step, Step(title="\u0000 x", text="a\n\nb"))))
    assert len(read(pdf).pages) == 2


def test_links_lead_to_the_app_alone(demo: Bundle):
    step = Step(title="t", link=Link(page="about", parameters={}))
    story = Story(name="s", steps=(step,))
    assert b"/URI (http://x/about)" in story_pdf(demo, story, link=lambda link: "http://x/about")
    assert b"/URI" not in story_pdf(demo, story, link=lambda link: "javascript:alert(1)")
    assert b"/URI" not in story_pdf(demo, story)


def test_a_large_map_stays_small(demo: Bundle):
    spots = np.random.default_rng(0).normal(size=(125_000, 2)).astype(np.float32)
    story = Story(name="s", steps=(Step(title="t", finding=Map()),))
    assert len(story_pdf(replace(demo, map=spots), story)) < 500_000


def test_a_story_without_steps_is_a_sheet(demo: Bundle):
    assert "no steps yet" in read(story_pdf(demo, Story(name="s"))).pages[0].extract_text()


def picture_of(content: bytes, kind: str = "png") -> Picture:
    return Picture(data=f"data:image/{kind};base64,{base64.b64encode(content).decode()}")


def png(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n(RAN) print flush\n",
        png(9_000),
        png(13_400),
        b"\x89PNG\r\n\x1a\n" + bytes(40),
    ],
    ids=["a program", "large", "a bomb", "damaged"],
)
def test_what_only_claims_to_be_a_picture_is_left_out(
    demo: Bundle, content: bytes, capfd: pytest.CaptureFixture[str]
):
    def drawn(picture: Picture) -> int:
        step = Step(title="Here", finding=Pictures(pictures=(picture,)))
        pdf = story_pdf(demo, Story(name="One", language="en", steps=(step,)))
        return len(read(pdf).pages[0].images)

    assert drawn(picture_of(png(20))) == 1
    assert drawn(picture_of(content)) == 0
    assert "RAN" not in capfd.readouterr().out
