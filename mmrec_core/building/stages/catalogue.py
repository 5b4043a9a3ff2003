"""First stage: the images with their captions, judged pairs, and known near-duplicates."""

import pandas as pd

from mmrec_core.building import scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.workspace import Workspace
from mmrec_core.files import write_json, write_table
from mmrec_core.inputs.catalogue import build_catalogue
from mmrec_core.inputs.judgements import check_known, read_pairs


def catalogue(work: Workspace) -> None:
    """List the images with their captions, and what people said of pairs; notice changed inputs."""
    config = work.config
    table, problems = build_catalogue(
        config.images,
        config.captions,
        image_column=config.image_column,
        text_column=config.text_column,
        label_column=config.label_column,
        only_captioned=config.only_captioned,
    )
    pairs = pd.DataFrame(columns=["query", "candidate", "relevance"])
    if config.pairs:
        pairs, left_out = read_pairs(config.pairs)
        check_known(pairs, table["image"], config.pairs)
        problems += left_out
    twins = pairs.iloc[:0]
    if config.twins:
        twins, left_out = read_pairs(config.twins)
        check_known(twins, table["image"], config.twins)
        problems += left_out
    write_table(work.output(scratch.TWINS), twins)
    write_table(work.output(scratch.LISTED), table)
    write_table(work.output(scratch.JUDGED), pairs)
    write_json(work.output(scratch.IMAGE_FILES), image_stamps(work, table["image"]))
    work.report(problems)


def image_stamps(work: Workspace, images: pd.Series) -> list[list[int]]:
    """Return the size and the time of the last change of each image's file."""
    stats = [(work.config.images / str(image)).stat() for image in images]
    return [[stat.st_size, stat.st_mtime_ns] for stat in stats]


STAGE = Stage(
    "catalogue",
    catalogue,
    writes=(scratch.LISTED, scratch.JUDGED, scratch.TWINS, scratch.IMAGE_FILES),
)
