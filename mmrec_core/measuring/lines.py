"""The lines of the table with their bounds, those of two cores."""

from mmrec_core.measuring.figures import Bound, Line

COLD = Line(
    "cold",
    "cold process to the first answer about an image of the bundle",
    "s",
    (Bound(1.5), Bound(3)),
)
QUERY_600 = Line("query-600", "a query among 600 candidates", "ms", (Bound(6, 15), Bound(12, 30)))
QUERY_2000 = Line(
    "query-2000",
    "a query among 2,000 candidates",
    "ms",
    (Bound(6, 15), Bound(12, 30)),
)
PAIR = Line("pair", "the same for each pair, of 2,000", "µs", (Bound(3), Bound(4)))
CONTRIBUTIONS = Line(
    "contributions", "exact contributions of the 10 results shown", "ms", (Bound(12), Bound(12))
)
UPLOAD = Line("upload", "an upload's stages after encoding", "ms", (Bound(20), Bound(80)))
SEARCH_TEXT = Line(
    "search-text",
    "search of all vectors by text, over faiss' flat fp16",
    "×",
    (Bound(1.3), Bound(0.3)),
)
SEARCH_PICTURE = Line("search-picture", "the same by picture", "×", (Bound(1.3), Bound(0.3)))
SEARCH_BLEND = Line("search-blend", "the same by a blend of both", "×", (Bound(1.3), Bound(0.3)))
SEARCH_RECALL = Line(
    "search-recall",
    "recall@10 of these searches against exact float32",
    "",
    (Bound(0.998, at_least=True), Bound(0.98, at_least=True)),
)
STORE = Line(
    "store",
    "a query among 600 candidates, vectors in a database on this machine",
    "ms",
    (Bound(100, 200), Bound(200, 400)),
)
STORE_SAME = Line(
    "store-same",
    "share of them with the first ten of the bundle's own files",
    "",
    (Bound(0.99, at_least=True), Bound(0.99, at_least=True)),
)
MEMORY = Line(
    "memory",
    "private memory of a serving process over the bare imports",
    "MB",
    (Bound(400), Bound(1500)),
)
BUILD = Line(
    "build",
    "clusters, candidates, pair features, ranker, metrics and map from given vectors",
    "min",
    (Bound(8), Bound(90)),
)
BUILD_MEMORY = Line("build-memory", "the most memory of that", "GiB", (Bound(3), Bound(12)))

LINES = (
    *(COLD, QUERY_600, QUERY_2000, PAIR, CONTRIBUTIONS, UPLOAD),
    *(SEARCH_TEXT, SEARCH_PICTURE, SEARCH_BLEND, SEARCH_RECALL),
    *(STORE, STORE_SAME, MEMORY, BUILD, BUILD_MEMORY),
)
