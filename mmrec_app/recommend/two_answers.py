"""One query answered by two bundles: the open one, A, and another, B."""

from dataclasses import dataclass, replace

from mmrec_app.i18n import _
from mmrec_app.recommend import answers
from mmrec_app.recommend.view import RecommendView
from mmrec_app.served.recommenders import recommender_of
from mmrec_app.shared import against, notices, waiting
from mmrec_app.shared.keyed_query import KeyedQuery
from mmrec_core.bundle import Bundle
from mmrec_core.differences.matching import MatchedImages
from mmrec_core.differences.two_lists import TwoLists, ranker_of_other, two_lists
from mmrec_core.errors import MmrecError
from mmrec_core.serving.answers import Recommendation, ScoredQuery

A, B = "A", "B"


@dataclass(frozen=True, eq=False)
class Side:
    """One bundle's answer; ``name`` is the one under which it is served."""

    name: str
    bundle: Bundle
    scored: ScoredQuery
    answer: Recommendation


@dataclass(frozen=True, eq=False)
class Both:
    """The same query in A and in B."""

    a: Side
    b: Side
    images: MatchedImages
    lists: TwoLists


def both(bundle: Bundle, other: Bundle, query: KeyedQuery, view: RecommendView) -> Both | None:
    """Answer a query by both bundles; where B cannot, say why and return None.

    Raises
    ------
    QueryError
        If A's ranker cannot answer it.
    """
    name = str(view.other)
    a = answers.compared(bundle, query, view)
    image = query.query.image
    if isinstance(image, str) and image not in other:
        notices.notice(
            _("This query is not in {bundle}").format(bundle=name),
            _("It has no image named “{name}”, so only this bundle's list is shown.").format(
                name=image
            ),
        )
        return None
    try:
        with waiting.answering(other, query.query, _("Asking the other bundle…")):
            scored = answers.scored(other, query)
            (first,) = a.answers.values()
            ranker = ranker_of_other(view.other_by, first.ranker, tuple(scored.scores))
            b = answers.compared(other, query, replace(view, ranker=ranker))
    except MmrecError as error:
        notices.notice(_("{bundle} cannot answer this query").format(bundle=name), str(error))
        return None
    images = against.images_of(bundle, other)
    return Both(
        Side(bundle.path.name, bundle, a.scored, first),
        Side(name, other, scored, b.answers[ranker]),
        images,
        two_lists(first, b.answers[ranker], images, recommender_of(bundle).relevance, view.k),
    )
