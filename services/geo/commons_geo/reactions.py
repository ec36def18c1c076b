"""What geo does when something happens elsewhere."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import OrganisationRegistered

from .tables import organisation_positions


@answers
async def keep_organisation_position(event: OrganisationRegistered, tx: Tx) -> None:
    """Half a point is none: then the organisation is where its place is."""
    exact = event.latitude is not None and event.longitude is not None
    row = {
        "kind": event.kind,
        "place": event.place,
        "latitude": event.latitude if exact else None,
        "longitude": event.longitude if exact else None,
    }
    put = insert(organisation_positions).values(id=event.organisation, **row)
    await tx.run(put.on_conflict_do_update(index_elements=["id"], set_=row))
