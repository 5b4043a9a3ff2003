"""Words that name the clusters."""

import numpy as np

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.bundle.tables import caption_columns
from mmrec_core.collection.cluster_words import characteristic_words
from mmrec_core.files import write_json
from mmrec_core.inputs.judgements import TEST


def cluster_words(work: Workspace) -> None:
    """Find the words that tell clusters apart, in the captions of images that are not held out."""
    table = work.table()
    fitted = np.flatnonzero(table["split"] != TEST)
    cluster_of, number = work.array(layout.CLUSTER_OF)[fitted], len(work.array(layout.CENTROIDS))
    words = {
        column: characteristic_words(table[column].iloc[fitted], cluster_of, number)
        for column in caption_columns(table.columns)
    }
    write_json(work.output(layout.WORDS), words)


STAGE = Stage(
    "cluster words",
    cluster_words,
    reads=(layout.CATALOGUE, layout.CLUSTER_OF, layout.CENTROIDS),
    writes=(layout.WORDS,),
)
