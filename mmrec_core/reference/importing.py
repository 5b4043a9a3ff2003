"""From the reference's files to a bundle: the pipeline of builds with other first stages.

Vectors, clusters and judged pairs are taken as they are; what the files lack is made as in any
build. An image without a photograph gets a drawn placeholder.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from mmrec_core.building import pipeline, scratch
from mmrec_core.building.stage import Stage
from mmrec_core.building.stages import clusters as fitting
from mmrec_core.building.stages.placeholders import STAGE as THUMBNAILS
from mmrec_core.building.workspace import Workspace
from mmrec_core.bundle import layout
from mmrec_core.collection.clusters import given_clusters
from mmrec_core.config import make_config
from mmrec_core.encoders import PRESETS, UNKNOWN, EncoderSpec, load_image_text_encoder
from mmrec_core.encoders.scripts import LATIN
from mmrec_core.errors import OptionError
from mmrec_core.files import write_array, write_json, written_aside
from mmrec_core.inputs.problem import Problem
from mmrec_core.reference.config import ImportConfig
from mmrec_core.reference.import_catalogue import BERT_VECTORS, CLIP_VECTORS, catalogue_stage
from mmrec_core.reference.ranker import load_published
from mmrec_core.reference.recipe import STAGES as REFERENCE_STAGES
from mmrec_core.reference.recipe import note_of
from mmrec_core.reference.source_files import bare, find_files, read_nearest_clusters

_NOTE = (
    "Imported from the reference's files: {what}. The vectors are openai/clip-vit-base-patch32 for "
    "pictures and the first token of bert-base-multilingual-cased for captions."
)
_GIVEN_CLUSTERS = "The clusters are those of the files: they were fitted on held-out images too."


def configure(source: Path, out: Path, **options: Any) -> ImportConfig:
    """Check the options of an import.

    Parameters
    ----------
    source : Path
        The folder that holds the files; see `find_files`. Any subset with vectors or photographs.
    out : Path
        Where the bundle goes.
    **options
        Fields of `ImportConfig`.

    Raises
    ------
    InputError
        If the files cannot be used; OptionError for an option.
    """
    files = find_files(source)
    options = {"name": "Yandex image set", **options}
    if files.vectors:
        names = [path.name for path in vars(files).values() if path]
        options["notes"] = [_NOTE.format(what=", ".join(names))]
        if files.nearest_clusters and not options.get("refit_clusters"):
            options["notes"].append(_GIVEN_CLUSTERS)
    if options.get("recipe") == "reference":
        options["notes"] = [*options.get("notes", []), note_of(options.get("without", []))]
    config = make_config(
        ImportConfig, source=source, images=files.pictures or source, pairs=files.pairs,
        out=out, **options,
    )  # fmt: skip
    if files.vectors and "cls_pooling" in config.without:
        raise OptionError(
            "cls_pooling cannot be left out: the imported vectors are those of BERT's first token."
        )
    return config


def encoders(work: Workspace) -> None:
    """Describe the encoders that made the vectors; load CLIP if captions are to get its vectors."""
    if _config(work).encode_captions:
        load_image_text_encoder(PRESETS["hub"][0])
    clip, bert = (work.array(name).shape[1] for name in (CLIP_VECTORS, BERT_VECTORS))
    image_text, text = PRESETS["hub"]
    specs = {
        "image_text": EncoderSpec(
            kind="image-text", name=image_text, library="imported vectors", revision=UNKNOWN,
            dimension=clip, pooling="as the model defines", licence="MIT",
            scripts=(LATIN,),
            description="openai/clip-vit-base-patch32, its vectors imported; open_clip has the "
            "same weights under this name.",
        ),
        "text": EncoderSpec(
            kind="text", name=text, library="imported vectors", revision=UNKNOWN,
            dimension=bert, pooling="cls", licence="Apache-2.0",
            description="bert-base-multilingual-cased, the state of its first token after at most "
            "50, its vectors imported.",
        ),
    }  # fmt: skip
    write_json(work.output(scratch.ENCODERS), {k: spec.model_dump() for k, spec in specs.items()})


def pictures(work: Workspace) -> None:
    """Take what the image encoder gave."""
    with written_aside(work.output(scratch.PICTURES)) as aside:
        shutil.copyfile(work.input(CLIP_VECTORS), aside)


def embeddings(work: Workspace) -> None:
    """Take the vectors as they are; captions have no CLIP vectors unless the options say so."""
    for name, target in ((CLIP_VECTORS, layout.CLIP_IMAGE), (BERT_VECTORS, layout.BERT_TEXT)):
        with written_aside(work.output(target)) as aside:
            shutil.copyfile(work.input(name), aside)
    of_captions = np.full(work.array(layout.CLIP_IMAGE).shape, np.nan, dtype=np.float32)
    if _config(work).encode_captions:
        texts = work.table()["text"]
        known = np.flatnonzero(texts.notna())
        encoder = load_image_text_encoder(PRESETS["hub"][0])
        captions = [str(text) for text in texts.iloc[known]]
        what = "embeddings captions CLIP"
        of_captions[known] = work.in_chunks(what, captions, encoder.encode_texts, "captions")
    write_array(work.output(layout.CLIP_TEXT), of_captions)
    write_array(work.output(scratch.CAPTIONS), of_captions[:, None])
    write_array(work.output(scratch.FURTHER_TEXT), of_captions[:, None][:, 1:])
    write_array(work.output(scratch.UNSEEN_TEXT), of_captions[None][1:])


def clusters(work: Workspace) -> None:
    """Take the clusters as they are, with the means of their members as centroids, or fit them."""
    files, table = find_files(_config(work).source), work.table()
    known: dict[str, list[int]] = {}
    problems: list[Problem] = []
    if files.nearest_clusters and not _config(work).refit_clusters:
        known, problems = read_nearest_clusters(files.nearest_clusters)
    given = np.array([known.get(bare(image), [-1])[0] for image in table["image"]])
    if (given < 0).all():
        work.report(problems)
        return fitting.clusters(work)
    if lost := int((given < 0).sum()):
        reason = f"{lost} images have no cluster and are put into the nearest"
        problems.append(Problem(str(files.nearest_clusters and files.nearest_clusters.name),
                                "clusters", reason))  # fmt: skip
    work.report(problems)
    unit = work.unit()
    cluster_of, centroids = given_clusters(unit, given)
    write_array(work.output(layout.CENTROIDS), centroids)
    write_array(work.output(layout.CLUSTER_OF), cluster_of)
    return None


def published_ranker(work: Workspace) -> None:
    """Keep the reference's trained ranker as it is, if the options say so."""
    path = find_files(_config(work).source).ranker
    if not _config(work).use_ranker:
        return
    if path is None:
        problem = Problem(
            "catboost_model.bin", "published ranker", "no trained ranker in the files"
        )
        return work.report([problem])
    dimensions = work.array(layout.CLIP_IMAGE).shape[1], work.array(layout.BERT_TEXT).shape[1]
    load_published(path.read_bytes(), str(path), *dimensions)
    with written_aside(work.output(layout.PUBLISHED)) as aside:
        shutil.copyfile(path, aside)
    return None


def stages(config: ImportConfig) -> tuple[Stage, ...]:
    """Return the recipe's stages with those replaced whose outcome the files hold."""
    by_reference = config.recipe == "reference"
    with_vectors = find_files(config.source).vectors is not None
    own = {"catalogue": catalogue_stage(with_vectors)}
    if with_vectors:
        own |= {"encoders": _ENCODERS, "thumbnails": THUMBNAILS}
        own |= {"pictures": _PICTURES, "embeddings": _EMBEDDINGS}
    if not by_reference:
        own["clusters"] = _CLUSTERS
    base = REFERENCE_STAGES if by_reference else pipeline.STAGES
    chosen = [own.get(stage.name, stage) for stage in base]
    at = [stage.name for stage in chosen].index("ranker")
    return (*chosen[: at + 1], _PUBLISHED, *chosen[at + 1 :])


_ENCODERS = Stage(
    "encoders",
    encoders,
    reads=(CLIP_VECTORS, BERT_VECTORS),
    writes=(scratch.ENCODERS,),
    options=("encode_captions",),
)
_PICTURES = Stage("pictures", pictures, reads=(CLIP_VECTORS,), writes=(scratch.PICTURES,))
_EMBEDDINGS = Stage(
    "embeddings",
    embeddings,
    reads=(layout.CATALOGUE, CLIP_VECTORS, BERT_VECTORS, scratch.ENCODERS),
    writes=(
        layout.CLIP_IMAGE,
        layout.CLIP_TEXT,
        layout.BERT_TEXT,
        layout.PROJECTION,
        scratch.FURTHER_TEXT,
        scratch.UNSEEN_TEXT,
        scratch.CAPTIONS,
    ),
    options=("encode_captions",),
)
_CLUSTERS = replace(
    fitting.STAGE,
    run=clusters,
    reads=(*fitting.STAGE.reads, scratch.PICTURE_FILES, scratch.GIVEN_FILES),
    options=(*fitting.STAGE.options, "refit_clusters"),
)
_PUBLISHED = Stage(
    "published ranker",
    published_ranker,
    reads=(layout.CLIP_IMAGE, layout.BERT_TEXT, scratch.PICTURE_FILES, scratch.GIVEN_FILES),
    writes=(layout.PUBLISHED,),
    options=("use_ranker",),
)


def _config(work: Workspace) -> ImportConfig:
    return cast(ImportConfig, work.config)
