"""`mmrec story`: what stories there are, and one of them as a page."""

from pathlib import Path

import pytest

from mmrec_core.stories.model import Step, Story
from mmrec_core.stories.store import Stories
from mmrec_core.verdicts.places import verdict_place


@pytest.fixture
def kept(demo_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stories:
    monkeypatch.setenv("MMREC_VERDICTS", str(tmp_path))
    stories = Stories(verdict_place(demo_bundle))
    stories.add(Story(name="Birds", steps=(Step(title="One"),)), reviewer="Ann")
    return stories


def test_stories_are_listed(mmrec, demo_bundle: Path, kept: Stories):
    code, out, err = mmrec("story", demo_bundle)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "introduction: How the recommender works (9 steps, of the bundle)",
        "Birds (1 steps, by Ann)",
    ]


def test_the_demos_story_is_one_small_page(mmrec, demo_bundle: Path, tmp_path: Path):
    page = tmp_path / "story.html"
    code, out, _ = mmrec("story", demo_bundle, "--out", page, "--language", "ru")
    assert code == 0
    assert "9 steps" in out
    assert page.stat().st_size < 1_500_000
    assert '<html lang="ru">' in page.read_text("utf-8")


def test_the_demos_story_is_a_pdf(mmrec, demo_bundle: Path, tmp_path: Path):
    pdf = tmp_path / "story.pdf"
    assert mmrec("story", demo_bundle, "--out", pdf)[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF-")


def test_a_story_is_written_by_name(mmrec, demo_bundle: Path, kept: Stories, tmp_path: Path):
    page = tmp_path / "birds.html"
    assert mmrec("story", demo_bundle, "--name", "Birds", "--out", page)[0] == 0
    assert "<title>Birds</title>" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--name", "Owls", "--out", "o.html"), 1, "There are: introduction, Birds."),
        (("--name", "Owls"), 1, "there is no story 'Owls'"),
        (("--out", "story.docx"), 2, "ends in"),
        (("--language", "de"), 2, "en or ru"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    mmrec, demo_bundle: Path, kept: Stories, words: tuple[str, ...], code: int, said: str
):
    ended, _, err = mmrec("story", demo_bundle, *words)
    assert ended == code
    assert said in err
