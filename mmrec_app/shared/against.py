"""The other bundle that a page compares with: its choice, what is wrong with it, and differences.

What was computed of two bundles is kept here, by both their digests.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from mmrec_app.i18n import _
from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.shared import held_out, notices
from mmrec_core.bundle import Bundle
from mmrec_core.bundle.layout import MANIFEST
from mmrec_core.differences.compare import Differences, differences, main_ranker
from mmrec_core.differences.matching import MatchedImages, Matching, System, matched_images
from mmrec_core.differences.pools import shared_rankers, union_of_pools
from mmrec_core.differences.queries import moved_queries
from mmrec_core.errors import BundleError


def others(bundle: Bundle) -> list[str]:
    """Return the names of the other bundles that are served and have images of the same names."""
    return [
        name
        for name, folder in bundle_folders().items()
        if folder != bundle.path and _shares(bundle.digest, str(folder), _time_of(folder), bundle)
    ]


def choice(
    names: list[str], chosen: str | None, key: str, take: Callable[[str | None], None]
) -> None:
    """Draw the choice of the other bundle; ``take`` is called with it, None for none."""
    st.session_state[key] = chosen if chosen in names else None
    st.selectbox(
        _("Compare with bundle"),
        names,
        index=None,
        key=key,
        placeholder=_("Another bundle"),
        width=220,
        on_change=lambda: take(st.session_state[key]),
        help=_("B is the other bundle, A this one. Their images are matched by name."),
    )


def other_bundle(bundle: Bundle, name: str | None) -> Bundle | None:
    """Return the bundle that a view compares with; where it names one in vain, say why."""
    if name is None:
        return None
    folder = bundle_folders().get(name)
    if folder is None:
        title = _("No bundle named “{name}” is served here").format(name=name)
        notices.notice(title, ", ".join(others(bundle)))
        return None
    if folder == bundle.path:
        notices.notice(_("This bundle is compared with itself"), _("Choose another one."))
        return None
    try:
        other = opened(folder)
        if not images_of(bundle, other).images:
            notices.notice(
                _("These two cannot be compared"), _("They have no image of the same name.")
            )
            return None
    except BundleError as error:
        notices.notice(_("This bundle cannot be opened"), str(error))
        return None
    return other


def say_alone() -> None:
    """Say that there is no other bundle to compare with."""
    notices.empty(
        _("No other bundle of these images is served"),
        _("Put another one of the same images beside it: mmrec build --out artifacts/NAME."),
    )


def say_incomparable() -> None:
    """Say that there are too few queries to measure differences on: of `ComparisonError`."""
    notices.empty(
        _("These two cannot be compared"),
        _(
            "They share too few queries: both must hold out at least 5 queries of the same "
            "images, with a relevance that both know."
        ),
    )


def images_of(a: Bundle, b: Bundle) -> MatchedImages:
    """Return the images that both have (`mmrec_core.differences.matching.matched_images`)."""
    return _images(a.digest, b.digest, a, b)


def compared(
    a: Bundle, b: Bundle, ranker: str | None, metric: str, only: tuple[str, ...] | None = None
) -> Differences:
    """Return how two bundles differ, by a ranker of both (`mmrec_core.differences.compare`).

    Where ``only`` names queries, it is on these alone.

    Raises
    ------
    ComparisonError
        If they share too few queries.
    """
    return _compared(a.digest, b.digest, ranker_of_both(a, b, ranker), metric, only, a, b)


def moved(a: Bundle, b: Bundle, ranker: str | None, metric: str) -> pd.DataFrame:
    """Return each query's figures in both (`mmrec_core.differences.queries.moved_queries`).

    Raises
    ------
    ComparisonError
        If they share too few queries.
    """
    return _moved(a.digest, b.digest, ranker_of_both(a, b, ranker), metric, a, b)


def ranker_of_both(a: Bundle, b: Bundle, ranker: str | None) -> str:
    """Return a ranker that scores pairs in both: this one, or else the main one."""
    rankers = shared_rankers(_system(a), _system(b))
    return ranker if ranker in rankers else main_ranker(rankers)


def _system(bundle: Bundle) -> System:
    return System(bundle, held_out.scored(bundle))


def _time_of(folder: Path) -> int:
    try:
        return (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(max_entries=256, show_spinner=False)
def _shares(digest: str, folder: str, changed: int, _bundle: Bundle) -> bool:
    try:
        names = opened(Path(folder)).items["image"]
    except BundleError:
        return True  # to choose it says what is wrong
    return any(name in _bundle for name in names)


@st.cache_resource(max_entries=8, show_spinner=False)
def _images(digest: str, other: str, _a: Bundle, _b: Bundle) -> MatchedImages:
    return matched_images(_a, _b)


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(
    digest: str,
    other: str,
    ranker: str,
    metric: str,
    only: tuple[str, ...] | None,
    _a: Bundle,
    _b: Bundle,
) -> Differences:
    a, b = _system(_a), _system(_b)
    if only is not None:
        a, b = a.on(only), b.on(only)
    return differences(a, b, ranker=ranker, metric=metric)


@st.cache_resource(max_entries=8, show_spinner=False)
def _moved(
    digest: str, other: str, ranker: str, metric: str, _a: Bundle, _b: Bundle
) -> pd.DataFrame:
    a, b = _system(_a), _system(_b)
    matching = Matching.of(a, b)
    return moved_queries(union_of_pools(a, b, matching, "a"), matching, _a, ranker, metric)
