"""What geo does when something happens elsewhere."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import OrganisationRegistered, ProfileDescribed

from .tables import LARGEST_ID, lived_in, organisation_positions
from .telling import tell_where


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


@answers
async def note_place(event: ProfileDescribed, tx: Tx) -> None:
    """That somebody lives there is all that is kept of it; the first time, whoever reckons distances is told where it is."""
    place = event.description.place
    if place is None or not 0 < place <= LARGEST_ID:
        return
    if await tx.run(insert(lived_in).values(place=place).on_conflict_do_nothing()) == 1:
        await tell_where(tx, [place])
