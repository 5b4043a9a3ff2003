"""Chunks of work on a Ray cluster, by Ray Data (https://docs.ray.io/en/latest/data/data.html).

Each of its actors holds the function, a model included. A chunk whose actor or machine is lost is
carried out again by another one.
"""

import logging
import os
import pickle
import socket
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

import numpy as np

from mmrec_core.distributed.engine import Chunk, ThisProcess
from mmrec_core.errors import ClusterError, MmrecError

T = TypeVar("T")
R = TypeVar("R")

LOOPBACK = "127.0.0.1"
_WAVE = 4096
_CPUS_A_GPU = 8  # they decode
_REACHED_WITHIN = 5.0


@contextmanager
def ray_cluster(address: str | None = None) -> Iterator["RayCluster"]:
    """Join a Ray cluster, or start one on this machine.

    Parameters
    ----------
    address : str, optional
        ``HOST:PORT`` of the head node, as ``ray start`` takes it, on a machine that belongs to the
        cluster; ``ray://HOST:PORT`` from elsewhere. Without it, that in ``RAY_ADDRESS``, or else
        a cluster of this machine alone, which nothing outside reaches and which ends with the
        build.

    Raises
    ------
    ClusterError
        If Ray is not installed, or nothing answers at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError:
        raise ClusterError(
            "Ray is not installed: `pip install mmrec[ray]` installs it, here and on each machine "
            "of the cluster"
        ) from None
    if ray.is_initialized():
        yield RayCluster()
        return
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    _check_reached(address)
    here: Any = {"include_dashboard": False, "_node_ip_address": LOOPBACK}
    try:
        ray.init(
            address,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **(here if address == "local" else {}),
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(f"no Ray cluster at {address}: {_first_line(error)}") from None
    try:
        yield RayCluster()
    finally:
        ray.shutdown()


class RayCluster:
    """An `Engine` of the cluster that this process has joined.

    There is one actor a GPU, or one a CPU where there is no GPU. Machines that join
    later are used from the next piece of work on.
    """

    def map(
        self, function: Callable[[list[T]], R], chunks: Iterable[Chunk[T]]
    ) -> Iterator[tuple[int, R]]:
        """Apply a function to chunks; see `Engine`.

        Raises
        ------
        MmrecError
            What the function raised of this kind.
        ClusterError
            If the function failed in another way, or the cluster is gone.
        """
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        waiting = iter(chunks)
        few = list(islice(waiting, 2))
        if len(few) == 1:  # sooner done than a model is loaded elsewhere
            yield from ThisProcess().map(function, few)
            return
        waiting = chain(few, waiting)
        while wave := [
            {"start": start, "items": pickle.dumps(items, pickle.HIGHEST_PROTOCOL)}
            for start, items in islice(waiting, _WAVE)
        ]:
            yield from _done(function, wave)

    def share(self, value: T) -> Callable[[], T]:
        """Put a value where all machines of the cluster can get it; see `Engine`."""
        import ray

        reference: Any = ray.put(value)
        return partial(_got, reference)


def _got(reference: Any) -> Any:
    import ray

    return ray.get(reference)


def _done(function: Callable[[Any], Any], rows: list[dict[str, Any]]) -> Iterator[tuple[int, Any]]:
    """Carry out chunks, one a block, so that an actor that is lost costs one chunk."""
    import ray
    from ray.data import ActorPoolStrategy

    share = _share()
    most = min(share.actors, len(rows))
    try:
        outcomes = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            _Worker,
            fn_constructor_args=(function,),
            batch_size=1,
            compute=ActorPoolStrategy(min_size=1, initial_size=most, max_size=most),
            num_cpus=share.cpus,
            num_gpus=share.gpus,
        )
        for row in outcomes.iter_rows():
            outcome = pickle.loads(row["outcome"])
            if isinstance(outcome, MmrecError):
                raise outcome
            yield row["start"], outcome
    except ray.exceptions.RayError as error:
        raise _stopped(_first_line(error)) from None


def _stopped(why: str) -> ClusterError:
    return ClusterError(
        f"the work on the cluster stopped: {why}; what is done is kept: run the same command again "
        "to continue"
    )


class _Share(NamedTuple):
    """How many actors there can be, and what each gets."""

    actors: int
    cpus: int
    gpus: int


def _share() -> _Share:
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    with_gpu = [(int(node["GPU"]), node.get("CPU", 0)) for node in nodes if node.get("GPU", 0) >= 1]
    if with_gpu:
        cpus = min(int(cpus // gpus) for gpus, cpus in with_gpu)
        return _Share(sum(gpus for gpus, _ in with_gpu), max(1, min(_CPUS_A_GPU, cpus)), 1)
    return _Share(max(1, sum(int(node.get("CPU", 0)) for node in nodes)), 1, 0)


class _Worker:
    """What an actor is: it holds the function, and gives errors back as values."""

    def __init__(self, function: Callable[[Any], Any]):
        self._function = function

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list[Any]]:
        outcomes = []
        for items in batch["items"]:
            try:
                outcome = self._function(pickle.loads(items))
            except MmrecError as error:
                outcome = error
            except Exception as error:
                traceback.print_exc()  # into the worker's log
                outcome = _stopped(f"{type(error).__name__}: {_first_line(error)}")
            outcomes.append(pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL))
        return {"start": batch["start"].tolist(), "outcome": outcomes}


def _check_reached(address: str) -> None:
    """Raise ClusterError where nothing listens; Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdecimal()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=_REACHED_WITHIN).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(
            f"nothing answers at {address} ({_first_line(error)}): give the address that `ray "
            "start --head` printed, or leave out --address to use this machine alone"
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
