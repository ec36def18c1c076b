"""Habits that a linter of our own keeps: where machinery, clocks and chance may be, and words we do not use."""

from __future__ import annotations

import ast
import re

import pytest

from .conftest import ROOT, SERVICES, code, tracked

IN_SERVICES = {
    "ending a transaction": r"\.(commit|rollback|flush)\(",
    "publishing": r"\b(js|client|broker)\.publish",
    "a clock": r"\b(datetime|date)\.(now|utcnow|today)\(|\btime\.time\(",
    "chance": r"\buuid[14]\(|\brandom\.|\bsecrets\.",
    "a broad except": r"except( Base)?Exception\b|except:",
}
WORDS = {"manager", "helper", "util", "utils", "common", "data", "info", "handle", "impl", "repository", "factory"}
GIVEN = {"PageInfo", "page_info", "data_received"}  # the names that the Relay specification and asyncio give
LEFTOVERS = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


@pytest.mark.parametrize("habit", IN_SERVICES)
def test_services_leave_it_to_the_chassis(habit):
    found = []
    for file in code():
        if any(f"commons_{name}" in file.parts for name in SERVICES):
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                if re.search(IN_SERVICES[habit], line):
                    found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


def test_nothing_is_left_for_later():
    own = ROOT / "tests" / "house" / "test_habits.py"
    found = [str(f.relative_to(ROOT)) for f in tracked("*.py") if f != own and LEFTOVERS.search(f.read_text())]
    assert found == []


def _words(name):
    """keep_mentorCard -> {keep, mentor, card}"""
    return {w.lower() for w in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_names_say_what_a_thing_is():
    """Classes, functions and modules; the words each mark a thought not finished."""
    found = []
    for file in code():
        if WORDS & _words(file.stem):
            found.append(str(file.relative_to(ROOT)))
        for node in ast.walk(ast.parse(file.read_text())):
            named = isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in GIVEN
            if named and (
                WORDS & _words(node.name) or (isinstance(node, ast.ClassDef) and re.search(r".Service$", node.name))
            ):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert found == []


def test_nothing_names_a_host_of_a_package_registry():
    hosts = re.compile("|".join(["python" + "hosted", "py" + r"pi\.org", r"registry\.npm" + "js", r"deb\.deb" + "ian"]))
    found = [
        str(f.relative_to(ROOT)) for f in tracked() if f.suffix != ".gz" and hosts.search(f.read_text(errors="ignore"))
    ]
    assert found == []


def test_every_module_begins_with_what_it_is_for():
    found = [
        str(f.relative_to(ROOT)) for f in code() if f.stat().st_size and not ast.get_docstring(ast.parse(f.read_text()))
    ]
    assert found == []
