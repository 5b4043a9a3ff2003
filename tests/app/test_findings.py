"""Saving a finding from the Recommend page."""

from mmrec_core.bundle import Bundle
from tests.app.pages import gallery_of, page

CROW = "animals/birds/crow.png"


def saved(app, note: str) -> dict:
    """Press the button, as the component does: the note and a ticket come in one message."""
    app.session_state["recommend.finding.request"] = {"note": note, "ticket": "7"}
    return gallery_of(app.run(), "recommend.finding.form")


def test_a_finding_is_written_once_it_is_asked_for(bundle: Bundle) -> None:
    app = page("recommend", image=CROW, ranker="clip", k="3")
    assert gallery_of(app, "recommend.finding.form")["html"] is None
    form = saved(app, "Why <b>this</b> one?")
    assert form["ticket"] == "7"
    assert form["name"] == "finding-animals-birds-crow.html"
    for expected in ("Why &lt;b&gt;this&lt;/b&gt; one?", "CLIP", "Mostly because", "A crow."):
        assert expected in form["html"]
    assert form["html"].count('class="result') == 3
    assert form["html"].count('class="result chosen"') == 1
    assert gallery_of(app.run(), "recommend.finding.form")["html"] is None


def test_a_finding_holds_all_lists_and_marks_what_was_chosen(bundle: Bundle) -> None:
    app = page("recommend", image=CROW, k="4")
    third = gallery_of(app, "recommend.lists")["columns"][1]["cards"][2]["id"]
    html = saved(page("recommend", image=CROW, k="4", by="clip", result=third), "")["html"]
    for ranker in ("CatBoost", "CLIP", "BERT"):
        assert f'aria-label="Results: {ranker}"' in html
    before, _mark, after = html.partition('class="result chosen"')
    assert before.count('class="result"') == 6
    assert third in after.partition("</li>")[0]


def test_a_finding_speaks_the_visitors_language(bundle: Bundle) -> None:
    app = page("recommend", image=CROW, lang="ru")
    html = saved(app, "Смотрите")["html"]
    assert '<html lang="ru">' in html
    for expected in ("Находка", "Ворона.", "вероятность релевантности", "Смотрите"):
        assert expected in html
    assert "average pair" not in html


def test_a_finding_holds_regions_and_words_where_they_are_open(bundle: Bundle) -> None:
    html = saved(page("recommend", image=CROW, ranker="clip", k="2"), "")["html"]
    assert "Regions and words" not in html
    html = saved(page("recommend", image=CROW, ranker="clip", k="2", parts="score"), "")["html"]
    assert html.count('class="parts"') == 1
    assert html.count("data:image/png;base64,") == 2
    view = {"image": CROW, "ranker": "clip", "k": "2", "parts": "text_to_image_cosine"}
    html = saved(page("recommend", **view, lang="ru"), "")["html"]
    assert "Области и слова" in html
    shown = html.partition('class="parts"')[2]
    assert "crow." in shown
    assert "Подписи — на том языке, на котором их сравнивали." in shown
