"""Where the places are that people live in is told to those who reckon distances, and never who lives there."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, run, told
from commons_contracts.base import Actor
from commons_contracts.geo import LoadPlaces, PlaceEntry, PlaceLocated
from commons_contracts.ids import MembershipId, PersonId, derived
from commons_contracts.profiles import Description, ProfileDescribed
from commons_geo.app import service
from commons_geo.tables import lived_in

TROMSO, ALTA = 3133895, 3163392
AT = {TROMSO: (69.649, 18.955), ALTA: (69.969, 23.272)}


async def load(tx, *places, **moved):
    actor = tx.actor
    await play(tx, operator=True)
    entries = tuple(
        PlaceEntry(
            **{"id": place, "name": "T", "ascii_name": "T", "country": "NO", "population": 1, "zone": "Europe/Oslo"}
            | {"latitude": AT[place][0], "longitude": AT[place][1]}
            | moved
        )
        for place in places
    )
    await run(service, LoadPlaces(items=entries), tx)
    tx.actor = actor


async def describe(tx, place, person=None):
    who = person or PersonId(new_id())
    event = ProfileDescribed(
        project=tx.project, at=NOON, membership=MembershipId(new_id()), person=who, description=Description(place=place)
    )
    await hear(service, event, tx)
    return who


def located(tx):
    return [(e.place, e.latitude, e.longitude) for e in told(tx) if isinstance(e, PlaceLocated)]


async def test_a_place_is_told_once_when_somebody_first_lives_there(tx):
    await load(tx, TROMSO, ALTA)
    assert located(tx) == []
    await describe(tx, TROMSO)
    await describe(tx, TROMSO)
    await describe(tx, None)

    assert located(tx) == [(TROMSO, *AT[TROMSO])]
    (fact,) = told(tx)
    assert fact.aggregate == derived("place", TROMSO)


async def test_a_place_that_is_loaded_later_is_told_then_and_again_where_it_has_moved(tx):
    await describe(tx, ALTA)
    assert located(tx) == []
    await load(tx, TROMSO, ALTA)
    await load(tx, ALTA)
    assert located(tx) == [(ALTA, *AT[ALTA])]
    await load(tx, ALTA, latitude=69.97)
    assert located(tx)[1:] == [(ALTA, 69.97, AT[ALTA][1])]


async def test_nobody_is_kept_or_told(tx):
    await load(tx, TROMSO)
    person = await describe(tx, TROMSO)

    tx.actor = Actor()
    rows = await tx.rows(sa.select(lived_in))
    assert [dict(row) for row in rows] == [{"place": TROMSO, "latitude": AT[TROMSO][0], "longitude": AT[TROMSO][1]}]
    assert str(person) not in "".join(event.model_dump_json() for event in told(tx))
    assert [event.persons for event in told(tx)] == [()]


@pytest.mark.parametrize("place", [2**31 + 5, -3])
async def test_a_place_that_could_not_be_is_no_matter(tx, place):
    await describe(tx, place)
    assert located(tx) == []
