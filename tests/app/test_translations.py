"""Every text of the app has its Russian translation, and each translation fits its text."""

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import mmrec_app
from mmrec_app.home import PAGE_FILES
from mmrec_app.i18n import translations

APP = Path(mmrec_app.__file__).parent
KEYWORDS = {"_": None, "_later": None, "ngettext": (1, 2), "count": (2, 3)}


def messages() -> set[str | tuple[str, str]]:
    texts = set()
    for folder in (APP, PAGE_FILES):
        for _file, _line, message, _comments, _context in extract_from_dir(
            folder, keywords=KEYWORDS
        ):
            texts.add(message)
    return texts


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _kind in string.Formatter().parse(text) if name}


def test_every_text_is_translated() -> None:
    russian = translations("ru")
    missing = [
        message
        for message in messages()
        if (
            russian.gettext(message) == message
            if isinstance(message, str)
            else russian.ngettext(*message, 5) == message[1]
        )
        and any(c.isalpha() for c in str(message))
    ]
    same = {"CSV", "JSON"}
    assert sorted(map(str, set(missing) - same)) == []


@pytest.mark.parametrize("path", sorted((APP / "locale").glob("*/*.po")), ids=lambda p: p.stem)
def test_translations_have_the_same_placeholders(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if not message.id:
            continue
        forms = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = placeholders(forms[-1])
        assert all(strings), f"{message.id!r} has an empty translation"
        for translated in strings:
            assert placeholders(translated) <= wanted | placeholders(forms[0]), message.id
