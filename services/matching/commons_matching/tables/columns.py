"""Kinds of columns that many tables here have."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from commons_chassis.classify import NONE, Erasure, personal


def person(name: str, purpose: str, *, erase: Erasure = "delete", **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=False, info=personal(purpose, erase=erase), **more)


def code(name: str, kind: type[StrEnum], info: dict[str, Any] = NONE, **more: Any) -> sa.Column[Any]:
    """A code of a closed list, kept as its text; the list itself is the contracts' to guard."""
    return sa.Column(name, sa.Enum(kind, native_enum=False, length=40), info=info, **{"nullable": False, **more})


def time(name: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), info=NONE, **{"nullable": False, **more})


def of_round(**more: Any) -> sa.Column[Any]:
    return sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False, info=NONE, **more)
