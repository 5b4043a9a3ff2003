"""What a search takes away, by its weight: ``python -m benchmarks.subtracting BUNDLE…``.

Two words of captions that occur together and apart, such as "wheelchair" and "right": wanted are
pictures with the first and without the second. Printed are their average precision, and the share
of pictures with both among the first ten, over up to 250 pairs of words of the bundle.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from mmrec_core.bundle import open_bundle
from mmrec_core.serving.recommender import Recommender
from mmrec_core.serving.search import Term, search

WEIGHTS = (0.0, -0.2, -0.4, -0.5, -0.6, -0.7, -0.8, -1.0)
MOST_PAIRS = 250
FEWEST, MOST = 6, 120  # pictures with the wanted word
APART = 3  # pictures with both words, and with the wanted one alone


def pairs_of(words: list[set[str]], seed: int) -> list[tuple[str, str]]:
    """Return pairs of a wanted and an unwanted word, in a drawn order."""
    counts = Counter(word for there in words for word in there)
    pairs = []
    for wanted in sorted(word for word, n in counts.items() if FEWEST <= n <= MOST):
        beside = Counter(word for there in words if wanted in there for word in there)
        pairs += [
            (wanted, other)
            for other, n in sorted(beside.items())
            if other != wanted and APART <= n <= beside[wanted] - APART
        ]
    np.random.default_rng(seed).shuffle(pairs)
    return [(str(wanted), str(other)) for wanted, other in pairs[:MOST_PAIRS]]


def main() -> None:
    """Print a table a bundle."""
    for folder in sys.argv[1:]:
        recommender = Recommender(open_bundle(Path(folder)))
        captions = recommender.bundle.items["text"].fillna("").str.lower()
        words = [set(re.findall(r"[^\W\d_]{3,}", caption)) for caption in captions]
        pairs = pairs_of(words, seed=0)
        print(f"{folder}: {len(pairs)} pairs of words\nweight  AP     unwanted@10")
        for weight in WEIGHTS:
            found, unwanted = [], []
            for wanted, other in pairs:
                has = np.array([wanted in there for there in words])
                both = has & np.array([other in there for there in words])
                scores = search(recommender, [Term(1.0, text=wanted), Term(weight, text=other)])
                found.append(average_precision_score(has & ~both, scores))
                unwanted.append(both[np.argsort(-scores, kind="stable")[:10]].mean())
            print(f"{weight:5.1f}   {np.mean(found):.3f}  {np.mean(unwanted):.3f}")


if __name__ == "__main__":
    main()
