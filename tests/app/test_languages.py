"""What a visitor reads in their language, and what is said of a text that no encoder reads."""

import json

import pytest

from mmrec_core.bundle import Bundle
from tests.app.pages import page, texts

GREEK, RUSSIAN = "Μια γάτα", "Кошка"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("browse", {"terms": json.dumps([["text", "{text}", 1.0]], ensure_ascii=False)}),
        ("recommend", {"text": "{text}"}),
        ("map", {"query": "{text}"}),
    ],
)
def test_a_text_in_letters_that_no_encoder_reads_is_said_to_be_so(
    bundle: Bundle, name: str, parameters: dict[str, str]
) -> None:
    def said(text: str) -> str:
        return texts(page(name, **{k: v.replace("{text}", text) for k, v in parameters.items()}))

    assert "taught no texts in this script (Greek)" in said(GREEK)
    assert "taught no texts" not in said(RUSSIAN)


def test_the_collection_and_its_encoders_are_described_in_russian(bundle: Bundle) -> None:
    said = texts(page("about", lang="ru"))
    assert "538 фотографий и рисунков" in said
    assert "Английская модель предложений" in said
    assert bundle.manifest.notes[0] not in said
