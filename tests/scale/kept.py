"""Results that are to be kept: SCALE_KEEP=1 writes them below `bench/results/`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bench.report import machine

from commons_chassis.clock import real_now

RESULTS = Path(__file__).parents[2] / "bench" / "results"


def keep(name: str, found: dict[str, Any]) -> None:
    if os.environ.get("SCALE_KEEP"):
        whole = {"found": found, "machine": machine()}
        (RESULTS / f"{name}-{real_now().date()}.json").write_text(json.dumps(whole, indent=1) + "\n")
