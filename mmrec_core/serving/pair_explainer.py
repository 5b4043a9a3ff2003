"""Any pair of a query and a result down to regions and words, on an open bundle."""

from functools import lru_cache

import numpy as np
from PIL.Image import Image

from mmrec_core.attribution import ItemParts, ScoreParts, aligned, divided, learned_alignments
from mmrec_core.collection.vectors import Vectors
from mmrec_core.serving.answers import Query, Result, ScoredQuery
from mmrec_core.serving.query_picture import thumbnail
from mmrec_core.serving.recommender import Recommender

_KEPT = 48  # items; half a megabyte each


class PairExplainer:
    """Explains pairs by the encoders that made the bundle. Safe to share between threads.

    Parameters
    ----------
    recommender : Recommender

    Examples
    --------
    >>> from mmrec_core.bundle import open_bundle
    >>> from mmrec_core.serving.answers import Query
    >>> from mmrec_core.serving.pair_explainer import PairExplainer
    >>> from mmrec_core.serving.recommender import Recommender
    >>> recommender = Recommender(open_bundle("artifacts/demo"))
    >>> query = Query("animals/birds/magpie.png")
    >>> scored = recommender.score(query)
    >>> first = recommender.answer(scored, ranker="clip").results[0]
    >>> parts = PairExplainer(recommender).explain(query, scored, first)
    >>> len(parts.query_side.regions), abs(parts.score - first.score) < 1e-6
    (81, True)
    """

    def __init__(self, recommender: Recommender):
        self._recommender = recommender
        self._row = lru_cache(_KEPT)(self._parts_of_row)

    def explain(self, query: Query, scored: ScoredQuery, result: Result) -> ScoreParts:
        """Take a result's score apart.

        Parameters
        ----------
        query : Query
        scored : ScoredQuery
            Of ``query``.
        result : Result
            Of any ranker's answer to it.

        Raises
        ------
        EncoderError
            If the encoders that made the bundle are not at hand.
        BundleError
            If a thumbnail cannot be read.
        """
        ours, theirs = self.query_parts(query, scored), self._row(result.index)
        alignments, space = aligned(ours, theirs), self._recommender.collection.learned
        if space is not None:
            placed = scored.placed
            alignments |= learned_alignments(space, placed.unit, placed.counted_row, ours, theirs)
        return divided(result.contributions, alignments, ours, theirs)

    def query_parts(self, query: Query, scored: ScoredQuery) -> ItemParts:
        """Take a query apart; errors as of `explain`."""
        info = scored.info
        if info.index is not None and info.text == self._recommender.bundle.text(info.index):
            return self._row(info.index)
        picture = (
            thumbnail(self._recommender.bundle, info.index)
            if info.index is not None
            else query.image
        )
        assert not isinstance(picture, str)  # a name has an index
        return self.parts(picture, info.text, scored.placed.unit)

    def _parts_of_row(self, row: int) -> ItemParts:
        vectors = self._recommender.collection.unit.rows(np.array([row]))
        return self.parts(
            thumbnail(self._recommender.bundle, row), self._recommender.bundle.text(row), vectors
        )

    def parts(self, image: Image | None, text: str | None, unit: Vectors) -> ItemParts:
        """Take any picture, caption or both apart; errors as of `explain`.

        Parameters
        ----------
        image : Image, optional
            RGB.
        text : str, optional
        unit : Vectors
            Theirs, of length 1, n = 1, to which the parts add up.
        """
        encoder = self._recommender.encoder
        picture = clip_text = bert_text = likeness = None
        if image is not None:
            seen = encoder.picture_parts(image)
            likeness = float(unit.clip_image[0] @ seen.total / np.linalg.norm(seen.total))
            picture = seen.summing_to(unit.clip_image[0] * np.linalg.norm(seen.total))
        if text is not None:
            for_clip, for_bert = encoder.text_parts(text)
            clip_text = for_clip.summing_to(unit.clip_text[0] * np.linalg.norm(for_clip.total))
            bert_text = for_bert.summing_to(unit.bert_text[0] * np.linalg.norm(for_bert.total))
        return ItemParts(picture, clip_text, bert_text, text, likeness)

    def _thumbnail(self, row: int) -> Image:
        return thumbnail(self._recommender.bundle, row)
