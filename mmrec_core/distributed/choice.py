"""Which engine a build runs on."""

from collections.abc import Iterator
from contextlib import contextmanager

from mmrec_core.config import BuildConfig
from mmrec_core.distributed.engine import Engine, ThisProcess


@contextmanager
def opened_engine(config: BuildConfig) -> Iterator[Engine]:
    """Yield the engine that a build asks for.

    Raises
    ------
    ClusterError
        If its cluster cannot be used.
    """
    if config.engine == "local":
        yield ThisProcess()
        return
    from mmrec_core.distributed.ray_cluster import ray_cluster  # Ray comes with an extra

    with ray_cluster(config.address) as cluster:
        yield cluster
