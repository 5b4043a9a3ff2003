"""The commands that documents name are those that the program has."""

import re
import shlex

import pytest

from tests.docs import pages, write_commands

CONTEXTS = dict(write_commands.commands())


def test_the_help_in_the_documents_is_the_program_s():
    page = write_commands.PAGE.read_text("utf-8")
    assert page == write_commands.renewed(page), "run `make docs`"


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_commands_in_documents_exist_with_their_options(page):
    lines = [*pages.shell_lines(page), *pages.spans(page)]
    faults = [fault for line in lines if line.startswith("mmrec ") for fault in faults_of(line)]
    assert not faults


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_make_s_targets_in_documents_exist(page):
    targets = re.findall(r"^([a-z-]+):", (pages.ROOT / "Makefile").read_text(), re.MULTILINE)
    lines = [*pages.shell_lines(page), *pages.spans(page)]
    named = {line.split()[-1] for line in lines if re.search(r"(^| )make [a-z-]+$", line)}
    assert named <= set(targets)


def test_ci_runs_the_readme_s_test_command():
    commands = pages.shell_lines(pages.ROOT / "README.md")
    assert "make test" in commands
    assert (pages.ROOT / ".ci/run").read_text().rstrip().endswith("\nmake test")


def test_a_wrong_option_or_command_is_noticed():
    assert not list(faults_of("mmrec build --images photos --out bundle"))
    assert list(faults_of("mmrec build --pictures photos"))
    assert list(faults_of("mmrec bild --images photos"))


def faults_of(line: str) -> list[str]:
    """Return what the program does not know of a command line."""
    words = shlex.split(line, comments=True)[1:]
    command, context = "mmrec", CONTEXTS["mmrec"]
    while words and f"{command} {words[0]}" in CONTEXTS:
        command += f" {words.pop(0)}"
        context = CONTEXTS[command]
    known = {name for option in context.command.params for name in option.opts} | {"--help"}
    faults = [f"{line}: no option {w}" for w in words if w.startswith("-") and w not in known]
    is_group = any(name.startswith(f"{command} ") for name in CONTEXTS)
    placeholder = words and words[0].isupper()
    if is_group and words and not words[0].startswith("-") and not placeholder:
        faults.append(f"{line}: no command {words[0]}")
    return faults
