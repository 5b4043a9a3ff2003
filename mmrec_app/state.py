"""The state of each page, held in the URL alone: a copied link opens the same view.

Reading is strict about ids and lenient about the rest: an unknown image, label, cluster or
ranker is an error that the page shows; a number out of range is moved into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pandas as pd
import streamlit as st

COLLAPSE_ABOVE = 0.98
K_RANGE = (1, 50)
_BUNDLE = "bundle"


class LinkError(ValueError):
    """A link names something that this bundle does not have; the text says what."""


@dataclass(frozen=True)
class BrowseView:
    """What the Browse page shows."""

    q: str = ""
    label: str | None = None
    cluster: int | None = None
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.q or self.label is not None or self.cluster is not None)


@dataclass(frozen=True)
class RecommendView:
    """What the Recommend page shows; ``image`` and ``result`` are ids in the catalogue.

    An empty ``ranker`` leaves the choice to the bundle.
    """

    image: str | None = None
    ranker: str = ""
    k: int = 10
    collapse: bool = True
    result: str | None = None


def parse_browse(params: Mapping[str, str], items: pd.DataFrame) -> BrowseView:
    """Read a Browse view from a link's parameters.

    Raises
    ------
    LinkError
        If the label or the cluster is unknown.
    """
    label = params.get("label") or None
    if label is not None and ("label" not in items or not (items["label"] == label).any()):
        raise LinkError(f"No image here has the category “{label}”.")
    cluster = None
    if params.get("cluster"):
        cluster = _integer(params["cluster"], -1)
        if not (items["cluster"] == cluster).any():
            raise LinkError(f"There is no cluster “{params['cluster']}” here.")
    page = max(1, _integer(params.get("page", ""), 1))
    return BrowseView(params.get("q", "").strip(), label, cluster, page)


def parse_recommend(
    params: Mapping[str, str], items: pd.DataFrame, rankers: tuple[str, ...]
) -> RecommendView:
    """Read a Recommend view from a link's parameters.

    Raises
    ------
    LinkError
        If the image, the ranker or the chosen result is unknown.
    """
    ranker = params.get("ranker") or default_ranker(rankers)
    if ranker not in rankers:
        raise LinkError(f"This bundle has no ranker “{ranker}”. It has: {', '.join(rankers)}.")
    for name in ("image", "result"):
        image = params.get(name)
        if image and not (items["image"] == image).any():
            raise LinkError(f"This bundle has no image “{image}”.")
    k = min(max(_integer(params.get("k", ""), RecommendView.k), K_RANGE[0]), K_RANGE[1])
    return RecommendView(
        params.get("image") or None,
        ranker,
        k,
        params.get("collapse", "1") != "0",
        params.get("result") or None,
    )


def default_ranker(rankers: tuple[str, ...]) -> str:
    """Return the trained ranker if there is one, else the mean of the two similarities."""
    return "model" if "model" in rankers else rankers[-1]


def to_params(view: BrowseView | RecommendView) -> dict[str, str]:
    """Write a view as a link's parameters, leaving out what is at its default."""
    params = {}
    for field in fields(view):
        value = getattr(view, field.name)
        if value is None or value == field.default:
            continue
        params[field.name] = str(int(value)) if isinstance(value, bool) else str(value)
    return params


def current_params() -> dict[str, str]:
    """Return this page's parameters, the last one where a name repeats."""
    return st.query_params.to_dict()


def go(view: BrowseView | RecommendView, **changes: Any) -> None:
    """Put a view, changed in some fields, into the URL. Call it from a widget's callback."""
    st.query_params.from_dict(_kept() | to_params(replace(view, **changes)))


def link(view: BrowseView | RecommendView) -> dict[str, str]:
    """Return the parameters of a link to a view of the present bundle."""
    return _kept() | to_params(view)


def bundle_name() -> str | None:
    """Return the bundle that the link names, or else the one that this session uses."""
    return st.query_params.get(_BUNDLE) or st.session_state.get(_BUNDLE)


def choose_bundle(name: str) -> None:
    """Turn to another bundle: what the URL said about the last one is void."""
    st.session_state[_BUNDLE] = name
    st.query_params.from_dict({_BUNDLE: name})


def keep_bundle(name: str) -> None:
    """Note the bundle in the session and in the URL, so that a copied link names it."""
    st.session_state[_BUNDLE] = name
    if st.query_params.get(_BUNDLE) != name:
        st.query_params[_BUNDLE] = name


def forget() -> None:
    """Clear the URL and the choice of the bundle."""
    st.session_state.pop(_BUNDLE, None)
    st.query_params.clear()


def _kept() -> dict[str, str]:
    name = st.query_params.get(_BUNDLE)
    return {_BUNDLE: name} if name else {}


def _integer(text: str, otherwise: int) -> int:
    try:
        return int(text)
    except ValueError:
        return otherwise
