"""Features of the pairs whose relevance is known."""

from threadpoolctl import threadpool_limits

from mmrec_core.building import scratch
from mmrec_core.building.known_pairs import Fitted, known_pairs
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.stages.split import judged_rows
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.kept_metric import keep
from mmrec_core.files import write_table
from mmrec_core.inputs.judgements import TEST
from mmrec_core.inputs.splits import HELD_OUT


def pair_features(work: Workspace) -> None:
    """Compute the features of every pair whose relevance is known, and keep what pairs teach."""
    table = work.table()
    fitted = Fitted(
        work.collection(),
        work.array(scratch.LONG_NEIGHBOURS),
        dict(enumerate(work.array(scratch.UNSEEN_TEXT))),
    )
    known = known_pairs(
        fitted,
        table,
        judged_rows(work, table) if work.config.pairs else None,
        work.candidate_settings(),
        work.config.seed,
        lambda queries, what: work.progress(queries, what, "queries", len(queries)),
    )
    write_table(work.output(layout.PAIRS), known.table)
    if known.nearby:
        with threadpool_limits(limits=1, user_api="blas"):  # the same on any number of cores
            met = known.nearby.met_by(TEST, HELD_OUT, fitted.collection)
        if met.learned:
            keep(met.learned, work.output)


STAGE = Stage(
    "pair features",
    pair_features,
    reads=(
        layout.CATALOGUE,
        *COLLECTION,
        layout.PREPARED,
        scratch.CANDIDATES,
        scratch.LONG_NEIGHBOURS,
        scratch.UNSEEN_TEXT,
        scratch.JUDGED,
    ),
    writes=(layout.PAIRS, *layout.LEARNED),
    options=("pairs", "seed"),
)
