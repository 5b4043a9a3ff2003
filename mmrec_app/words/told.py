"""What a bundle says of itself, in the visitor's language.

A build writes notes and descriptions in English. Those that mmrec itself writes are known here by
their patterns, and are translated; whatever else a bundle says was written by whoever built it, and
stays as it is.
"""

import re
from functools import cache

from mmrec_app.i18n import _, _later

_PATTERNS = (
    _later(
        "538 photographs and drawings with English and Russian captions, from the package "
        "tuxpaint-stamps-default (Bill Kendrick and contributors, GPL). The labels are the "
        "package's folder names: they say what kind of thing a picture shows, and are not people's "
        "judgements of how relevant one picture is to another."
    ),
    _later(
        "The demo's encoders are small and work without network: the CLIP column is "
        "EfficientNet-Lite2 and two sentence encoders joined by projections fitted on these "
        "captions, not OpenAI's CLIP. Both columns read English best, Russian and 14 more "
        "languages less well."
    ),
    _later(
        "EfficientNet-Lite2, trained to classify ImageNet, and two sentence encoders, the English "
        "all-MiniLM-L6-v2 and the multilingual Universal Sentence Encoder, joined by linear "
        "projections fitted on this collection's own captions. It is no CLIP: it knows what "
        "ImageNet's classes and these captions teach. English is understood best, then Russian "
        "and 14 more languages."
    ),
    _later(
        "The English sentence encoder all-MiniLM-L6-v2 beside the multilingual Universal Sentence "
        "Encoder of 16 languages. English is understood best; texts in Russian and other languages "
        "compare with English ones."
    ),
    _later("The CLIP model {name}: images and texts in one space, learnt from pairs."),
    _later("The text model {name}, its token states averaged."),
    _later("The text model {name}, the state of its first token taken."),
    _later(
        "openai/clip-vit-base-patch32, its vectors imported; open_clip has the same weights under "
        "this name."
    ),
    _later(
        "bert-base-multilingual-cased, the state of its first token after at most 50, its vectors "
        "imported."
    ),
    _later("see the model's page"),
    _later(
        "Imported from the reference's files: {files}. The vectors are "
        "openai/clip-vit-base-patch32 for pictures and the first token of "
        "bert-base-multilingual-cased for captions."
    ),
    _later("Made of ready-made vectors: {files}."),
    _later("Its vectors were imported; the import named it."),
    _later("The vectors were imported, and what made them is not recorded."),
    _later("The clusters are those of the files: they were fitted on held-out images too."),
    _later(
        "Built by the reference pipeline's recipe, faults included. The clusters are the "
        "reference's, fitted on held-out images too; the ranker on the pages is trained on this "
        "project's pair features within them."
    ),
    _later(
        "Built by the reference pipeline's recipe without {faults}. The clusters are the "
        "reference's, fitted on held-out images too; the ranker on the pages is trained on this "
        "project's pair features within them."
    ),
    _later(
        "Built by the reference pipeline's recipe without {faults}. The clusters are the "
        "reference's; the ranker on the pages is trained on this project's pair features within "
        "them."
    ),
    _later(
        "The ranker was trained with verdicts: {verdicts} by {reviewers} reviewers. {changed} "
        "pairs of training queries are against the build's relevance, {confirmed} as it, {added} "
        "new."
    ),
    _later(
        "Since the build of {built} images, {added} were added and {removed} removed. The figures "
        "were measured on the build's images: no query and no pair of theirs is of an added image."
    ),
    _later("No judged pairs and no labels, so there is no ranker and nothing to measure it on."),
    _later(
        "Cross-fitted over {folds} folds: each query is held out once, and its figures are from "
        "what was fitted without its fold. {rest}"
    ),
    _later("One of five folds of the queries is held out; nothing was fitted on it. {rest}"),
    _later(
        "Near-duplicates and images that share a caption are in one fold. AUC (pooled), nDCG@5 and "
        "MRR (means over the queries with a relevant pair) are over all labelled candidates of the "
        "held-out queries, relevant if they share the label; the recall of candidates and the "
        "figures over the whole collection are over all images of the query's label in the "
        "collection."
    ),
    _later(
        "Near-duplicates and images that share a caption are in one fold. AUC (pooled), nDCG@5 and "
        "MRR (means over the queries with a relevant pair) are over the judged pairs of the "
        "held-out queries; the recall of candidates and the figures over the whole collection are "
        "over the judged relevant images."
    ),
)

_LONGEST = 2000


def told(text: str) -> str:
    """Return what a bundle says in the visitor's language, where mmrec wrote it; else as it is."""
    found = known(text)
    if found is None:
        return text
    pattern, parts = found
    return _(pattern).format(**{name: told(part) for name, part in parts.items()})


def known(text: str) -> tuple[str, dict[str, str]] | None:
    """Return the pattern of a text that mmrec wrote, and what stands in its places."""
    for pattern, expression in _expressions() if len(text) < _LONGEST else ():
        if match := expression.fullmatch(text):
            return pattern, match.groupdict()
    return None


@cache
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (pattern, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(pattern))))
        for pattern in _PATTERNS
    )
