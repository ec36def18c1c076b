"""Where organisations are: heard from profiles, asked by anyone."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from commons_chassis.testing import NOON, hear, play, refused, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import OrganisationKind, RefusalCode
from commons_contracts.geo import LoadPlaces, OrganisationsNear, PlaceEntry
from commons_contracts.ids import PLATFORM, OrganisationId
from commons_contracts.profiles import OrganisationRegistered
from commons_geo.app import service
from commons_geo.rules.distance import Point, kilometres
from commons_geo.tables import organisation_positions

CENTRE = Point(latitude=69.649, longitude=18.955)
TROMSO = PlaceEntry(
    id=3133895,
    name="Tromsø",
    ascii_name="Tromso",
    country="NO",
    latitude=CENTRE.latitude,
    longitude=CENTRE.longitude,
    population=41_915,
    zone="Europe/Oslo",
)


async def load(tx):
    await play(tx, operator=True)
    await run(service, LoadPlaces(items=(TROMSO,)), tx)
    tx.actor = Actor()


async def hear_of(tx, number, *, kind=OrganisationKind.UNIVERSITY, place=None, latitude=None, longitude=None):
    organisation = OrganisationId(UUID(int=number))
    event = OrganisationRegistered(
        project=PLATFORM,
        at=NOON,
        organisation=organisation,
        kind=kind,
        country="NO",
        place=place,
        latitude=latitude,
        longitude=longitude,
    )
    await hear(service, event, tx)
    return organisation


async def near(tx, **asked):
    return (await run(service, OrganisationsNear(**asked), tx)).items


async def test_organisations_come_nearest_first_with_their_distance(tx):
    await load(tx)
    at_centre = await hear_of(tx, 3, place=TROMSO.id)
    campus = await hear_of(tx, 2, place=TROMSO.id, latitude=69.681, longitude=18.977)
    in_narvik = await hear_of(tx, 1, latitude=68.438, longitude=17.427)
    await hear_of(tx, 4, latitude=69.649, longitude=33.0)

    found = await near(tx, place=TROMSO.id, kilometres=200)

    assert [item.organisation for item in found] == [at_centre, campus, in_narvik]
    assert [item.kilometres for item in found] == pytest.approx(
        [
            0,
            kilometres(CENTRE, Point(latitude=69.681, longitude=18.977)),
            kilometres(CENTRE, Point(latitude=68.438, longitude=17.427)),
        ]
    )
    assert (found[0].latitude, found[0].longitude) == (CENTRE.latitude, CENTRE.longitude)
    assert [item.organisation for item in await near(tx, place=TROMSO.id)] == [at_centre, campus]
    assert [item.organisation for item in await near(tx, place=TROMSO.id, first=1)] == [at_centre]
    assert told(tx) == []


async def test_a_point_is_as_good_an_origin_as_a_place(tx):
    await load(tx)
    await hear_of(tx, 1, place=TROMSO.id)

    assert await near(tx, latitude=69.649, longitude=18.955) == await near(tx, place=TROMSO.id)


async def test_kinds_narrow(tx):
    await load(tx)
    university = await hear_of(tx, 1, place=TROMSO.id)
    company = await hear_of(tx, 2, kind=OrganisationKind.COMPANY, place=TROMSO.id)
    await hear_of(tx, 3, kind=OrganisationKind.SCHOOL, place=TROMSO.id)

    async def ids(*kinds):
        return {item.organisation for item in await near(tx, place=TROMSO.id, kinds=kinds)}

    assert await ids(OrganisationKind.COMPANY) == {company}
    assert await ids(OrganisationKind.COMPANY, OrganisationKind.UNIVERSITY) == {company, university}
    assert len(await ids()) == 3


async def test_an_organisation_may_be_heard_of_before_its_place_is_loaded(tx):
    organisation = await hear_of(tx, 1, place=TROMSO.id)

    await load(tx)

    assert [item.organisation for item in await near(tx, place=TROMSO.id)] == [organisation]


async def test_an_organisation_told_again_has_moved(tx):
    await load(tx)
    await hear_of(tx, 1, place=TROMSO.id)

    await hear_of(tx, 1, kind=OrganisationKind.SCHOOL, latitude=59.9, longitude=10.7)

    assert await near(tx, place=TROMSO.id) == ()
    [found] = await near(tx, latitude=59.9, longitude=10.7)
    assert (found.kind, found.kilometres) == (OrganisationKind.SCHOOL, pytest.approx(0))
    assert await tx.value(sa.select(sa.func.count()).select_from(organisation_positions)) == 1


async def test_one_of_whom_no_position_is_known_is_nowhere(tx):
    await load(tx)
    await hear_of(tx, 1)
    await hear_of(tx, 2, latitude=69.649)
    await hear_of(tx, 3, place=7)

    assert await near(tx, place=TROMSO.id, kilometres=5000) == ()


async def test_half_a_point_gives_way_to_the_place(tx):
    await load(tx)
    await hear_of(tx, 1, place=TROMSO.id, latitude=0)

    [found] = await near(tx, place=TROMSO.id)

    assert (found.latitude, found.longitude) == (CENTRE.latitude, CENTRE.longitude)


@pytest.mark.parametrize(
    "asked", [{}, {"latitude": 1}, {"longitude": 1}, {"place": TROMSO.id, "latitude": 1, "longitude": 1}]
)
async def test_it_is_asked_from_a_place_or_a_point_and_not_both(tx, asked):
    await load(tx)

    async with refused(tx, RefusalCode.BBOX_INVALID):
        await near(tx, **asked)


async def test_an_origin_that_nobody_knows_is_not_found(tx):
    async with refused(tx, RefusalCode.NOT_FOUND):
        await near(tx, place=TROMSO.id)
