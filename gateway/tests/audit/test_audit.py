"""What others demand of a server of GraphQL, asked by their own tools: `make audit`, or with AUDIT=URL of any other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SERVE = Path(__file__).parents[1] / "serve.py"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Its address, and a token."""
    command = [sys.executable, str(SERVE), str(tmp_path_factory.mktemp("gateway"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        yield f"http://127.0.0.1:{told['port']}/graphql", told["token"]
        process.send_signal(signal.SIGTERM)


def test_the_complete_audit_of_graphql_over_http(node, served):
    elsewhere = os.environ.get("AUDIT", "")
    done = node("audit.mjs", elsewhere if elsewhere.startswith("http") else served[0])
    results = [json.loads(line) for line in done.stdout.splitlines()]
    print(done.stderr.strip())
    assert [one for one in results if one["status"] != "ok"] == []
    assert len(results) == 61


def test_the_clients_of_browsers_follow_and_resume(node, served):
    done = node("follow.mjs", *served)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {
        "events": [1, 1],
        "socket": [1, 1],
        "events refused": "GRAPHQL_VALIDATION_FAILED",
        "socket refused": "GRAPHQL_VALIDATION_FAILED",
    }
