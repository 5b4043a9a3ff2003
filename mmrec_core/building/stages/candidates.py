"""How candidates are found, and how many."""

import numpy as np

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.settings import CandidateSettings
from mmrec_core.collection.candidates import Collection
from mmrec_core.files import write_json

SAMPLE = 1000


def candidates(work: Workspace) -> None:
    """Fix how candidates are found; an exact list is as long as the clusters' are on average."""
    near = work.config.nearest_clusters
    settings = CandidateSettings(
        method=work.config.candidates,
        nearest_clusters=near,
        exact_size=work.config.exact_size
        or size_of_clusters(work.collection(), near, work.config.seed),
    )
    write_json(work.output(scratch.CANDIDATES), settings.model_dump())


def size_of_clusters(collection: Collection, near: int, seed: int) -> int:
    """Return how many candidates ``near`` clusters give on average, over at most 1,000 images."""
    sample = np.random.default_rng(seed).permutation(len(collection.cluster_of))[:SAMPLE]
    sizes = [len(collection.cluster_candidates(collection.place_row(r), near)) for r in sample]
    return max(1, round(float(np.mean(sizes))))


COLLECTION = (
    layout.CLIP_IMAGE,
    layout.CLIP_TEXT,
    layout.BERT_TEXT,
    *layout.UNIT,
    layout.CLUSTER_OF,
    layout.CENTROIDS,
    layout.NEIGHBOURS,
)
"""What `Workspace.collection` reads."""

STAGE = Stage(
    "candidates",
    candidates,
    reads=COLLECTION,
    writes=(scratch.CANDIDATES,),
    options=("candidates", "nearest_clusters", "exact_size", "seed"),
)
