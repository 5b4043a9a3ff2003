"""Whether this visitor may write: verdicts, tags, sets, views, stories, and pictures of their own.

Decided here alone. Pages ask before they draw what writes, `mmrec_app.shared.reviews.attempt`
before each write, and `mmrec_app.served.uploads` before a file is taken over HTTP.
"""

import os

from mmrec_app.i18n import _

_ON = {"1", "true", "yes", "on"}


def read_only() -> bool:
    """Say whether the app is for looking alone: ``mmrec app --read-only``, ``MMREC_READ_ONLY``."""
    return os.environ.get("MMREC_READ_ONLY", "").strip().lower() in _ON


def may_write() -> bool:
    """Say whether this visitor may write."""
    return not read_only()


def why_not() -> str:
    """Return the sentence that says why this visitor may not."""
    return _(
        "This app is for looking: verdicts, tags, query sets, stories and pictures of your own "
        "are switched off."
    )
