"""Each peer in an environment of its own, made when it is first asked for: two of them install the same package name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PINNED = {"matching": "matching==1.4.3", "mentor-match": "mentor-match==7.0.1"}
SCRIPTS = {"matching": "two_sided.py", "mentor-match": "mentor_table.py"}
PATIENCE = 120


class AwayError(Exception):
    """The peer cannot be installed here; the message says why."""


def python_of(peer: str) -> Path:
    """The interpreter of the peer's environment, in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "commons-peers" / PINNED[peer].replace("==", "-")
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        uv = Path(sys.executable).with_name("uv")
        for command in (
            [uv, "venv", "-q", "--clear", "-p", sys.executable, home],
            [uv, "pip", "install", "-q", "-p", python, PINNED[peer]],
        ):
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            if done.returncode:
                raise AwayError(f"{PINNED[peer]} cannot be installed: {done.stderr.strip().splitlines()[-1:]}")
        (home / "ready").touch()
    return python


def ask(peer: str, *arguments: str, given: object = None, patience: float = PATIENCE):
    """What the peer's script prints, from JSON."""
    command = [python_of(peer), Path(__file__).with_name(SCRIPTS[peer]), *arguments]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=patience, check=False
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{peer}: {done.stderr[-400:]}")
    return json.loads(done.stdout)
