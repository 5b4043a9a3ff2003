"""Characteristic words of clusters, from their captions: what a cluster is called.

Class-based TF-IDF: all captions of a cluster are one document, and a word weighs by how often it
occurs there and how seldom in all clusters.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

WORDS_A_CLUSTER = 8
LONGEST_WORD = 30

_WORD = rf"\b[^\W\d_]{{2,{LONGEST_WORD}}}\b"

# What scikit-learn's list of English leaves over when an apostrophe splits a word.
_ENGLISH_ENDS = {"didn", "doesn", "don", "isn", "ll", "re", "ve", "wasn"}
_RUSSIAN = """
без более бы был была были было быть вам вас весь во вот все всего всей всех вы где да даже для до
его ее если есть еще ещё её же за здесь из или им ими их как какая какие какой ко когда который
которая которое которые кто ли либо между меня мне много может можно мой моя мы на над надо нас
наш не него нее неё ней нем нём несколько нет ни них но ну об обо один одна однако одно он она они
оно от очень перед по под после при про раз рядом сам свой своей своём свои свою себе себя со среди
та так также такая такой там те тем то тоже только том тот ту ты уже чего чем что чтобы эта эти этих
это этого этой этом этот эту
"""
STOP_WORDS = sorted({*ENGLISH_STOP_WORDS, *_ENGLISH_ENDS, *_RUSSIAN.split()})


def characteristic_words(
    captions: pd.Series, cluster_of: np.ndarray, n_clusters: int
) -> list[list[str]]:
    """Return the words that distinguish each cluster from the others, best first.

    Parameters
    ----------
    captions : Series of str or None, length n
        In any language; words are runs of letters, in lower case. Stop words of English and
        Russian are left out, as are words of one letter or with digits.
    cluster_of : ndarray (n,) int
        Each caption's cluster.
    n_clusters : int
        Number of clusters.

    Returns
    -------
    list of n_clusters lists of str
        At most `WORDS_A_CLUSTER` words each; none for a cluster without captions. Words of equal
        weight come in alphabetical order; of ``flower`` and ``flowers`` the weightier is listed.

    Notes
    -----
    The weight of word t in cluster c is tf(t, c) · log(1 + A / f(t)), with tf the captions of c
    that have the word, f the captions of all clusters that have it, and A the mean number of words
    in a cluster: c-TF-IDF of Grootendorst, "BERTopic: Neural topic modeling with a class-based
    TF-IDF procedure", 2022, https://arxiv.org/abs/2203.05794. A word counts once a caption, so
    that one caption that repeats itself names no cluster.
    """
    known = np.asarray(captions.notna(), dtype=bool)
    counter = CountVectorizer(token_pattern=_WORD, stop_words=STOP_WORDS, binary=True)
    try:
        words = counter.fit_transform(captions[known].astype(str))
    except ValueError:  # no caption has a word that counts
        return [[] for _ in range(n_clusters)]
    rows = np.asarray(cluster_of)[known]
    member = csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))), (n_clusters, len(rows)))
    counts = csr_matrix(member @ words)
    everywhere = np.asarray(counts.sum(axis=0)).ravel()
    weights = counts.multiply(np.log1p(counts.sum() / n_clusters / everywhere)).tocsr()
    weights.sort_indices()
    names = counter.get_feature_names_out()
    listed = []
    for start, end in zip(weights.indptr[:-1], weights.indptr[1:], strict=True):
        best = np.argsort(-weights.data[start:end], kind="stable")
        listed.append(_distinct(map(str, names[weights.indices[start:end][best]])))
    return listed


def _distinct(words: Iterable[str]) -> list[str]:
    """Return the first words, without those that are one already listed with another ending."""
    kept: list[str] = []
    for word in words:
        if len(kept) == WORDS_A_CLUSTER:
            break
        if not any(_same_stem(word, other) for other in kept):
            kept.append(word)
    return kept


def _same_stem(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 2
