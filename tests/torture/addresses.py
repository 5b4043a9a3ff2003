"""Links to the app's pages with strange parameters, each run as a visitor's session runs it."""

import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from streamlit.testing.v1 import AppTest

from mmrec_app.browse.view import BrowseView
from mmrec_app.clusters.view import ClustersView
from mmrec_app.compare.view import CompareView
from mmrec_app.errors.view import ErrorsView
from mmrec_app.evaluation.view import EvaluationView
from mmrec_app.map.view import MapView
from mmrec_app.recommend.view import RecommendView
from mmrec_app.stories.view import StoriesView
from mmrec_core.bundle import open_bundle
from tests.app.pages import page, scrolled, turn_to
from tests.e2e.views import VIEWS
from tests.torture import small
from tests.torture.children import GIB, Child, Fell
from tests.torture.trials import End, Trial

SECONDS = 20
PRELOAD = (__name__,)
_MEMORY = 6 * GIB
_VISITS = 100
"""Addresses that one session follows."""

_VIEWS = (BrowseView, RecommendView, MapView, ClustersView, EvaluationView, ErrorsView, CompareView,
          StoriesView)  # fmt: skip
NAMES = (
    *sorted({field.name for view in _VIEWS for field in fields(view)}),
    *("bundle", "lang", "reviewer", "filter", "unknown"),
)
_ODD = (
    *("", " ", "0", "1", "-1", "5", "1e309", "nan", "inf", "-0", "٣", "1_000", "9" * 400),
    *("9" * 5_000, "true", "None", "null", "[]", "{}", '[["image","x",1]]', "[" * 2_000),
    *('[["text","bird",1e400]]', "a\0b", "\ufffd", "\u202e", "e\u0301", "x" * 20_000, "%s%n{0}"),
    *("../../etc/passwd", "<script>alert(1)</script>", "=1+1", "'; DROP TABLE verdicts;--"),
    *("words:2..4", "words:..", "words:9..2", "score:20", "1/3", "0/0", "3/1", "90-200"),
    *("0,0,1,1", "0,0,1e400,1", "nan,0,1,1", "demo@", "@1234", "en", "ru", "zz"),
)


def trials(seed: int, count: int, folder: Path) -> Iterator[Trial]:
    """Yield a trial for each address; half are of views that there are, with one thing changed."""
    bundle = small.build(small.write_images(folder / "images"), folder / "bundle")
    items = open_bundle(bundle).items
    known = (*items["image"][:3], *items["label"].dropna()[:2], "clip", "model", "fused", "bert")
    with Child(_MEMORY, PRELOAD) as child:
        for number in range(count):
            chance = Random(f"{seed} {number}")
            name, params = _address(chance, known)
            what = f"{seed}/{number} {name} {_short(params)}"
            fresh = number % _VISITS == 0
            try:
                error = child.call(visited, bundle, name, params, fresh, seconds=SECONDS)
            except Fell as fell:
                yield Trial(what, fell.end, fell.why)
                continue
            yield Trial(what, End.CRASHED if error else End.RIGHT, error)


def _address(chance: Random, known: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    address = urlsplit(chance.choice(VIEWS).address.format(image=quote(known[0]), label=known[3]))
    params = dict(parse_qsl(address.query)) if chance.random() < 0.7 else {}
    for _ in range(chance.choice((1, 1, 2, 5))):
        value = chance.choice(_ODD) if chance.random() < 0.7 else chance.choice(known)
        params[chance.choice(NAMES)] = value
    return address.path or "browse", params


def _short(params: dict[str, str]) -> str:
    return repr({name: value[:40] for name, value in params.items()})


_session: dict[str, Any] = {}


def visited(bundle: Path, name: str, params: dict[str, str], fresh: bool) -> str:
    """Follow an address in the session of this process; return the exception on the page."""
    os.environ |= {"MMREC_BUNDLE": str(bundle), "MMREC_VERDICTS": str(bundle.parent / "verdicts")}
    if fresh or "app" not in _session:
        _session["app"] = page("about")
    app: AppTest = _session["app"]
    turn_to(app, name)
    app.query_params.clear()
    for key, value in params.items():
        app.query_params[key] = value
    try:
        if not app.run().exception:
            scrolled(app)
    except ValueError as error:
        if fresh or "is not in list" not in str(error):
            raise
        # AppTest asks a widget that the last page drew in Russian for its value in English.
        _session.clear()
        return visited(bundle, name, params, fresh=True)
    if not app.exception:
        return ""
    _session.clear()
    shown = app.exception[0]
    return f"{shown.message} {' '.join(shown.stack_trace[-3:])}"[:500]
