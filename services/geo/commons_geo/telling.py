"""Telling where the places are that people live in, for those who reckon distances themselves."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.geo import PlaceLocated
from commons_contracts.ids import PLATFORM, PlaceId, derived

from .tables import find_places, lived_in


async def tell_where(tx: Tx, among: Iterable[PlaceId]) -> None:
    """Of these, those that somebody lives in and that are known, once, and again where they have moved."""
    known = find_places(among).subquery()
    told, k = lived_in.c, known.c
    moved = told.latitude.is_distinct_from(k.latitude) | told.longitude.is_distinct_from(k.longitude)
    put = (
        sa.update(lived_in)
        .where(told.place == k.id, moved)
        .values(latitude=k.latitude, longitude=k.longitude)
        .returning(told.place, told.latitude, told.longitude)
    )
    found = sorted(await tx.rows(put), key=lambda row: row["place"])
    await tx.emit(
        *(PlaceLocated(project=PLATFORM, at=tx.now, located=derived("place", row["place"]), **row) for row in found)
    )
