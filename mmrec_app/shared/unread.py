"""What is said beside a text that an encoder was taught no letter of."""

from collections.abc import Iterable

import streamlit as st
from babel import Locale

from mmrec_app.i18n import _, language
from mmrec_core.encoders import EncoderSpec
from mmrec_core.encoders.scripts import OTHER, script_of


def warn(texts: Iterable[str], **encoders: EncoderSpec) -> None:
    """Draw a warning where one of the texts is in a script that an encoder can't read.

    Parameters
    ----------
    texts : iterable of str
    encoders : EncoderSpec
        By the name that people read, such as ``CLIP``.
    """
    for name, spec in encoders.items():
        unread = [text for text in texts if not spec.reads(text)]
        if unread:
            st.caption(f":material/translate: {_warning(unread[0], name, spec)}")


def _warning(text: str, name: str, spec: EncoderSpec) -> str:
    known = ", ".join(_name(code) for code in spec.scripts)
    return _(
        "{encoder} was taught no texts in this script ({script}): what it makes of this one is "
        "little better than chance. Write in one that it knows ({known}), or build the collection "
        "with an encoder that reads it, such as `--encoders multilingual`."
    ).format(encoder=name, script=_name(script_of(text) or OTHER), known=known)


def _name(code: str) -> str:
    return str(Locale.parse(language()).scripts.get(code, code))
