"""The images nearest a query by all similarities together, each on its own scale.

Cosines of pictures, of captions and across both spread differently: a mean of raw cosines goes by
whichever spreads the most. Here each similarity is brought to mean 0 and deviation 1 over the
query's scores first, as scores of several systems are when they are fused (Montague and Aslam 2001,
"Relevance score normalization for metasearch").
"""

from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from mmrec_core.collection.moments import Moments
from mmrec_core.collection.shortlist import Finder
from mmrec_core.collection.total_order import exact_cosines, highest_rows, place_of
from mmrec_core.collection.vectors import Vectors, products

IMAGE, TEXT_TO_IMAGE, CLIP_TEXT, IMAGE_TO_TEXT, BERT_TEXT = range(5)
"""Similarities of the pictures; of the query's caption and the picture; of the captions (CLIP);
of the query's picture and the caption; of the captions (BERT)."""

_DIGITS = 5
"""Means and deviations are rounded, so that another machine's last digits change no order."""


@dataclass(frozen=True, eq=False)
class StandardisedSimilarity:
    """How near all images of a collection are to one query.

    Attributes
    ----------
    unit : Vectors
        Of length 1, float16, n images.
    query : Vectors
        Of length 1, n = 1.
    excluded : ndarray (n,) bool
        Images that neither count nor are found: hidden ones, and the query itself.
    shortlist : Finder or None
        Of a large collection.
    means, deviations : ndarray (5,) float64
        Of each similarity over the images; both 0 where there is none.
    """

    unit: Vectors
    query: Vectors
    excluded: np.ndarray
    shortlist: Finder | None
    means: np.ndarray
    deviations: np.ndarray
    _lists: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict, init=False)

    @classmethod
    def of(
        cls,
        unit: Vectors,
        query: Vectors,
        excluded: np.ndarray,
        own: int,
        moments: tuple[Moments, Moments, Moments],
        shortlist: Finder | None,
    ) -> "StandardisedSimilarity":
        """Compare a query with all images.

        Parameters
        ----------
        unit, query, excluded, shortlist
            See the attributes.
        own : int
            The query's own row if it counts in the ``moments``, else -1.
        moments : tuple of Moments
            Of pictures, captions by CLIP and captions by BERT.

        Notes
        -----
        Where an image or the query has no caption, a similarity counts as average.
        """
        image, text, caption = query.clip_image[0], query.clip_text[0], query.bert_text[0]
        of_images, of_texts, of_captions = (
            partial(block.of_cosines, without=vectors[own] if own >= 0 else None)
            for block, vectors in zip(
                moments, (unit.clip_image, unit.clip_text, unit.bert_text), strict=True
            )
        )
        scales = [
            of_images(image),
            of_images(text),
            of_texts(text),
            of_texts(image),
            of_captions(caption),
        ]
        means, deviations = np.round(np.array(scales), _DIGITS).T
        return cls(unit, query, excluded, shortlist, means, deviations)

    @cached_property
    def sums(self) -> np.ndarray:
        """A weighted mean of cosines, (n,) float32, in the order of the standardised ones' sum.

        -inf for images that are out of the question.
        """
        sums = self._sum(self.all_cosines)
        sums[self.excluded] = -np.inf
        return sums

    def nearest(self, size: int) -> np.ndarray:
        """Return the rows of the ``size`` nearest images, ascending, (at most size,) int64."""
        if self.shortlist is None:
            return highest_rows(self.sums, size, self._exact)
        rows, cosines = self._listed(size)
        places = highest_rows(self._sum(cosines), size, lambda places: self._exact(rows[places]))
        return rows[places]

    def cosines(self, rows: np.ndarray) -> np.ndarray:
        """Return the five cosines of the query and images, (5, m) float32, NaN where one misses.

        ``rows`` ascend. Those of a list that was found already are not computed again.
        """
        if self.shortlist is None:
            return self.all_cosines[:, rows]
        for listed, cosines in self._lists.values():
            places = np.searchsorted(listed, rows).clip(max=len(listed) - 1)
            if (listed[places] == rows).all():
                return cosines[:, places]
        return five_cosines(self.unit, rows, self.query)

    def place_of(self, row: int) -> int | None:
        """Return an image's place among all by nearness, from 1; None if it is excluded."""
        return place_of(self.sums, row, self._exact)

    def standardise(self, cosines: np.ndarray) -> np.ndarray:
        """Return cosines (5, m) as deviations from the query's mean, NaN where there is none."""
        scale = np.where(self.deviations > 0, self.deviations, np.nan)
        return (cosines - self.means[:, None]) / scale[:, None]

    def _sum(self, cosines: np.ndarray) -> np.ndarray:
        sums = self._weights @ np.nan_to_num(cosines - self.means[:, None])
        return sums.astype(np.float32)

    @cached_property
    def all_cosines(self) -> np.ndarray:
        """The five cosines of the query and every image, (5, n) float32, NaN where one misses."""
        return five_cosines(self.unit, None, self.query)

    def _listed(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the shortlist, ascending, and their cosines."""
        assert self.shortlist is not None
        if size not in self._lists:
            rows = np.sort(
                self.shortlist.nearest(self._together, size, self.excluded, self._without_text)
            )
            self._lists[size] = rows, five_cosines(self.unit, rows, self.query)
        return self._lists[size]

    @cached_property
    def _weights(self) -> np.ndarray:
        """The share of each similarity's cosine in the sum, 0 where all cosines are equal."""
        spread = self.deviations > 0
        weights = np.divide(1, self.deviations, out=np.zeros(len(spread)), where=spread)
        return weights / (weights.sum() or 1)

    @cached_property
    def _together(self) -> np.ndarray:
        """What the vectors of an image, side by side, are multiplied with for the sum."""
        weights = self._weights.astype(np.float32)
        image, text, caption = (
            np.nan_to_num(block[0])
            for block in (self.query.clip_image, self.query.clip_text, self.query.bert_text)
        )
        return np.concatenate(
            [
                weights[IMAGE] * image + weights[TEXT_TO_IMAGE] * text,
                weights[CLIP_TEXT] * text + weights[IMAGE_TO_TEXT] * image,
                weights[BERT_TEXT] * caption,
            ]
        )

    @cached_property
    def _without_text(self) -> float:
        """What the average caption adds."""
        of_texts = [CLIP_TEXT, IMAGE_TO_TEXT, BERT_TEXT]
        return float(self._weights[of_texts] @ self.means[of_texts])

    def _exact(self, rows: np.ndarray) -> np.ndarray:
        theirs, mine = self.unit.rows(rows), self.query
        cosines = np.stack(
            [
                exact_cosines(theirs.clip_image, mine.clip_image[0]),
                exact_cosines(theirs.clip_image, mine.clip_text[0]),
                exact_cosines(theirs.clip_text, mine.clip_text[0]),
                exact_cosines(theirs.clip_text, mine.clip_image[0]),
                exact_cosines(theirs.bert_text, mine.bert_text[0]),
            ]
        )
        return self._weights @ np.nan_to_num(cosines - self.means[:, None])


def five_cosines(unit: Vectors, rows: np.ndarray | None, query: Vectors) -> np.ndarray:
    """Return the five cosines of a query with images, in the order of the constants above.

    Parameters
    ----------
    unit : Vectors
        Of length 1, float16, n images.
    rows : ndarray (m,) int or None
        The images; None for all.
    query : Vectors
        Of length 1, n = 1.

    Returns
    -------
    ndarray (5, m) float32
        NaN where a vector is missing.
    """
    both = np.concatenate([query.clip_image, query.clip_text])
    image, text, caption = (
        block if rows is None else block.take(rows, axis=0)
        for block in (unit.clip_image, unit.clip_text, unit.bert_text)
    )
    return np.concatenate(
        [products(image, both), products(text, both[::-1]), products(caption, query.bert_text)]
    )
