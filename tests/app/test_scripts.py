"""The components' modules over HTTP: all there, and never another version's."""

import posixpath
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mmrec_app.assets import asset_path
from mmrec_app.served.routes import routes
from mmrec_app.served.scripts import module_address

COMPONENTS = sorted(path.parent.name for path in asset_path("").glob("*/main.js"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=routes()))


def test_there_are_components() -> None:
    assert {"gallery", "lists", "map", "queue"} <= set(COMPONENTS)


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_comes_with_all_that_it_imports(client: TestClient, name: str) -> None:
    wanted, seen = [f"/{module_address(f'{name}/main.js')}"], set()
    while wanted:
        address = wanted.pop()
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        seen.add(address)
        imports = re.findall(r'^import .*?"(\..+?)";$', answer.text, re.MULTILINE)
        imports += re.findall(r'^} from "(\..+?)";$', answer.text, re.MULTILINE)
        imported = {posixpath.normpath(posixpath.join(address, "..", path)) for path in imports}
        wanted += imported - seen
    assert len(seen) > 1


def test_what_is_no_present_module_is_not_found_nor_kept(client: TestClient) -> None:
    present = module_address("map/main.js")
    version = present.split("/")[1]
    for wrong in (
        present.replace(version, "0" * 16),
        module_address("map/style.css"),
        module_address("../assets.py"),
    ):
        answer = client.get(f"/{wrong}")
        assert answer.status_code == 404
        assert "immutable" not in answer.headers.get("cache-control", "")
