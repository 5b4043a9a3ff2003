"""The interface's language: English stands in the code, Russian in ``locale/ru/*.po``.

Texts are marked with `_` and `ngettext` in the manner of gettext, always as literals, so that a
test can find them all and see that each has its translation. The ``.po`` files are read as they
are: there is no compiled copy to keep in step.
"""

import gettext
import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from streamlit.runtime.scriptrunner import get_script_run_ctx

LANGUAGES = {"en": "English", "ru": "Русский"}
_LOCALE = Path(__file__).with_name("locale")
_CHOSEN = "language"
_of_this_run: ContextVar[str | None] = ContextVar("language", default=None)


def language() -> str:
    """Return the visitor's language."""
    known = _of_this_run.get()
    if known is not None:
        return known
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    name = st.session_state[_CHOSEN] if _CHOSEN in st.session_state else greet()
    _of_this_run.set(name)
    return name


def greet() -> str:
    """Note the language that the link asks for, else the one chosen, else the browser's."""
    requested = st.query_params.get("lang")
    if requested in LANGUAGES:
        st.session_state[_CHOSEN] = requested
    elif _CHOSEN not in st.session_state:
        browser = (st.context.locale or "en")[:2].lower()
        st.session_state[_CHOSEN] = browser if browser in LANGUAGES else "en"
    _of_this_run.set(st.session_state[_CHOSEN])
    return st.session_state[_CHOSEN]


def choose_language(name: str) -> None:
    """Speak another language from now on, to this visitor alone."""
    st.session_state[_CHOSEN] = name
    _of_this_run.set(name)
    st.query_params.pop("lang", None)


def _(message: str) -> str:
    """Return a text in the visitor's language."""
    return translations(language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the form of a text that goes with the number ``n``, in the visitor's language."""
    return translations(language()).ngettext(one, many, n)


def _later(message: str) -> str:
    """Mark a text that is translated when it is shown: `_` of it is called then."""
    return message


@cache
def translations(name: str) -> gettext.NullTranslations:
    """Return all translations into a language, from every area's file."""
    combined = gettext.NullTranslations()
    for path in sorted((_LOCALE / name).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=name)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        area = gettext.GNUTranslations(compiled)
        area.add_fallback(combined)
        combined = area
    return combined
