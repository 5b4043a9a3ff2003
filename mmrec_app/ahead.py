"""What the first visitors would wait for, done while the server starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Thread

from mmrec_app.clusters.overview import overview
from mmrec_app.evaluation import view as evaluation
from mmrec_app.served.bundles import bundle_folders, opened
from mmrec_app.served.recommenders import load_encoders_ahead, recommender_of
from mmrec_app.shared import held_out
from mmrec_core.bundle import Bundle
from mmrec_core.errors import BundleError
from mmrec_core.evaluation.metrics import CUTOFF


@asynccontextmanager
async def first_bundle_ahead() -> AsyncIterator[None]:
    """Prepare the first bundle in a thread while the app is served; its start does not wait."""
    Thread(target=_first, daemon=True).start()
    yield


def prepare(bundle: Bundle) -> None:
    """Compute what Clusters and Evaluation show first, and begin to load the encoders.

    A visitor who comes meanwhile waits for the same computation.
    """
    load_encoders_ahead(bundle)
    overview(bundle)
    if evaluation.has_pairs(bundle):
        recommender = recommender_of(bundle)
        ranker = evaluation.in_focus(evaluation.EvaluationView(), recommender.rankers)
        held_out.measured(bundle, CUTOFF)
        held_out.curves_of(bundle, ranker)
        held_out.thresholds(bundle, ranker)
        held_out.slices(bundle, ranker, CUTOFF)
        if recommender.ranker:
            held_out.importance_of(bundle)


def _first() -> None:
    with suppress(BundleError):  # pages say what is wrong
        for folder in list(bundle_folders().values())[:1]:
            prepare(opened(folder))
