"""The recipes in deploy/ name what there is: files, commands, options, variables, addresses."""

import configparser
import re
import shlex
from fnmatch import fnmatch

import pytest

from mmrec_app.served.health import routes
from tests.docs import pages
from tests.docs.test_commands import faults_of

DEPLOY = pages.ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
IGNORED = (pages.ROOT / ".dockerignore").read_text("utf-8").split()


class _Repeated(dict):
    """Keeps all values of a key that comes again, a line each."""

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, list) and key in self:
            value = [*self[key], *value]
        super().__setitem__(key, value)


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    read = configparser.RawConfigParser(strict=False, dict_type=_Repeated, delimiters="=")
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(DEPLOY / "mmrec.service")
    return {key: value.split("\n") for key, value in read["Service"].items()}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.MULTILINE)


def known(variable: str) -> bool:
    """Whether the document for servers has a variable, or it is none of ours."""
    return not variable.startswith("MMREC_") or f"`{variable}`" in (
        pages.ROOT / "docs/server.md"
    ).read_text("utf-8")


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    let_through = [pattern[1:] for pattern in IGNORED if pattern.startswith("!")]
    assert IGNORED[0] == "*"
    assert all((pages.ROOT / name).exists() for name in let_through)
    copied = [words.split()[0] for words in instructions("COPY")]
    assert set(copied) - {"."} <= set(let_through)
    needed = re.findall(r'"([^"*]+)\*?[^"]*"', (pages.ROOT / "setup.py").read_text("utf-8"))
    for name in [path for path in needed if (pages.ROOT / path).exists()]:
        assert any(fnmatch(name, f"{each}*") for each in let_through), name


def test_the_provider_s_secrets_are_neither_committed_nor_in_the_image() -> None:
    secrets = ".streamlit/secrets.toml"
    assert secrets in (pages.ROOT / ".gitignore").read_text("utf-8").split()
    let_through = [pattern[1:] for pattern in IGNORED if pattern.startswith("!")]
    assert not [each for each in let_through if secrets.startswith(each)]


def test_the_image_has_no_rights_and_is_asked_whether_it_is_well() -> None:
    assert instructions("USER") == ["mmrec"]
    assert "useradd" in DOCKERFILE.partition("USER mmrec")[0]
    health = instructions("HEALTHCHECK")[0]
    assert any(f"8501{route.path}'" in health for route in routes())
    command = instructions("CMD")[-1]
    assert not list(faults_of(" ".join(re.findall(r'"([^"]*)"', command))))
    assert all(known(each) for each in re.findall(r"(\w+)=", instructions("ENV")[0]))
    parts = {path.stem for path in (pages.ROOT / "requirements").glob("*.txt")}
    assert set(shlex.split(instructions("ARG")[0].partition("=")[2])) <= parts


def test_the_service_runs_a_command_that_there_is_with_variables_that_are_read(
    unit: dict[str, list[str]],
) -> None:
    program, *words = shlex.split(unit["ExecStart"][0])
    assert program.endswith("/bin/mmrec")
    assert not list(faults_of(" ".join(["mmrec", *words])))
    assert all(known(line.partition("=")[0]) for line in unit["Environment"])


def test_the_service_writes_to_its_own_folders_alone(unit: dict[str, list[str]]) -> None:
    assert unit["DynamicUser"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["StateDirectory"] == unit["CacheDirectory"] == ["mmrec"]
    given = dict(line.split("=", 1) for line in unit["Environment"])
    assert given["MMREC_VERDICTS"] == "/var/lib/mmrec"
    assert "User" not in unit
