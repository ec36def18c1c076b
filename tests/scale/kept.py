"""Results that are to be kept: SCALE_KEEP=1 writes them below `bench/results/`, and of a round its table into the document."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bench.report import machine

from commons_chassis.clock import real_now

ROOT = Path(__file__).parents[2]
RESULTS, DOCUMENT = ROOT / "bench" / "results", ROOT / "docs" / "matching.md"
BEGIN, END = "<!-- the newest round -->", "<!-- end of the round -->"


def keep(name: str, found: dict[str, Any]) -> None:
    if os.environ.get("SCALE_KEEP"):
        whole = {"found": found, "machine": machine() | {"load": [round(each, 1) for each in os.getloadavg()]}}
        (RESULTS / f"{name}-{real_now().date()}.json").write_text(json.dumps(whole, indent=1) + "\n")
        if name == "round":
            show_newest()


def newest() -> Path:
    return max(RESULTS.glob("round-*.json"))


def shown(file: Path) -> str:
    """A round as it stands in the document."""
    result = json.loads(file.read_text())
    it, found = result["machine"], result["found"]
    run = found["run"]
    head = (
        f"`{file.relative_to(ROOT)}`: {found['mentors']:,} mentors and {found['mentees']:,} mentees, seed {found['seed']}, "
        f"{found['processes']} processes of matching, {it['cores']} cores, Python {it['python']}, load {it['load'][-1]:g} "
        f"in the last quarter of an hour. {run['matched']:,} were matched, for {run['places']:,} places; "
        f"hash {run['resultHash'][:12]}."
    )
    lines = [
        head,
        "",
        "| stage | until it was done | processor time of it all | of that, most |",
        "|---|---:|---:|---|",
    ]
    for name, row in found["stages"].items():
        used = row["processor"]
        most = ", ".join(f"{whose} {seconds:g}" for whose, seconds in list(used.items())[:4])
        lines.append(f"| {name} | {row['seconds']:,.1f} s | {sum(used.values()):,.1f} s | {most} |")
    whole = found["stages"].values()
    spent = sum(sum(row["processor"].values()) for row in whole)
    lines.append(f"| all of it | {sum(row['seconds'] for row in whole):,.0f} s | {spent:,.0f} s | |")
    return "\n".join(lines)


def show_newest() -> None:
    """Write the newest round into the document."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{shown(newest())}\n{END}{after}")
