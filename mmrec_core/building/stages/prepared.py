"""What the app would otherwise compute of the whole collection."""

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages.candidates import COLLECTION
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.cluster_distances import ClusterDistances
from mmrec_core.collection.kept import keep


def prepared(work: Workspace) -> None:
    """Write moments, expanded vectors, distances to centroids and, of many images, a shortlist."""
    size = work.candidate_settings().exact_size
    root = work.output(layout.PREPARED).parent
    collection = work.collection()
    keep(collection, size, work.config.seed, root.joinpath)
    distances = ClusterDistances.of(collection.unit, collection.cluster_of, collection.centroids)
    distances.keep(root.joinpath)


STAGE = Stage(
    "prepared vectors",
    prepared,
    reads=(*COLLECTION, scratch.CANDIDATES),
    writes=(layout.PREPARED,),
    options=("seed",),
)
