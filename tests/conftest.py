"""What tests share: one real bundle, built once from the demo's images."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from threadpoolctl import ThreadpoolController

from mmrec_core.bundle import Bundle, open_bundle
from mmrec_core.datasets.demo import demo_config
from mmrec_core.datasets.stamps import find_stamps
from mmrec_core.demo import build_demo
from mmrec_core.errors import InputError
from tests.postgresql import PostgresServer, missing


@pytest.fixture(scope="session")
def demo_bundle(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The demo bundle, with the map drawn by PCA, since UMAP compiles for most of a minute.

    Processes that share the tests share it too: the first one builds it.
    MMREC_TEST_BUNDLE names one to use instead of building it, while working on the app.
    """
    if ready := os.environ.get("MMREC_TEST_BUNDLE"):
        return Path(ready)
    folder = tmp_path_factory.getbasetemp()
    out = (folder if worker_id == "master" else folder.parent) / "demo"
    try:
        config = demo_config(out)
    except InputError as error:
        pytest.exit(f"the tests need the demo's images: {error}", returncode=1)
    with FileLock(f"{out}.lock"):
        if out.exists():
            return out
        return build_demo(config.model_copy(update={"map": "pca"}), say=lambda line: None)


@pytest.fixture(autouse=True)
def threads_of_products() -> Iterator[None]:
    """Give a test's products their threads back after it.

    A page that runs in the tests' process keeps them to one, as the app does in its own; what is
    built afterwards differs then in the last digits from what was built before.
    """
    before = {
        library.filepath: library.num_threads for library in ThreadpoolController().lib_controllers
    }
    yield
    for library in ThreadpoolController().lib_controllers:
        if library.num_threads != before.get(library.filepath, library.num_threads):
            library.set_num_threads(before[library.filepath])


@pytest.fixture(scope="session")
def demo(demo_bundle: Path) -> Bundle:
    return open_bundle(demo_bundle)


@pytest.fixture(scope="session")
def demo_stamps() -> Path:
    return find_stamps()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    if why := missing():
        pytest.skip(why)
    with PostgresServer() as server:
        yield server
