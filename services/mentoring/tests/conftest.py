"""Mentoring with a real database, and the makers that its tests share."""

from __future__ import annotations

from datetime import date

import pytest

from commons_chassis.testing import fixtures_for, hear, play, run
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.mentoring import ProgrammeView, SeedProgramme
from commons_contracts.profiles import ProjectOpened
from commons_mentoring.app import service

database, tx = fixtures_for(service)


@pytest.fixture
def open_project(tx: Tx):
    """Mentoring hears that the project of who acts was opened."""

    async def opened(zone: str = "Europe/Stockholm") -> None:
        await hear(service, ProjectOpened(project=tx.project, at=tx.now, zone=zone), tx)

    return opened


@pytest.fixture
def seed(tx: Tx):
    """An operator loads a shipped design; then who acted before acts again."""

    async def seeded(design: str = "westem", *, starts_on: date = date(2026, 10, 1)) -> ProgrammeView:
        person, roles = tx.person, tuple(tx.actor.roles)
        await play(tx, operator=True)
        view = await run(service, SeedProgramme(design=design, starts_on=starts_on), tx)
        await play(tx, person=person, roles=roles)
        return view

    return seeded


@pytest.fixture
async def coordinator(tx: Tx, open_project):
    """A coordinator acts, in a project in Stockholm that has no programme yet."""
    await open_project()
    await play(tx, roles=(Role.COORDINATOR,))
    return tx
