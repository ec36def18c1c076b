"""`make bench-matching`: measure, keep the results, draw the plots, write the table. --help lists what can be chosen."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import secrets
import tempfile
from importlib.metadata import version
from pathlib import Path

from commons_matching.rules.engine.warm import warm

from .duels import dense, flows, lengths, mentor_match, proofs, two_sided
from .grounds import HUGE, LARGE, RICH, ROOT, SMALL, USUAL
from .pages import write

PACKAGES = ("numpy", "numba", "ortools", "scipy")


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench-matching", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="of the pools; drawn and printed if not given")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each solver")
    parser.add_argument("--large", action="store_true", help="20,000 mentors x 100,000 mentees too (minutes)")
    parser.add_argument("--huge", action="store_true", help="100,000 x 500,000 too (hours and 20 GB)")
    parser.add_argument("--patience", type=float, default=300, help="seconds that a peer may take for one case")
    parser.add_argument("--keep", action="store_true", help="keep the results and write them into docs/matching.md")
    return parser.parse_args()


def instances() -> Path | None:
    """The folder of published instances, which the project does not carry."""
    named = (
        [Path(os.environ["INSTANCES"])] if "INSTANCES" in os.environ else sorted(ROOT.parent.glob("*/data/instances"))
    )
    return next((folder for folder in named if folder.is_dir()), None)


def measured(wanted: argparse.Namespace, seed: int) -> dict:
    grounds = [*SMALL, USUAL, RICH, *([LARGE] if wanted.large or wanted.huge else []), *([HUGE] if wanted.huge else [])]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print("against OR-Tools", flush=True)
        found = {"flows": flows(grounds, seed, wanted.rounds, scratch)}
        print("against SciPy, dense", flush=True)
        found["dense"] = [dense(n, seed, wanted.rounds, scratch) for n in (400, 1000)]
    print("proven rounds", flush=True)
    proven = [*SMALL, USUAL, *([LARGE] if wanted.large else [])]
    warm()
    found["proofs"] = [proofs(ground, seed + 50, 1 if ground is LARGE else min(wanted.rounds, 3)) for ground in proven]
    print("length of lists", flush=True)
    found["lengths"] = lengths(USUAL, seed + 60)
    print("against matching", flush=True)
    listed = [(100, 30), (300, 100), (1000, 300), (4000, 1000), *([(20_000, 5_000)] if wanted.large else [])]
    found["two_sided"] = two_sided(listed, seed + 70, wanted.patience)
    print("against mentor-match", flush=True)
    found["mentor_match"] = mentor_match([1, 4, 10], instances(), wanted.patience)
    return found


def machine() -> dict:
    return {
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def main() -> None:
    wanted = asked()
    seed = secrets.randbits(32) if wanted.seed is None else wanted.seed
    print(f"seed {seed}", flush=True)
    before = machine()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    result = {
        "date": today,
        "seed": seed,
        "machine": before,
        **measured(wanted, seed),
        "load_after": os.getloadavg()[0],
    }
    path = (
        ROOT / "bench" / "results" / f"matching-{today}.json"
        if wanted.keep
        else Path(tempfile.gettempdir()) / "matching.json"
    )
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"kept in {path}")
    if wanted.keep:
        write(result)


if __name__ == "__main__":
    main()
