"""A saved view as a step of a story: what of it can be shown without the app, and a link to it."""

from contextlib import suppress
from typing import Any

import numpy as np

from mmrec_app.i18n import _, language
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import captions, naming
from mmrec_app.words import vocabulary
from mmrec_core.bundle import Bundle
from mmrec_core.errors import QueryError, StoryError
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL, RANKERS
from mmrec_core.serving.answers import Query
from mmrec_core.serving.comparison import compare
from mmrec_core.stories.findings import lists_finding, picture_of, query_picture
from mmrec_core.stories.measured import figures_finding
from mmrec_core.stories.model import Finding, Map, Step, link_to
from mmrec_core.stories.words import texts
from mmrec_core.verdicts.saved_views import SavedView

_PICTURES = 4
_RESULTS = 5


def step_of_view(bundle: Bundle, view: SavedView) -> Step:
    """Return a step of a saved view, under its name."""
    finding = None
    with suppress(QueryError, StoryError, ValueError):  # it names what this bundle lacks
        finding = _finding(bundle, view.page, view.parameters)
    return Step(title=view.name, finding=finding, link=link_to(view.page, view.parameters))


def _finding(bundle: Bundle, page: str, params: dict[str, Any]) -> Finding | None:
    if page == "recommend":
        return _lists(bundle, params)
    if page == "clusters" and "cluster" in params:
        return _cluster(bundle, int(params["cluster"]))
    if page == "map" and params.get("image") in bundle:
        row = bundle.index_of(params["image"])
        shown = picture_of(bundle, row, captions.reader(bundle))
        return Map(query=params["image"], pictures=(shown,), legend=_("the marked image"))
    if page == "evaluation":
        return figures_finding(bundle, texts(language()))
    return None


def _lists(bundle: Bundle, params: dict[str, Any]) -> Finding | None:
    query = Query(params.get("image"), params.get("text"))
    if "upload" in params or not (query.image or query.text):
        return None
    recommender = recommender_of(bundle)
    scored = recommender.score(query)
    only = params.get("ranker")
    beside = (CLIP, BERT, MODEL if MODEL in scored.scores else FUSED)
    rankers = (only,) if only in RANKERS else beside
    answers = compare(recommender, scored, rankers, k=_RESULTS, collapse=0.98).answers
    read = captions.reader(bundle)
    names = {name: vocabulary.ranker_name(name) for name in RANKERS}
    asked = query_picture(bundle, scored.info, read)
    return lists_finding(bundle, list(answers.values()), asked, read, names, k=_RESULTS)


def _cluster(bundle: Bundle, cluster: int) -> Finding | None:
    members = np.flatnonzero(bundle.cluster_of == cluster)
    if not len(members):
        return None
    read = captions.reader(bundle)
    pictures = tuple(picture_of(bundle, int(row), read) for row in members[:_PICTURES])
    return Map(
        cluster_of=bundle.image(int(members[0])),
        pictures=pictures,
        legend=naming.cluster_name(bundle, cluster),
    )
