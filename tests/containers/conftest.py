"""Needs a Docker engine, and says so: skipped with the reason in `make test`, failing without one in `make test-containers`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .stack import Stack, images

WANTED = "COMMONS_CONTAINERS"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("containers")
            if WANTED not in os.environ:
                item.add_marker(pytest.mark.skip(reason="wants a Docker engine: `make test-containers`"))


@pytest.fixture(scope="session")
def engine():
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, f"No Docker engine answers: {asked.stderr}"


@pytest.fixture(scope="session")
def built(engine):
    """The images of the working tree, by the name of their service."""
    Stack("commons-test-images").compose("build", "--quiet")
    return images()


@pytest.fixture(scope="session")
def development(built, tmp_path_factory):
    """The stack with a movable clock, with people on it, on the day on which J1 begins."""
    stack = Stack("commons-test-dev", "docker-compose.dev.yml", folder=tmp_path_factory.mktemp("dev"))
    with stack.running():
        stack.compose("run", "--rm", "-T", "tools", "seed", "--broker", "nats://nats:4222", "--journey", "J1")
        yield stack


@pytest.fixture(scope="session")
def production(built, tmp_path_factory):
    """The stack as a partner starts it."""
    stack = Stack("commons-test-production", folder=tmp_path_factory.mktemp("production"))
    with stack.running():
        yield stack
