"""What every column holds and what becomes of it: the record of processing, the export and the erasure read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

Kind = Literal["none", "personal", "special", "secret", "sealed"]
Erasure = Literal["keep", "delete", "anonymise"]


@dataclass(frozen=True)
class Kept:
    """Why a column is kept, for how long, whether its person gets it in her export, and what erasing her does to it."""

    kind: Kind
    purpose: str = ""
    retention: str = ""
    export: bool = False
    erase: Erasure = "keep"


NONE: dict[str, Any] = {"kept": Kept("none")}


def personal(
    purpose: str, *, retention: str = "membership", export: bool = True, erase: Erasure = "delete"
) -> dict[str, Any]:
    """About a person; a person's id is too."""
    return {"kept": Kept("personal", purpose, retention, export, erase)}


def special(
    purpose: str, *, retention: str = "membership", export: bool = True, erase: Erasure = "delete"
) -> dict[str, Any]:
    """About a person, of the kinds that GDPR article 9 names."""
    return {"kept": Kept("special", purpose, retention, export, erase)}


def secret(purpose: str, *, retention: str = "until used") -> dict[str, Any]:
    """A key or token: never shown, never exported."""
    return {"kept": Kept("secret", purpose, retention, export=False, erase="delete")}


def sealed(purpose: str, *, retention: str = "membership") -> dict[str, Any]:
    """What its author wrote for herself, closed by her key (`seal`): it opens for her export, and for nobody else's."""
    return {"kept": Kept("sealed", purpose, retention, export=True, erase="delete")}


def unclassified(metadata: sa.MetaData) -> list[str]:
    """The columns nobody has thought about; must be empty."""
    return sorted(
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("kept"), Kept)
    )
