"""What stands where somebody would write who may not, and who signed in."""

import streamlit as st
from streamlit.errors import StreamlitAuthError

from mmrec_app.i18n import _
from mmrec_app.served import rights
from mmrec_app.words import formats


def said(key: str = "page") -> None:
    """Say why this visitor may not write, with a way to sign in; nothing where they may."""
    if rights.may_write():
        return
    st.caption(rights.why_not())
    if rights.must_sign_in():
        st.button(_("Sign in"), key=f"sign-in.{key}", icon=":material/login:", on_click=_sign_in)


def person() -> None:
    """Say who signed in, with a way out; nothing where nobody did."""
    if name := rights.signed_in():
        st.caption(formats.escaped(_("Signed in as {name}").format(name=name)))
        st.button(
            _("Sign out"),
            key="sign-out",
            icon=":material/logout:",
            type="tertiary",
            on_click=st.logout,
        )


def _sign_in() -> None:
    try:
        st.login()
    except StreamlitAuthError as error:
        st.toast(formats.escaped(" ".join(str(error).split())), icon=":material/error:")
