"""The default build, from top to bottom: from a folder of images to a bundle.

Each stage reads files that earlier stages wrote and writes its own, and says which; what each does
stands in its module.
"""

from mmrec_core.building.stages import (
    candidates,
    catalogue,
    cluster_words,
    clusters,
    cross_fitting,
    embeddings,
    encoders,
    map,
    map_levels,
    metrics,
    neighbours,
    pair_features,
    pictures,
    prepared,
    ranker,
    split,
    thumbnails,
    unit_vectors,
)

STAGES = (
    catalogue.STAGE,
    encoders.STAGE,
    thumbnails.STAGE,
    pictures.STAGE,
    split.STAGE,
    embeddings.STAGE,
    unit_vectors.STAGE,
    clusters.STAGE,
    cluster_words.STAGE,
    neighbours.STAGE,
    candidates.STAGE,
    prepared.STAGE,
    pair_features.STAGE,
    ranker.STAGE,
    cross_fitting.STAGE,
    metrics.STAGE,
    map.STAGE,
    map_levels.STAGE,
)
