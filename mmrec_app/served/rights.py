"""Whether this visitor may write: verdicts, tags, sets, views, stories, and pictures of their own.

Decided here alone. Pages ask before they draw what writes, `mmrec_app.shared.reviews.attempt`
before each write, and `mmrec_app.served.uploads` before a file is taken over HTTP.
"""

import hashlib
import os
from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from mmrec_app.i18n import _

_ON = {"1", "true", "yes", "on"}


def read_only() -> bool:
    """Say whether the app is for looking alone: ``mmrec app --read-only``, ``MMREC_READ_ONLY``."""
    return _is_on("MMREC_READ_ONLY")


def must_sign_in() -> bool:
    """Say whether who writes must sign in: ``mmrec app --sign-in``, ``MMREC_SIGN_IN``."""
    return _is_on("MMREC_SIGN_IN") and not read_only()


def sign_in_fault() -> str | None:
    """Return the sentence that says why nobody could sign in who must; None where they can."""
    if not must_sign_in() or (secrets_singleton.load_if_toml_exists() and "auth" in st.secrets):
        return None
    return "--sign-in needs a provider: [auth] in .streamlit/secrets.toml, as docs/server.md says."


def signed_in() -> str | None:
    """Return the name of the visitor as a reviewer, None where they did not sign in."""
    if not (must_sign_in() and st.user.get("is_logged_in")):
        return None
    return reviewer_of({key: str(value) for key, value in st.user.to_dict().items()})


def reviewer_of(claims: Mapping[str, str]) -> str:
    """Return the name that a person reviews under.

    It ends with 16 digits of who they are to their provider, so that nobody has it by being called
    the same, nor by trying accounts until one fits. It holds no address of theirs.

    Parameters
    ----------
    claims : mapping
        Of OpenID Connect (https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims).
    """
    shown = claims.get("name") or claims.get("preferred_username") or claims.get("nickname")
    shown = " ".join("".join(c if c.isprintable() else " " for c in shown or "").split())
    mark = hashlib.sha256(f"{claims.get('iss', '')} {claims.get('sub', '')}".encode()).hexdigest()
    legible = "-".join(mark[i : i + 4] for i in range(0, 16, 4))
    return f"{shown[:40] or 'reviewer'} {legible}"


def may_write() -> bool:
    """Say whether this visitor may write."""
    return not read_only() and (not must_sign_in() or signed_in() is not None)


def may_send(cookies: Mapping[str, str]) -> bool:
    """Say whether who sends these cookies may send a file."""
    if not must_sign_in():
        return not read_only()
    signed = decode_signed_value(
        get_cookie_secret(), USER_COOKIE_NAME, cookies.get(USER_COOKIE_NAME, "")
    )
    return signed is not None


def why_not() -> str:
    """Return the sentence that says why this visitor may not."""
    if must_sign_in():
        return _(
            "Sign in to give verdicts, tags and preferences, to make query sets and stories, and "
            "to bring pictures of your own."
        )
    return _(
        "This app is for looking: verdicts, tags, query sets, stories and pictures of your own "
        "are switched off."
    )


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in _ON
