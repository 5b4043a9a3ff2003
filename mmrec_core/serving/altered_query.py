"""What each word of a query's caption did, and each region of its picture: the list without it."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mmrec_core.collection.vectors import Vectors
from mmrec_core.encoders.left_out import MOST_WORDS
from mmrec_core.encoders.parts import without, words
from mmrec_core.errors import QueryError
from mmrec_core.serving.answers import EmbeddedQuery, Query
from mmrec_core.serving.list_change import ListChange, list_change
from mmrec_core.serving.query_picture import Region, Use, thumbnail, with_region
from mmrec_core.serving.recommender import Recommender


@dataclass(frozen=True)
class WithoutWord:
    """The list without one word.

    Attributes
    ----------
    span : tuple of (int, int)
        Where the word begins and ends in the caption.
    text : str or None
        The caption without it; None where nothing is left.
    change : ListChange or None
        None where the ranker compares captions, and nothing is left.
    """

    span: tuple[int, int]
    text: str | None
    change: ListChange | None


@dataclass(frozen=True)
class WithoutWords:
    """The list without each word of a caption.

    Attributes
    ----------
    text : str
        The caption.
    words : tuple of WithoutWord
        The first 64, in the order of the text.
    anew : ListChange
        From the list as `Recommender.answer` gives it to that of the caption read anew, with which
        the lists without a word are compared.
    """

    text: str
    words: tuple[WithoutWord, ...]
    anew: ListChange


@dataclass(frozen=True)
class WithRegion:
    """The list of a region of a query's picture, or of all but it.

    Attributes
    ----------
    change : ListChange
    anew : ListChange
        From the list as `Recommender.answer` gives it to that of the whole picture read anew, with
        which the region's is compared.
    """

    change: ListChange
    anew: ListChange


def without_words(
    recommender: Recommender,
    query: Query,
    ranker: str,
    *,
    k: int = 5,
    collapse: float | None = None,
    diversity: float = 0,
) -> WithoutWords | None:
    """Answer a query without each word of its caption.

    Each list is compared with that of the whole caption *read anew*. For an image that the offline
    encoder was fitted on these differ: the bundle's vector of its caption is as if it had not been,
    and no vector of another caption can be. A picture without its only word has no caption.

    Parameters
    ----------
    recommender : Recommender
    query : Query
        An image of the bundle has its own caption, unless the query has another.
    ranker : str
    k, collapse, diversity
        As for `Recommender.answer`.

    Returns
    -------
    WithoutWords or None
        None if the query has no caption, or is a single word and nothing else.

    Raises
    ------
    QueryError
        If the ranker cannot answer this query.
    EncoderError
        If the encoders that made the bundle are not at hand.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.altered_query import without_words
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> cake = without_words(recommender, Query(text="A birthday cake."), "fused")
    >>> [word.text for word in cake.words]
    ['birthday cake.', 'A cake.', 'A birthday']
    """
    now = recommender.embed(query)
    spans = words(now.text or "")[:MOST_WORDS]
    if now.text is None or not spans or (now.by_text and len(spans) == 1):
        return None
    in_order = partial(recommender.ordered, ranker=ranker, collapse=collapse, diversity=diversity)
    shown = in_order(recommender.score_embedded(now))
    texts = [without(now.text, span) or None for span in spans]
    read = zip(*recommender.encoder.text_vectors([now.text, *filter(None, texts)]), strict=True)
    whole = in_order(recommender.score_embedded(_with_text(now, now.text, next(read))))
    answers = []
    for span, text in zip(spans, texts, strict=True):
        scored = recommender.score_embedded(_with_text(now, text, next(read) if text else None))
        change = list_change(whole, in_order(scored), k) if ranker in scored.scores else None
        answers.append(WithoutWord(span, text, change))
    return WithoutWords(now.text, tuple(answers), list_change(shown, whole, k))


def with_part(
    recommender: Recommender,
    query: Query,
    region: Region,
    use: Use,
    ranker: str,
    *,
    k: int = 5,
    collapse: float | None = None,
    diversity: float = 0,
) -> WithRegion:
    """Answer a query by one region of its picture alone, or by all but it; its caption stays.

    The list is compared with that of the whole picture. Of an image of the bundle there is only a
    thumbnail, so the region is the thumbnail's, and so is the whole: its vector is not quite that
    of the file that the bundle was built from. The image itself is never among the results.

    Parameters
    ----------
    recommender : Recommender
    query : Query
        With a picture.
    region : Region
    use : str
        ``only`` this region, or the picture ``without`` it: in its place is the mean colour.
    ranker : str
    k, collapse, diversity
        As for `Recommender.answer`.

    Raises
    ------
    QueryError
        If the region is too small (`Region.box`), the query is a text alone, or the ranker cannot
        answer it.
    BundleError
        If the thumbnail cannot be read.
    EncoderError
        If the encoders that made the bundle are not at hand.

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.altered_query import with_part
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.query_picture import Region
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> upper = Region(0.0, 0.0, 1.0, 0.5)
    >>> half = with_part(recommender, Query("animals/birds/magpie.png"), upper, "only", "clip")
    >>> len(half.change.shown), len(half.change.coming) == len(half.change.going)
    (5, True)
    """
    if query.image is None:
        raise QueryError("the query is a text without a picture, which has no regions.")
    picture = query.image
    if isinstance(picture, str):
        picture = thumbnail(recommender.bundle, recommender.bundle.index_of(picture))
    altered = with_region(picture, region, use)
    now = recommender.embed(query)
    in_order = partial(recommender.ordered, ranker=ranker, collapse=collapse, diversity=diversity)
    lists = [
        in_order(recommender.score_embedded(_with_picture(now, vector)))
        for vector in recommender.encoder.picture_vectors([picture, altered])
    ]
    whole, part = lists
    shown = in_order(recommender.score_embedded(now))
    return WithRegion(list_change(whole, part, k), list_change(shown, whole, k))


def _with_text(
    query: EmbeddedQuery, text: str | None, read: tuple[np.ndarray, np.ndarray] | None
) -> EmbeddedQuery:
    """Return the query with another caption: its CLIP and BERT vectors, or none."""
    vectors = query.vectors
    if read is None:
        vectors = vectors.without_text(np.array([0]))
    else:
        vectors = Vectors(vectors.clip_image, read[0][None], read[1][None])
    return replace(query, text=text, vectors=vectors, stored=False)


def _with_picture(query: EmbeddedQuery, vector: np.ndarray) -> EmbeddedQuery:
    old = query.vectors
    vectors = Vectors(vector[None], old.clip_text, old.bert_text)
    return replace(query, image=None, vectors=vectors, stored=False)
