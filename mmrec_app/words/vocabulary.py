"""What people read for the names that the core gives: rankers, roles, features, stages, recipes.

Each name has its words here and nowhere else, marked for translation with `_later`. A name
without words is a KeyError, and a test goes through all names of the core in both languages.
"""

from typing import NamedTuple

from mmrec_app.i18n import _, _later
from mmrec_core.evaluation import slices
from mmrec_core.ranker import pair_features as pairs
from mmrec_core.ranker.model import BERT, CLIP, FUSED, MODEL
from mmrec_core.reference import comparison_record as recipes


class RankerWords(NamedTuple):
    """A ranker's name, one sentence on what it compares, and the unit of its raw score."""

    name: str
    meaning: str
    unit: str


class RoleWords(NamedTuple):
    """A group of pair features: its name, and what it says of a pair, as parts of sentences.

    ``raises`` and ``lowers`` follow "because": why a score is high, and why it is low. ``nearer``
    says the same of one result beside another.
    """

    name: str
    raises: str
    lowers: str
    nearer: str


RANKERS = {
    MODEL: RankerWords(
        "CatBoost",
        _later(
            "Trained on pairs of images; weighs all that is known about a pair. Scores are "
            "log-odds."
        ),
        _later("log-odds"),
    ),
    CLIP: RankerWords(
        "CLIP", _later("Compares only the pictures. Scores are cosines."), _later("cosine")
    ),
    BERT: RankerWords(
        "BERT", _later("Compares only the captions. Scores are cosines."), _later("cosine")
    ),
    FUSED: RankerWords(
        _later("CLIP + BERT mean"),
        _later("The mean of both cosines: a strong baseline that needs no training."),
        _later("cosine"),
    ),
}

ROLES = {
    pairs.IMAGE: RoleWords(
        _later("image similarity"),
        _later("the pictures look alike"),
        _later("the pictures differ"),
        _later("its picture is more like the query's"),
    ),
    pairs.TEXT: RoleWords(
        _later("text similarity"),
        _later("the captions say similar things"),
        _later("the captions say different things"),
        _later("its caption is closer to the query's"),
    ),
    pairs.CROSS: RoleWords(
        _later("cross-modal"),
        _later("the picture of one fits the caption of the other"),
        _later("picture and caption do not fit each other"),
        _later("its picture and caption fit the query's better"),
    ),
    pairs.CLUSTER: RoleWords(
        _later("cluster"),
        _later("both lie in the same part of the collection"),
        _later("they lie in different parts of the collection"),
        _later("it lies nearer in the collection"),
    ),
    pairs.SIMILAR: RoleWords(
        _later("similar pairs"),
        _later("images like these are relevant to each other"),
        _later("images like these are not relevant to each other"),
        _later("images like it are relevant more often"),
    ),
    pairs.RANK: RoleWords(
        _later("rank"),
        _later("few other candidates are as close to the query"),
        _later("many other candidates are as close to the query"),
        _later("fewer candidates are as close to the query"),
    ),
}

FEATURES = {
    "clip_cosine": _later("cosine of the two pictures (CLIP)"),
    "clip_l2": _later("Euclidean distance between the two pictures (CLIP, not normalised)"),
    "image_shared_neighbours": _later("how many of the 20 nearest pictures the two share"),
    "image_expanded_cosine": _later("cosine of the pictures, each averaged with its neighbours"),
    "bert_cosine": _later("cosine of the two captions (BERT)"),
    "bert_l2": _later("Euclidean distance between the two captions (BERT, not normalised)"),
    "clip_text_cosine": _later("cosine of the two captions (CLIP)"),
    "text_shared_neighbours": _later("how many of the 20 nearest captions the two share"),
    "text_expanded_cosine": _later("cosine of the captions, each averaged with its neighbours"),
    "image_to_text_cosine": _later("cosine of the query's picture and the candidate's caption"),
    "text_to_image_cosine": _later("cosine of the query's caption and the candidate's picture"),
    "same_cluster": _later("1 if both are in the same cluster"),
    "centroid_distance": _later("distance between the two clusters' centroids"),
    "cluster_distance": _later(
        "how much farther the query is from the candidate's cluster than from its nearest"
    ),
    "shared_neighbours": _later(
        "how many of the 20 nearest images, by both modalities, the two share"
    ),
    "neighbour_relevance": _later(
        "how often images near the candidate are relevant to training queries near the query"
    ),
    "image_standardised": _later(
        "cosine of the two pictures, in deviations above the query's mean"
    ),
    "bert_standardised": _later(
        "cosine of the two captions (BERT), in deviations above the query's mean"
    ),
    "clip_text_standardised": _later(
        "cosine of the two captions (CLIP), in deviations above the query's mean"
    ),
    "image_to_text_standardised": _later(
        "cosine of the query's picture and the candidate's caption, in deviations above the mean"
    ),
    "text_to_image_standardised": _later(
        "cosine of the query's caption and the candidate's picture, in deviations above the mean"
    ),
    "learned_image_standardised": _later(
        "likeness of the two pictures, learned from relevant pairs, in deviations above the mean"
    ),
    "learned_text_standardised": _later(
        "likeness of the two captions, learned from relevant pairs, in deviations above the mean"
    ),
    "learned_image_to_text_standardised": _later(
        "likeness of the query's picture and the candidate's caption, learned from relevant pairs, "
        "in deviations above the mean"
    ),
    "learned_text_to_image_standardised": _later(
        "likeness of the query's caption and the candidate's picture, learned from relevant pairs, "
        "in deviations above the mean"
    ),
    "standardised_lead": _later(
        "sum of the five standardised cosines, above the average candidate"
    ),
    "standardised_rank": _later(
        "rank among the query's candidates by the sum of the standardised cosines"
    ),
    "rank": _later("rank among the query's candidates by the mean cosine"),
    "image_rank": _later("rank among the query's candidates by the picture"),
    "text_last_rank": _later(
        "rank among the query's candidates by the caption, the last of those with the same one"
    ),
}

# The same in few words, for a chart.
FEATURE_NAMES = {
    "clip_cosine": _later("pictures: cosine"),
    "clip_l2": _later("pictures: distance"),
    "image_shared_neighbours": _later("pictures: shared neighbours"),
    "image_expanded_cosine": _later("pictures with neighbours: cosine"),
    "bert_cosine": _later("captions (BERT): cosine"),
    "bert_l2": _later("captions (BERT): distance"),
    "clip_text_cosine": _later("captions (CLIP): cosine"),
    "text_shared_neighbours": _later("captions: shared neighbours"),
    "text_expanded_cosine": _later("captions with neighbours: cosine"),
    "image_to_text_cosine": _later("picture to caption: cosine"),
    "text_to_image_cosine": _later("caption to picture: cosine"),
    "same_cluster": _later("same cluster"),
    "centroid_distance": _later("distance of the two clusters"),
    "cluster_distance": _later("distance to the other's cluster"),
    "shared_neighbours": _later("shared neighbours"),
    "neighbour_relevance": _later("relevance of similar pairs"),
    "image_standardised": _later("pictures: standardised cosine"),
    "bert_standardised": _later("captions (BERT): standardised"),
    "clip_text_standardised": _later("captions (CLIP): standardised"),
    "image_to_text_standardised": _later("picture to caption: standardised"),
    "text_to_image_standardised": _later("caption to picture: standardised"),
    "learned_image_standardised": _later("pictures: learned likeness"),
    "learned_text_standardised": _later("captions: learned likeness"),
    "learned_image_to_text_standardised": _later("picture to caption: learned"),
    "learned_text_to_image_standardised": _later("caption to picture: learned"),
    "standardised_lead": _later("sum of standardised cosines"),
    "standardised_rank": _later("rank by standardised cosines"),
    "rank": _later("rank by the mean cosine"),
    "image_rank": _later("rank by the picture"),
    "text_last_rank": _later("rank by the caption"),
}

# The stages of all recipes, and those parts of the input in which a build finds faults.
BUILD_STAGES = {
    "catalogue": _later("catalogue"),
    "captions": _later("captions"),
    "pairs": _later("pairs of images"),
    "vectors": _later("vectors"),
    "encoders": _later("encoders"),
    "thumbnails": _later("thumbnails"),
    "split": _later("split of the queries"),
    "pictures": _later("pictures through the encoder"),
    "embeddings": _later("embeddings"),
    "unit vectors": _later("vectors of length 1"),
    "prepared vectors": _later("vectors prepared for search"),
    "clusters": _later("clusters"),
    "cluster words": _later("cluster words"),
    "neighbours": _later("nearest neighbours"),
    "candidates": _later("candidates"),
    "pair features": _later("pair features"),
    "ranker": _later("ranker"),
    "reference ranker": _later("the reference's ranker"),
    "published ranker": _later("the reference's published ranker"),
    "cross-fitting": _later("cross-fitting over the folds"),
    "metrics": _later("metrics"),
    "map": _later("map"),
    "map levels": _later("levels of the map"),
}

ANSWER_STAGES = {
    "embed": _later("embed"),
    "place": _later("place"),
    "candidates": _later("candidates"),
    "features": _later("features"),
    "rank": _later("rank"),
    "explain": _later("explain"),
}

# Where an image that is known to be relevant has got to.
RELEVANT_STAGES = {
    "shown": _later("shown"),
    "ranked low": _later("ranked below {k}"),
    "not ranked": _later("not ranked: nothing to compare"),
    "not found": _later("not among the candidates"),
    "own picture": _later("the query's own picture"),
}

CANDIDATE_METHODS = {
    "exact": _later("nearest by standardised cosines"),
    "cosines": _later("nearest by the mean of both cosines"),
    "clusters": _later("nearest clusters: {n}"),
}

SLICE_KINDS = {
    slices.LABEL: _later("Category"),
    slices.CLUSTER: _later("Cluster"),
    slices.CLUSTER_SIZE: _later("Size of the cluster"),
    slices.LENGTH: _later("Length of the caption"),
    slices.TEXT: _later("Has a caption"),
    slices.LANGUAGE: _later("Script of the caption"),
}

SLICE_VALUES = {
    "with text": _later("with a caption"),
    "without text": _later("without a caption"),
    "latin": _later("Latin letters"),
    "cyrillic": _later("Cyrillic letters"),
    "other": _later("other letters"),
}

RECIPES = {
    recipes.REFERENCE: _later("reference as published"),
    recipes.ALL: _later("reference without its faults"),
    recipes.DEFAULT: _later("this bundle's ranker"),
    recipes.COSINES: _later("mean of both cosines"),
}

# What the reference does instead, where one of its faults is removed.
FAULTS = {
    "row_split": _later("split by query, not by row"),
    "scaler_per_split": _later("one scaler"),
    "kmeans_on_all": _later("k-means without held-out images"),
    "double_kmeans": _later("one k-means"),
    "raw_concatenation": _later("balanced modalities"),
    "scale_pos_weight": _later("no class weight"),
    "cls_pooling": _later("mean of tokens, not the first token"),
}

PICTURE_METHODS = {
    "sum": _later(
        "Regions are exact: the encoder's vector is the mean over these cells. A cell also sees "
        "what lies around it."
    ),
    "attention": _later(
        "Regions are what the encoder's attention takes from each patch directly; the rest is the "
        "picture as a whole."
    ),
    "occlusion": _later(
        "Regions are an approximation: what the vector loses when a cell is painted over."
    ),
}
TEXT_METHODS = {
    "sum": _later("Words are exact: the encoder's vector is the mean over their tokens."),
    "sum and leave-one-out": _later(
        "Words are exact for the English part of the text encoder, a mean over tokens; for the "
        "multilingual part they are what the vector loses without the word."
    ),
    "leave-one-out": _later("Words are an approximation: what the vector loses without the word."),
}


def picture_method(method: str) -> str:
    """Say how a picture's vector was taken apart, and how exactly."""
    return _(PICTURE_METHODS[method])


def text_method(method: str) -> str:
    """Say how a text's vector was taken apart, and how exactly."""
    return _(TEXT_METHODS[method])


def ranker_name(ranker: str) -> str:
    """Return a ranker's plain name."""
    return _(RANKERS[ranker].name)


def ranker_meaning(ranker: str) -> str:
    """Return one sentence on what a ranker compares."""
    return _(RANKERS[ranker].meaning)


def unit(ranker: str) -> str:
    """Return the unit of a ranker's raw score."""
    return _(RANKERS[ranker].unit)


def role_name(role: str) -> str:
    """Return the name of a group of pair features."""
    return _(ROLES[role].name)


def feature_meaning(name: str) -> str:
    """Return what a pair feature measures, in a few words."""
    return _(FEATURES[name])


def feature_name(name: str) -> str:
    """Return a pair feature's short name."""
    return _(FEATURE_NAMES[name])


def build_stage(name: str) -> str:
    """Return the name of a stage of a build, of any recipe.

    A bundle records its stages; one that only another version of the program has keeps its name.
    """
    return _(BUILD_STAGES[name]) if name in BUILD_STAGES else name


def answer_stage(name: str) -> str:
    """Return the name of a step of answering a query."""
    return _(ANSWER_STAGES[name])


def relevant_stage(name: str, k: int) -> str:
    """Return what a stage of `mmrec_core.serving.attribution` is called, for ``k`` results."""
    return _(RELEVANT_STAGES[name]).format(k=k)


def candidate_method(name: str, nearest_clusters: int) -> str:
    """Return what a way to find candidates is called."""
    return _(CANDIDATE_METHODS[name]).format(n=nearest_clusters)


def candidate_source(name: str) -> str:
    """Return what a way to find candidates goes by, however many it takes."""
    return _("nearest clusters") if name == "clusters" else _(CANDIDATE_METHODS[name])


def slice_kind(kind: str) -> str:
    """Return what a kind of slices goes by."""
    return _(SLICE_KINDS[kind])


def slice_value(value: str) -> str:
    """Return the name of a slice by caption or by script."""
    return _(SLICE_VALUES[value])


def recipe_name(name: str) -> str:
    """Return what a row of a comparison of recipes is called."""
    fault = name.removeprefix("without ")
    return _(RECIPES[name] if fault == name else FAULTS[fault])
