"""What a made collection is drawn from: a mixture of Gaussians in two levels, topics and groups.

Every image has a meaning, a point of a small space. Its picture and its caption are that point seen
through two linear maps, each with a mean and noise of its own, so that they agree in part.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

LATENT = 32
DIMENSIONS = {"clip_image": 512, "clip_text": 512, "bert_text": 768}

TOPIC_SPREAD = 0.9
GROUP_SPREAD = 0.3
WITHIN_SPREAD = 0.45
"""Standard deviations of topics around the origin, of groups around their topic, and of images
around their group, in every direction of the latent space. Groups of one topic overlap."""
UNEVENNESS = 0.9
"""Standard deviation of the logarithms of the groups' sizes."""
MEAN = 1.2
NOISE = {"clip_image": 0.5, "clip_text": 0.7, "bert_text": 0.6}
"""Lengths of what all vectors of a kind share, and of their noise, over √LATENT."""
UNSAID = 0.4
"""Standard deviation of what a caption says beside the picture's meaning."""
WITHOUT_CAPTION = 0.1
NEAR_DUPLICATES = 0.02
RETOUCHED = 0.05
"""How far a near-duplicate lies from its image, in parts of a vector's length."""

_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
_COMMON = [
    "a",
    "the",
    "with",
    "near",
    "under",
    "old",
    "small",
    "red",
    "blue",
    "green",
    "by",
    "of",
    "two",
    "at",
    "home",
    "outside",
]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Images that were drawn.

    Attributes
    ----------
    group : ndarray (n,) int64
    meaning : ndarray (n, LATENT) float32
    vectors : dict of ndarray (n, dimensions) float32
        By the names of `DIMENSIONS`; NaN rows where there is no caption.
    captions : list of str or None
    """

    group: np.ndarray
    meaning: np.ndarray
    vectors: dict[str, np.ndarray]
    captions: list[str | None]


class Mixture:
    """The groups that a collection of ``images`` images is drawn from, by ``seed``.

    Attributes
    ----------
    topic_of : ndarray (n_groups,) int64
    shares : ndarray (n_groups,) float64
        How likely an image is of each group.
    """

    def __init__(self, images: int, seed: int):
        generator = np.random.default_rng([seed, images])
        groups = max(6, round(math.sqrt(2 * images)))
        topics = max(2, round(math.sqrt(groups)))
        self.topic_of = np.sort(generator.integers(topics, size=groups))
        shares = np.exp(generator.normal(0, UNEVENNESS, groups))
        self.shares = shares / shares.sum()
        centres = generator.normal(0, TOPIC_SPREAD, (topics, LATENT))[self.topic_of]
        self._centres = centres + generator.normal(0, GROUP_SPREAD, (groups, LATENT))
        self._spread = WITHIN_SPREAD * np.exp(generator.normal(0, 0.2, groups))
        self._maps = {name: _map(d, generator) for name, d in DIMENSIONS.items()}
        self._means = {name: _mean(d, generator) for name, d in DIMENSIONS.items()}
        self._words = [_words(generator, 5) for _ in range(topics + groups)]

    def draw(self, n: int, generator: np.random.Generator) -> Drawn:
        """Draw ``n`` images, some of them without a caption, some near-duplicates of another."""
        group = generator.choice(len(self.shares), n, p=self.shares)
        original = np.arange(n)
        copied = np.flatnonzero(generator.random(n) < NEAR_DUPLICATES)
        original[copied] = generator.integers(n, size=len(copied))
        group = group[original]
        within = generator.standard_normal((n, LATENT)) * self._spread[group][:, None]
        meaning = (self._centres[group] + within[original]).astype(np.float32)
        said = meaning + UNSAID * generator.standard_normal((n, LATENT), dtype=np.float32)
        vectors = {}
        for name, dimensions in DIMENSIONS.items():
            noise = generator.standard_normal((n, dimensions), dtype=np.float32)
            noise *= NOISE[name] * math.sqrt(LATENT / dimensions)
            seen = meaning if name == "clip_image" else said[original]
            vectors[name] = self._means[name] + seen @ self._maps[name] + noise[original]
            change = generator.standard_normal((len(copied), dimensions), dtype=np.float32)
            change *= RETOUCHED * np.linalg.norm(vectors[name][copied], axis=1, keepdims=True)
            vectors[name][copied] += change / math.sqrt(dimensions)
        captions = self._captions(group, generator)
        for row in np.flatnonzero(generator.random(n) < WITHOUT_CAPTION):
            captions[row] = None
            vectors["clip_text"][row] = vectors["bert_text"][row] = np.nan
        return Drawn(group, meaning, vectors, captions)

    def label(self, group: int) -> str:
        """Name a group by its topic and its own first word."""
        topic = int(self.topic_of[group])
        return f"{self._words[topic][0]}/{self._words_of_group(group)[0]}-{group}"

    def _words_of_group(self, group: int) -> list[str]:
        return self._words[len(self._words) - len(self.shares) + group]

    def _captions(self, groups: np.ndarray, generator: np.random.Generator) -> list[str | None]:
        chosen = generator.integers(5, size=(len(groups), 3))
        common = generator.integers(len(_COMMON), size=(len(groups), 3))
        captions: list[str | None] = []
        for group, (one, two, three), (first, second, third) in zip(
            groups, chosen, common, strict=True
        ):
            own, topic = self._words_of_group(group), self._words[self.topic_of[group]]
            words = [_COMMON[first], own[one], _COMMON[second], topic[two], _COMMON[third]]
            captions.append(" ".join([*words, own[three]]).capitalize() + ".")
        return captions


def relevance(a: np.ndarray, b: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Judge pairs of meanings, (n, LATENT) each: the nearer, the likelier relevant, 0 or 1."""
    cosine = np.einsum("ij,ij->i", a, b) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    return (generator.random(len(a)) < expit(14 * (cosine - 0.8))).astype(np.int8)


def _map(dimensions: int, generator: np.random.Generator) -> np.ndarray:
    basis, _ = np.linalg.qr(generator.normal(size=(dimensions, LATENT)))
    return basis.T.astype(np.float32)


def _mean(dimensions: int, generator: np.random.Generator) -> np.ndarray:
    direction = generator.normal(size=dimensions)
    length = MEAN * math.sqrt(LATENT)
    return (direction * length / np.linalg.norm(direction)).astype(np.float32)


def _words(generator: np.random.Generator, count: int) -> list[str]:
    return ["".join(generator.choice(_SYLLABLES, 3)) for _ in range(count)]
