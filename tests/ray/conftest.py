"""A cluster of two nodes on this machine, and a folder of drawn shapes."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from moto.server import ThreadedMotoServer

from mmrec_core.distributed.ray_cluster import LOOPBACK, RayCluster, ray_cluster
from tests.core.building.shapes import collection

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")

NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20}


@pytest.fixture(scope="session")
def store() -> Iterator[None]:
    """A server on this machine that speaks S3, in the environment of the nodes too."""
    server = ThreadedMotoServer(LOOPBACK, port=0)
    server.start()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    address, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{address}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "of-the-test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("RAY_worker_niceness", "0")
        yield
    server.stop()


@pytest.fixture(scope="session")
def nodes(store) -> Iterator[cluster_utils.Cluster]:
    cluster = cluster_utils.Cluster(
        initialize_head=True, head_node_args=NODE | {"include_dashboard": False}
    )
    cluster.add_node(**NODE)
    yield cluster
    cluster.shutdown()


@pytest.fixture(scope="session")
def cluster(nodes) -> Iterator[RayCluster]:
    with ray_cluster(nodes.address) as cluster:
        nodes.wait_for_nodes()
        yield cluster


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some more shapes than a chunk holds, captioned; one is no picture."""
    folder = tmp_path_factory.mktemp("shapes")
    tables = []
    for part in ("first", "second", "third"):
        (folder / part).mkdir()
        table = collection(folder / part)
        tables.append(table.assign(image=f"{part}/" + table["image"]))
    table = pd.concat(tables)
    (folder / table["image"].iloc[3]).write_bytes(b"no picture")
    table.drop(columns="text_ru").to_csv(folder / "captions.csv", index=False)
    return folder
