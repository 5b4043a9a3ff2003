"""A process that serves a bundle, and says what it holds: imports alone, then after some queries.

``python -m mmrec_core.measuring.serving_process BUNDLE COLLECTION`` prints bytes as JSON.
"""

import gc
import json
import sys
from pathlib import Path

from mmrec_core.bundle import open_bundle
from mmrec_core.measuring.collection import MadeCollection
from mmrec_core.measuring.process_memory import mapped_bytes, private_bytes
from mmrec_core.measuring.queries import uploads
from mmrec_core.serving.recommender import Query, Recommender
from mmrec_core.serving.search import Term, search

QUERIES = 20


def main(bundle: Path, collection: Path) -> None:
    """Answer queries of both kinds and a search, and print what is held before and after."""
    import catboost  # noqa: F401  (else its 100 MB would count as the bundle's)
    import pandas  # noqa: F401

    gc.collect()
    imports = private_bytes()
    recommender = Recommender(open_bundle(bundle))
    names = [recommender.bundle.image(row) for row in range(QUERIES)]
    for name in names:
        recommender.recommend(Query(name), k=10)
    uploads(recommender, MadeCollection(collection).new_images(), QUERIES, 1.0)
    search(recommender, [Term(1, image=names[0]), Term(1, image=names[1])])
    gc.collect()
    print(json.dumps({"imports": imports, "serving": private_bytes(), "mapped": mapped_bytes()}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
