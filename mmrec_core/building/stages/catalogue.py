"""First stage: the images with their captions, judged pairs, and known near-duplicates."""

import pandas as pd
import pyarrow as pa

from mmrec_core.building import scratch
from mmrec_core.building.picture_files import written_places
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.files import write_table, written_batches
from mmrec_core.inputs.caption_formats import batched
from mmrec_core.inputs.catalogue import open_catalogue
from mmrec_core.inputs.catalogue_rows import CatalogueOptions
from mmrec_core.inputs.judgements import check_known, read_pairs
from mmrec_core.inputs.problem import Problem
from mmrec_core.remote import copied_here

_BATCH = 1000


def catalogue(work: Workspace) -> None:
    """List the images with their captions, and what people said of pairs; notice changed inputs."""
    config = work.config
    problems = write_catalogue(work)
    pairs = pd.DataFrame(columns=["query", "candidate", "relevance"])
    twins = pairs
    if config.pairs or config.twins:
        images = pd.read_parquet(work.output(scratch.LISTED), columns=["image"])["image"]
    if config.pairs:
        pairs, left_out = read_pairs(config.pairs)
        check_known(pairs, images, config.pairs)
        problems += left_out
    if config.twins:
        twins, left_out = read_pairs(config.twins)
        check_known(twins, images, config.twins)
        problems += left_out
    write_table(work.output(scratch.TWINS), twins)
    write_table(work.output(scratch.JUDGED), pairs)
    work.report(problems)


def write_catalogue(work: Workspace) -> list[Problem]:
    """Write the table of images and that of their places, some rows of which are in memory."""
    config = work.config
    options = CatalogueOptions(
        config.image_column,
        config.text_column,
        config.label_column,
        config.only_captioned,
        config.folder_labels,
    )
    work.scratch.mkdir(parents=True, exist_ok=True)
    captions = copied_here(config.captions, work.scratch)
    with open_catalogue(config.images, captions, options, work.scratch) as catalogue:
        schema = pa.schema([(name, pa.string()) for name in catalogue.columns])
        places, root = work.output(scratch.PICTURE_FILES), catalogue.source.root
        count = 0
        with (
            written_batches(work.output(scratch.LISTED), schema) as write_rows,
            written_places(places, root) as write_places,
        ):
            for batch in batched(catalogue.entries(), _BATCH):
                write_rows([{"image": entry.image, **entry.cells} for entry in batch])
                write_places([(entry.image, entry.place) for entry in batch])
                count += len(batch)
        if found := catalogue.source.found(count):
            work.say(f"  {found}")
        return catalogue.problems


STAGE = Stage(
    "catalogue",
    catalogue,
    writes=(scratch.LISTED, scratch.JUDGED, scratch.TWINS, scratch.PICTURE_FILES),
)
