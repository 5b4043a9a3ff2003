"""All figures of a made collection, line by line."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.measuring import processes, queries
from mmrec_core.measuring.built import Built
from mmrec_core.measuring.figures import Figure, figure
from mmrec_core.measuring.lines import BUILD, BUILD_MEMORY
from mmrec_core.measuring.machine import Machine
from mmrec_core.measuring.searches import searches
from mmrec_core.measuring.stored import stored_queries
from mmrec_core.serving.one_thread import keep_products_to_one_thread
from mmrec_core.serving.recommender import Recommender

QUERIES = 200


class Measurements:
    """Measures a bundle, each group of lines when it is asked for.

    Parameters
    ----------
    built : Built
    machine : Machine
        Whose rates say what it could do at best.
    seed : int
        Of the choice of queries.
    say : callable
        Takes a line of progress.
    """

    def __init__(self, built: Built, machine: Machine, seed: int, say: Callable[[str], None]):
        self._built = built
        self._machine = machine
        self._seed = seed
        self._say = say

    def figures(self, groups: Sequence[str] = ()) -> Iterator[Figure]:
        """Yield the figures of some groups, of all if none is named, in the table's order."""
        for name, measure in self.groups.items():
            if not groups or name in groups:
                yield from measure()

    @property
    def groups(self) -> dict[str, Callable[[], list[Figure]]]:
        """What measures each group of lines."""
        return {
            "cold": lambda: [processes.cold(self._built.bundle, self._names[:5])],
            "query": self._query,
            "contributions": lambda: [queries.contributions(self._recommender, self._rows)],
            "upload": self._upload,
            "search": self._search,
            "store": self._store,
            "memory": lambda: [processes.memory(self._built.bundle, self._built.collection)],
            "build": self._build,
        }

    @cached_property
    def _bundle(self) -> Bundle:
        return open_bundle(self._built.bundle)

    @cached_property
    def _recommender(self) -> Recommender:
        recommender = Recommender(self._bundle)
        keep_products_to_one_thread()  # as the app does
        return recommender

    @cached_property
    def _rows(self) -> np.ndarray:
        images = len(self._bundle.cluster_of)
        generator = np.random.default_rng(self._seed)
        return generator.choice(images, QUERIES, replace=images < QUERIES)

    @property
    def _names(self) -> list[str]:
        return [self._bundle.image(int(row)) for row in self._rows]

    def _query(self) -> list[Figure]:
        rate = self._machine.bytes_a_second
        return queries.own_images(self._recommender, self._rows, rate)

    def _upload(self) -> list[Figure]:
        new, rate = self._built.collection.new_images(), self._machine.bytes_a_second
        return [queries.uploads(self._recommender, new, QUERIES, rate)]

    def _search(self) -> list[Figure]:
        new, rate = self._built.collection.new_images(), self._machine.bytes_a_second
        return searches(self._recommender, self._rows, new, rate)

    def _store(self) -> list[Figure]:
        bundle = self._built.bundle
        database = bundle.with_name(bundle.name.replace("bundle", "database", 1))
        return stored_queries(self._recommender, self._rows, database, self._say)

    def _build(self) -> list[Figure]:
        minutes = {name: value / 60 for name, value in self._built.build["seconds"].items()}
        gigabytes = {n: value / 2**30 for n, value in self._built.build["peak_bytes"].items()}
        parts = _largest(gigabytes)
        if own := self._built.build.get("anonymous_bytes"):  # older builds lack it
            parts["without mapped files"] = max(own.values()) / 2**30
        return [
            figure(BUILD, [sum(minutes.values())], parts=_largest(minutes)),
            figure(BUILD_MEMORY, [max(gigabytes.values())], parts=parts),
        ]


GROUPS = ("cold", "query", "contributions", "upload", "search", "store", "memory", "build")
"""Names of the groups of lines that `Measurements` measures."""


def _largest(parts: dict[str, float], count: int = 5) -> dict[str, float]:
    return dict(sorted(parts.items(), key=lambda part: -part[1])[:count])
