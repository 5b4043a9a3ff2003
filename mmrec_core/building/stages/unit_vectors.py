"""The vectors scaled to length 1, in half precision: what all later stages and queries compare."""

from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.prepared import both_lengths
from mmrec_core.collection.vectors import half_unit
from mmrec_core.files import mapped_array, write_array


def unit_vectors(work: Workspace) -> None:
    """Scale every vector to length 1, and note how long it was."""
    vectors = work.vectors()
    blocks = (vectors.clip_image, vectors.clip_text, vectors.bert_text)
    for name, block in zip(layout.UNIT, blocks, strict=False):
        with mapped_array(work.output(name), "float16", block.shape) as halves:
            half_unit(block, into=halves)
    write_array(work.output(layout.UNIT[3]), both_lengths(vectors))


STAGE = Stage(
    "unit vectors",
    unit_vectors,
    reads=(layout.CLIP_IMAGE, layout.CLIP_TEXT, layout.BERT_TEXT),
    writes=layout.UNIT,
)
