"""Builds on a cluster of two nodes: the same vectors, workers and nodes lost, one-line errors."""

import os
import signal
import sys
from pathlib import Path

import pytest

from mmrec_core.config import make_config
from mmrec_core.distributed.engine import Portable
from mmrec_core.distributed.ray_cluster import ray_cluster
from mmrec_core.errors import ClusterError, ImageError, OptionError
from tests.ray.conftest import NODE


def chunks(count: int, size: int = 4) -> list[tuple[int, list[int]]]:
    return [(start, list(range(start, start + size))) for start in range(0, count, size)]


def squared_by_a_mortal(folder: Path, items: list[int]) -> list[int]:
    """Note the attempt; die once, of the chunk that starts with 20."""
    attempts = list(folder.glob(f"{items[0]}-*"))
    (folder / f"{items[0]}-{len(attempts)}").touch()
    if items[0] == 20 and not attempts:
        os.kill(os.getpid(), signal.SIGKILL)
    return [item**2 for item in items]


def mortal(folder: Path):
    return lambda items: squared_by_a_mortal(folder, items)


def test_a_worker_that_is_killed_costs_its_chunk_and_no_more(cluster, tmp_path):
    function = Portable(mortal(tmp_path), mortal, tmp_path)
    done = dict(cluster.map(function, chunks(160)))
    assert done == {start: [item**2 for item in items] for start, items in chunks(160)}
    repeated = [attempt.name for attempt in tmp_path.glob("*-1")]
    assert repeated == ["20-1"]
    assert len(list(tmp_path.iterdir())) == len(done) + 1


def test_a_node_lost_in_mid_run_costs_no_result(nodes, cluster, tmp_path):
    doomed = nodes.add_node(**NODE)
    nodes.wait_for_nodes()
    done = {}
    for start, squares in cluster.map(Portable(mortal(tmp_path), mortal, tmp_path), chunks(400)):
        if not done:
            nodes.remove_node(doomed, allow_graceful=False)
        done[start] = squares
    assert done == {start: [item**2 for item in items] for start, items in chunks(400)}


def refuses(items: list[int]) -> None:
    raise ImageError(f"nothing to see in {items[0]}")


def fails(items: list[int]) -> None:
    raise ZeroDivisionError("of a stage")


def test_what_a_worker_raises_is_one_line_here(cluster):
    with pytest.raises(ImageError, match="nothing to see in"):
        list(cluster.map(refuses, chunks(8)))
    with pytest.raises(ClusterError, match=r"stopped: .*ZeroDivisionError.* again") as raised:
        list(cluster.map(fails, chunks(8)))
    assert "\n" not in str(raised.value)


def test_a_cluster_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with (
        pytest.raises(ClusterError, match=r"nothing answers at 127\.0\.0\.1:9"),
        ray_cluster("127.0.0.1:9"),
    ):
        pass
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match=r"pip install mmrec\[ray\]"), ray_cluster():
        pass
    with pytest.raises(OptionError, match="engine"):
        make_config(images=Path("a"), out=Path("b"), engine="dask")
