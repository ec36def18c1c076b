"""A run's results: kept as JSON under `bench/results/`, and shown as the table of `docs/performance.md`."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from commons_chassis.clock import real_now
from commons_onebox.broker import binary

from .ends import ROOT
from .measures import MEASURES, RATIO
from .others import Moment

RESULTS, DOCUMENT = ROOT / "bench" / "results", ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- the newest result -->", "<!-- end of it -->"
PACKAGES = (
    "nats-py",
    "faststream",
    "pydantic",
    "sqlalchemy",
    "asyncpg",
    "uvloop",
    "uvicorn",
    "strawberry-graphql",
    "graphql-core",
)
GIGABYTE = 1_000_000_000


class Report:
    """Collects what the tests found. `postgres` is asked for its version."""

    def __init__(self, postgres: str) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self.began = Moment.now()
        self.machine = machine()
        self.versions = versions(postgres)

    def says(self, name: str, values: Sequence[float], *, judged: bool = True) -> None:
        """The median of the rounds counts; the least and the most tell how far they were apart. A clock that went while
        others had the machine is told and not `judged`.
        """
        row = {"median": statistics.median(values), "least": min(values), "most": max(values)}
        self.found[name] = {key: _rounded(value) for key, value in row.items()}
        if not judged:
            assert MEASURES[name].clock, name
            self.found[name]["judged"] = False

    def broken(self, *names: str) -> list[str]:
        """The promises of these that this run did not keep."""
        return [
            f"{name}: {self.found[name]['median']:g} {MEASURES[name].unit}, promised {MEASURES[name].promise}"
            for name in names
            if not kept(name, self.found[name])
        ]

    @property
    def whole(self) -> bool:
        return self.found.keys() == MEASURES.keys()

    def as_json(self) -> dict[str, Any]:
        ratios = {name: row for name, row in self.found.items() if MEASURES[name].unit == RATIO}
        figures = {name: row for name, row in self.found.items() if MEASURES[name].unit != RATIO}
        return {"ratios": ratios, "figures": figures, "versions": self.versions, "machine": self.machine}

    def keep(self) -> Path:
        self.machine["others"] = _rounded(self.began.others())
        RESULTS.mkdir(parents=True, exist_ok=True)
        file = RESULTS / f"{real_now().date()}.json"
        file.write_text(json.dumps(self.as_json(), indent=1) + "\n")
        return file


def kept(name: str, row: Mapping[str, Any]) -> bool:
    """Whether a run kept what is promised of this, as far as it could be judged."""
    measure = MEASURES[name]
    return measure.kept(row["median"]) or (measure.clock and not row.get("judged", True))


def table(result: Mapping[str, Any]) -> list[str]:
    """Markdown. A measure that a result does not have (it is older) is left out."""
    found = result["ratios"] | result["figures"]
    lines = ["| target | what | median | from, to | promised |", "|---|---|---:|---:|---|"]
    for name, measure in MEASURES.items():
        if row := found.get(name):
            unit = "x" if measure.unit == RATIO else f" {measure.unit}"
            apart = f"{_shown(row['least'])}, {_shown(row['most'])}"
            unjudged = "" if row.get("judged", True) else "; not judged: others had the machine"
            cells = (measure.target, measure.what, f"{_shown(row['median'])}{unit}", apart, measure.promise + unjudged)
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def newest() -> Path:
    return max(RESULTS.glob("[0-9]*.json"))


def shown(file: Path) -> list[str]:
    """A result as it stands in the document."""
    result = json.loads(file.read_text())
    it, tools = result["machine"], ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    where = f"{it['cores']} cores, {it['memory']:g} GB, Python {it['python']}"
    run = f"`{file.relative_to(ROOT)}`: {it['rounds']} rounds on {where}"
    return [
        f"{run}; others took {it['others']:.0%} of the machine meanwhile.",
        "",
        *table(result),
        "",
        f"With {tools}.",
    ]


def show_newest() -> None:
    """Write the newest result into the document."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(before + "\n".join([BEGIN, *shown(newest()), END]) + after)


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory": round(memory / GIGABYTE, 1),
        "python": platform.python_version(),
    }


def versions(postgres: str) -> dict[str, str]:
    with psycopg.connect(postgres) as connection:
        server = connection.execute("show server_version").fetchone()
    nats = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=True).stdout
    both = {"PostgreSQL": server[0], "nats-server": nats.split()[-1].lstrip("v")}
    return both | {name: version(name) for name in PACKAGES}


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:g}"
