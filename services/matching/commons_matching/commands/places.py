"""A mentor says how many mentees she takes."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.matching import PlacesSet, PlacesView, SetPlaces

from ..offering import offer_free_places
from ..rules.places import Places, Spot
from ..tables import places
from ..tables.place import find_places, places_of
from ..tables.round import find_round
from ..views import places_view


@answers
async def set_places(command: SetPlaces, tx: Tx) -> PlacesView:
    round = await find_round(tx, command.round)
    spot = Spot(round=round.id, mentor=tx.person, style=command.style)
    (await _hers(tx, spot)).require_room(command.most, round)
    await tx.run(sa.update(places).where(places_of(spot)).values(most=command.most))
    told = PlacesSet(
        project=round.project, at=tx.now, mentor=tx.person, round=round.id, style=command.style, most=command.most
    )
    await tx.emit(told)
    await offer_free_places(tx, spot)
    return places_view(spot, await _hers(tx, spot))


async def _hers(tx: Tx, spot: Spot) -> Places:
    found = await find_places(tx, spot, lock=True)
    if found is None:
        raise Refusal(RefusalCode.ENROLMENT_REQUIRED, round=spot.round)
    return found
