"""Tables for spreadsheets (CSV): what a spreadsheet reads as text and numbers, and never as a formula; and back again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BLANK = " \u00a0\ufeff"
"""What spreadsheets pass over before they look for a formula."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated values (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: object) -> str:
    """What begins like a formula gets an apostrophe before it (OWASP, CSV injection); a number of ours stays one."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
    return f"'{text}" if _formula(text) else text


def uncell(text: str) -> str:
    """What stood in the table before `cell` made it safe."""
    return text[1:] if text.startswith("'") and _formula(text[1:]) else text


def _formula(text: str) -> bool:
    """Also behind apostrophes, so that what `cell` wrote is told from what stood there."""
    text = text.lstrip("'")
    return text.lstrip(BLANK).startswith(FORMULA) or text.startswith(FORMULA)
