"""The ranker, trained and calibrated."""

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.inputs.problem import Problem
from mmrec_core.ranker.training import fit_ranker


def ranker(work: Workspace) -> None:
    """Train CatBoost on the training queries, stop and calibrate on the validation queries."""
    trained = fit_ranker(work.table(layout.PAIRS), work.config.seed)
    if trained is None:
        reason = "no ranker: it needs relevant and irrelevant pairs to train and to calibrate on"
        work.report([Problem("", "ranker", reason)])
        return
    trained.save(work.output(layout.RANKER_MODEL), work.output(layout.RANKER))


STAGE = Stage(
    "ranker",
    ranker,
    reads=(layout.PAIRS,),
    writes=(layout.RANKER_MODEL, layout.RANKER),
    options=("seed",),
)
