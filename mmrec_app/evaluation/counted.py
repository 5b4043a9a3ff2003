"""Where the pairs and the queries are that a figure of this page counts."""

from typing import Any

from mmrec_app.evaluation.view import QUERIES, EvaluationView
from mmrec_app.state import address


def pairs(view: EvaluationView, ranker: str, **chosen: Any) -> dict[str, Any]:
    """Return the parameters of Errors for the pairs that a figure of a ranker counts."""
    return address.exactly(ranker=ranker, threshold=view.threshold, set=view.set, **chosen)


def queries(view: EvaluationView, **chosen: Any) -> str:
    """Return a link to the table of queries, with those that a figure counts."""
    shown = EvaluationView(view=QUERIES, set=view.set, ranker=view.ranker, k=view.k, **chosen)
    return address.href("evaluation", **address.exactly(**address.to_params(shown)))
