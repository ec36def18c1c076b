"""Finding organisations near a place or a point."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.geo import Nearby, NearView, OrganisationsNear

from ..rules.distance import Point
from ..rules.origin import origin
from ..tables import kilometres_from, organisation_positions, places, within
from .place import centre_of


@answers
async def organisations_near(query: OrganisationsNear, tx: Tx) -> Nearby:
    asked = origin(query.place, query.latitude, query.longitude)
    centre = asked if isinstance(asked, Point) else await centre_of(asked, tx)
    o = organisation_positions.c
    latitude, longitude = (
        sa.func.coalesce(o.latitude, places.c.latitude),
        sa.func.coalesce(o.longitude, places.c.longitude),
    )
    far = kilometres_from(centre, latitude, longitude)
    near = (
        sa.select(o.id.label("organisation"), o.kind, latitude.label("latitude"), longitude.label("longitude"))
        .add_columns(far.label("kilometres"))
        .select_from(organisation_positions.outerjoin(places, places.c.id == o.place))
        .where(within(query.kilometres, centre, latitude), far <= query.kilometres)
    )
    if query.kinds:
        near = near.where(o.kind.in_(query.kinds))
    rows = await tx.rows(near.order_by(far, o.id).limit(query.first))
    return Nearby(items=tuple(NearView.model_validate(dict(row)) for row in rows))
