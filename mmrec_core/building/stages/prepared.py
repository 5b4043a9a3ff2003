"""What queries would otherwise compute when a bundle is opened."""

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.kept import keep


def prepared(work: Workspace) -> None:
    """Write moments, expanded vectors and, of a large collection, its shortlist."""
    size = work.candidate_settings().exact_size
    root = work.output(layout.PREPARED).parent
    keep(work.collection(), size, work.config.seed, lambda name: root / name)


STAGE = Stage(
    "prepared vectors",
    prepared,
    reads=(*COLLECTION, scratch.CANDIDATES),
    writes=(layout.PREPARED,),
    options=("seed",),
)
