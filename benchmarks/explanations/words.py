"""Words: the word of most weight is the one that a caption's cosine misses most."""

from collections.abc import Iterator

import numpy as np

from benchmarks.explanations.figures import Row, ratio
from mmrec_core.attribution import align
from mmrec_core.bundle import Bundle
from mmrec_core.collection.vectors import unit
from mmrec_core.encoders import TextEncoder
from mmrec_core.encoders.parts import Parts, without, words
from mmrec_core.evaluation.bootstrap import query_mean

FEWEST = 3
TARGET = "≥ 0.70"
LENGTHS = {"3 words": (3, 3), "4 or 5 words": (4, 5), "6 words and more": (6, 10**6)}


def caption_pairs(bundle: Bundle, captions: int, seed: int) -> list[tuple[str, str]]:
    """Draw captions of three words and more, each with the nearest other caption by BERT."""
    texts = bundle.items["text"].dropna().drop_duplicates()
    vectors = unit(np.asarray(bundle.bert_text)[texts.index])
    long = [at for at, text in enumerate(texts) if len(words(text)) >= FEWEST]
    pairs = []
    for at in np.random.default_rng(seed).permutation(long)[:captions].tolist():
        cosines = vectors @ vectors[at]
        cosines[at] = -np.inf
        pairs.append((texts.iloc[at], texts.iloc[int(cosines.argmax())]))
    return pairs


def words_rows(
    name: str, weights: str, encoder: TextEncoder, pairs: list[tuple[str, str]], seed: int
) -> Iterator[Row]:
    """Yield how often the word of most weight is the one that counts, and how much it counts."""
    hits, tops, means, lengths = [], [], [], []
    for text, other in pairs:
        spans = words(text)
        near = unit(encoder.encode_texts([other])[0]).astype(np.float64)
        cosines = unit(encoder.encode_texts([text, *(without(text, s) for s in spans)])) @ near
        falls = cosines[0] - cosines[1:]
        parts = encoder.text_parts(text)
        weighed = align(parts, Parts(np.zeros((0, len(near))), near, "sum")).by_query[:-1]
        top = int(weighed.argmax())
        hits.append(float(falls[top] >= falls.max() - 1e-9))
        tops.append(falls[top])
        means.append(falls.mean())
        lengths.append(len(spans))
    hit, top, mean, length = (np.array(values) for values in (hits, tops, means, lengths))
    chance = (1 / length).mean()
    yield Row(
        name,
        f"words: the most missed (chance {chance:.2f})",
        weights,
        len(hit),
        query_mean(hit, seed),
        TARGET,
    )
    for title, (fewest, most) in LENGTHS.items():
        there = (length >= fewest) & (length <= most)
        if there.sum() >= 10:
            figure = query_mean(hit[there], seed)
            yield Row(name, f"words: the most missed, {title}", weights, int(there.sum()), figure)
    fallen = f"words: fall against a random word ({top.mean():.3f} : {mean.mean():.3f})"
    yield Row(name, fallen, weights, len(hit), ratio(top, mean, seed))
