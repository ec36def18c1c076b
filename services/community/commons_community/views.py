"""How community shows its things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commons_contracts.community import ChannelView, CodeOfConductView
from commons_contracts.ids import Tongue

from .rules.code import best_language


def code_view(row: Mapping[Any, Any], wanted: Tongue) -> CodeOfConductView:
    """A version in the best language for whoever wants to read it."""
    language = best_language(row["texts"], wanted)
    return CodeOfConductView(
        kind=row["kind"],
        version=row["number"],
        language=language,
        text=row["texts"][language],
        published_at=row["published_at"],
    )


def channel_view(row: Mapping[Any, Any]) -> ChannelView:
    return ChannelView(
        id=row["id"], match=row["match"], members=(row["mentor"], row["mentee"]), opened_at=row["opened_at"]
    )
