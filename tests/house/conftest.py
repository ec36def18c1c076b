"""What the house is made of."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("profiles", "matching", "mentoring", "community", "geo")


def tracked(*patterns: str) -> list[Path]:
    """The files that are, or are about to be, part of the project."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def code() -> list[Path]:
    """Python that is not a test and not a migration."""
    return [f for f in tracked("*.py") if "tests" not in f.parts and not f.parent.name.endswith("migrations")]


@pytest.fixture(scope="session", params=SERVICES)
def service(request):
    return importlib.import_module(f"commons_{request.param}.app").service
