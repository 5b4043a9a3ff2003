"""Clusters of the images, by k-means."""

import numpy as np

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.clusters import assign, default_number_of_clusters, fit_centroids
from mmrec_core.files import write_array
from mmrec_core.inputs.judgements import TEST


def clusters(work: Workspace) -> None:
    """Fit k-means once, on images that are not held out, and assign all images to its clusters."""
    unit = work.unit()
    fitted = np.flatnonzero(work.table()["split"] != TEST)
    number = work.config.clusters or default_number_of_clusters(len(unit))
    centroids = fit_centroids(unit, number, work.config.seed, fitted)
    write_array(work.output(layout.CENTROIDS), centroids)
    write_array(work.output(layout.CLUSTER_OF), assign(unit, centroids))


STAGE = Stage(
    "clusters",
    clusters,
    reads=(layout.CATALOGUE, *layout.UNIT),
    writes=(layout.CENTROIDS, layout.CLUSTER_OF),
    options=("clusters", "seed"),
)
