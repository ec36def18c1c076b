"""What backups are tried with: the command as an operator says it, and questions to what a restore made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from journeys.copies import copies

from commons_onebox.home import SERVICES

from .ground import Ground

OF_A_PROCESS = {"owners_heard"}
"""When an owner was last heard."""


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "commons_onebox", *words]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "COMMONS_HOME": str(home), "COMMONS_ENV": "dev", "COLUMNS": "200"}


def commons(home: Path, *words: str, ends: int = 0) -> str:
    """What it said, on both channels."""
    done = subprocess.run(command(*words), env=environment(home), capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == ends, said
    return said


def contents(ground: Ground) -> dict[str, str]:
    """Of every table of every service, how many rows there are and a digest of all that they say."""
    found = {}
    for name in SERVICES:
        tables = [t for (t,) in ground.sql(name, "select tablename from pg_tables where schemaname = 'public'")]
        for table in set(tables) - OF_A_PROCESS:
            digest = (
                f"select count(*) || ' ' || md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {table} t"
            )
            found[f"{name}.{table}"] = ground.one(name, digest)
    return found


def differences(ground: Ground) -> list[str]:
    """Every copy that is not as its owner has it."""
    found = []
    for copy in copies():
        theirs, owners = (set(_text(ground, *it)) for it in ((copy.service, copy.theirs), (copy.owner, copy.owners)))
        if theirs != owners:
            found.append(f"{copy.name}: {len(owners - theirs)} missing, {len(theirs - owners)} too many")
    return found


def _text(ground: Ground, service: str, question: str):
    return [tuple(map(str, row)) for row in ground.sql(service, question)]
