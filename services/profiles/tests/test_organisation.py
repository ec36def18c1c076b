"""Organisations: registered in batches, each once, public."""

import pytest

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.testing import play, run, told
from commons_contracts.base import Actor
from commons_contracts.codes import OrganisationKind
from commons_contracts.ids import PLATFORM
from commons_contracts.profiles import (
    OrganisationEntry,
    OrganisationRegistered,
    OrganisationsByIds,
    RegisterOrganisations,
)
from commons_profiles.app import service
from commons_profiles.lists import universities
from commons_profiles.rules.organisation import organisation_of
from commons_profiles.tables import organisations

NTNU = OrganisationEntry(
    kind=OrganisationKind.UNIVERSITY,
    name="NTNU",
    country="NO",
    city="Trondheim",
    website="https://ntnu.no",
    place=3133880,
    latitude=63.43049,
    longitude=10.39506,
    identifiers={"domain": "ntnu.no"},
)
SOMEWHERE = OrganisationEntry(kind=OrganisationKind.ASSOCIATION, name="Women in STEM", country="SE")


async def test_organisations_are_registered_told_by_place_and_shown_by_name(tx):
    await play(tx, operator=True)

    assert (await run(service, RegisterOrganisations(items=(NTNU, SOMEWHERE)), tx)).count == 2

    assert told(tx) == [
        OrganisationRegistered(
            project=PLATFORM,
            at=tx.now,
            organisation=organisation_of(NTNU),
            kind=OrganisationKind.UNIVERSITY,
            country="NO",
            place=3133880,
            latitude=63.43049,
            longitude=10.39506,
        ),
        OrganisationRegistered(
            project=PLATFORM,
            at=tx.now,
            organisation=organisation_of(SOMEWHERE),
            kind=OrganisationKind.ASSOCIATION,
            country="SE",
            place=None,
            latitude=None,
            longitude=None,
        ),
    ]
    tx.actor = Actor()
    (shown,) = (await run(service, OrganisationsByIds(ids=(organisation_of(NTNU), new_id())), tx)).items
    assert (shown.name, shown.city, shown.identifiers) == ("NTNU", "Trondheim", {"domain": "ntnu.no"})


async def test_one_that_is_there_stays_as_it_is(tx):
    await play(tx, operator=True)
    await run(service, RegisterOrganisations(items=(NTNU,)), tx)
    before = len(told(tx))

    again = (NTNU.model_copy(update={"name": "Another"}), NTNU)
    assert (await run(service, RegisterOrganisations(items=again), tx)).count == 2

    assert len(told(tx)) == before
    assert await tx.value(organisations.select().with_only_columns(organisations.c.name)) == "NTNU"


async def test_only_an_operator_registers(tx):
    with pytest.raises(Exception, match="FORBIDDEN"):
        await doors.answer(RegisterOrganisations(items=(NTNU,)), tx, service)


async def test_every_university_that_comes_with_the_service_can_be_registered(tx):
    await play(tx, operator=True)

    counts = [(await run(service, RegisterOrganisations(items=batch), tx)).count for batch in universities()]

    assert len(await tx.rows(organisations.select())) == sum(counts) == len(told(tx))
