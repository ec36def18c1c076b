"""Finding places, and how far it is between them."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.geo import (
    Distances,
    DistancesFrom,
    DistanceView,
    PlaceIds,
    Places,
    PlacesByIds,
    PlacesNamed,
    PlacesWithin,
    PlaceView,
)
from commons_contracts.ids import PlaceId

from ..rules.distance import Point, kilometres
from ..rules.name import folded, span
from ..tables import POINTS, find_places, kilometres_from, place_names, places, possible, within

MOST = 2000


@answers
async def places_by_ids(query: PlacesByIds, tx: Tx) -> Places:
    found = {row["id"]: PlaceView.model_validate(dict(row)) for row in await tx.rows(find_places(query.ids))}
    return Places(items=tuple(found[id] for id in query.ids if id in found))


@answers
async def places_named(query: PlacesNamed, tx: Tx) -> Places:
    beginning = folded(query.name)
    if not beginning:
        return Places(items=())
    start, end = span(beginning)
    named = sa.select(place_names.c.place).where(place_names.c.name >= start, place_names.c.name < end)
    # An array, and not IN: so the names are always looked up first, whatever the planner knows of the tables.
    found = sa.select(places).where(places.c.id == sa.any_(sa.func.array(named.scalar_subquery())))
    if query.country is not None:
        found = found.where(places.c.country == query.country)
    rows = await tx.rows(found.order_by(places.c.population.desc(), places.c.id).limit(query.first))
    return Places(items=tuple(PlaceView.model_validate(dict(row)) for row in rows))


@answers
async def places_within(query: PlacesWithin, tx: Tx) -> PlaceIds:
    centre = await centre_of(query.place, tx)
    far = kilometres_from(centre, places.c.latitude, places.c.longitude)
    near = sa.select(places.c.id).where(within(query.kilometres, centre, places.c.latitude), far <= query.kilometres)
    rows = await tx.rows(near.order_by(far, places.c.id).limit(MOST))
    return PlaceIds(ids=tuple(row["id"] for row in rows))


@answers
async def distances_from(query: DistancesFrom, tx: Tx) -> Distances:
    rows = await tx.rows(POINTS, ids=possible({query.place, *query.to}))
    at = {row["id"]: Point(latitude=row["latitude"], longitude=row["longitude"]) for row in rows}
    if query.place not in at:
        raise Refusal(RefusalCode.NOT_FOUND)
    far = {place: kilometres(at[query.place], there) for place, there in at.items()}
    return Distances(items=tuple(DistanceView(place=place, kilometres=far.get(place)) for place in query.to))


async def centre_of(place: PlaceId, tx: Tx) -> Point:
    """Where a place is; Refusal(NOT_FOUND) where there is none."""
    row = await tx.row(POINTS, ids=possible([place]))
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return Point(latitude=row["latitude"], longitude=row["longitude"])
