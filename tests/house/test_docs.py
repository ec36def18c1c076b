"""The documents name files that are there, and every decision has its parts."""

from __future__ import annotations

import re

from .conftest import ROOT, SERVICES, tracked

PATH = re.compile(r"`((?:contracts|chassis|services|gateway|deploy|docs|tests|bench)/[\w./<>*-]+)`")
PARTS = ("Context", "Decision", "Consequences", "Not chosen", "Enforced by")


def test_documents_name_real_files():
    named = [(d, name) for d in tracked("*.md") for name in PATH.findall(d.read_text())]
    real = [(d, name) for d, name in named if not set("<*") & set(name)]
    missing = [f"{d.relative_to(ROOT)}: {name}" for d, name in real if not (ROOT / name.rstrip("/")).exists()]
    assert missing == []


def test_every_decision_says_what_why_and_what_keeps_it():
    decisions = tracked("docs/adr/0*.md")
    assert decisions
    for decision in decisions:
        text = decision.read_text()
        assert [p for p in PARTS if f"**{p}" not in text] == [], decision.name
        assert len(text.splitlines()) <= 60, f"{decision.name} is over a page"


def test_the_readme_of_a_service_lists_what_it_answers_tells_and_hears(service):
    """Every request, event and owner that `app.py` brings along is named in the service's README."""
    text = (ROOT / "services" / service.name / "README.md").read_text()
    names = [kind.__name__ for kind, _ in service.requests.values()] + list(service.hears)
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


def test_every_service_is_in_the_map():
    text = (ROOT / "README.md").read_text()
    assert [name for name in SERVICES if f"services/{name}" not in text] == []
