"""Profiles with a real database, and the makers that its tests share; all of them go through the doors."""

from __future__ import annotations

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import fixtures_for, hear, play, run
from commons_chassis.tx import Tx
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, Initiator, Method, ReadinessItem, Role, Unit
from commons_contracts.community import CodeOfConductPublished
from commons_contracts.ids import PersonId, ProgrammeId, ProjectId, derived
from commons_contracts.mentoring import EntryRules, MatchRules, ProgrammePublished, ProgrammeRules, RequestRules
from commons_contracts.profiles import (
    AcceptCodeOfConduct,
    GrantRole,
    JoinProject,
    OpenProject,
    ProjectView,
    RegisterPerson,
)
from commons_profiles.app import service

database, tx = fixtures_for(service)


@pytest.fixture
def act(tx: Tx):
    """From here on this person acts, as whatever she is; in this project, or where the last one acted."""

    async def acting(person: PersonId, project: ProjectId | None = None) -> None:
        tx.actor = Actor(person=person, project=project or tx.project)
        await tx.enter(own=False)

    return acting


@pytest.fixture
def open_project(tx: Tx):
    """An operator opens a project; whoever acts then acts on its ground."""

    async def opened(slug: str = "westem", zone: str = "Europe/Stockholm") -> ProjectView:
        await play(tx, operator=True)
        view = await run(service, OpenProject(slug=slug, name=slug.upper(), zone=zone, languages=("sv", "en")), tx)
        await play(tx, project=view.id, operator=True)
        return view

    return opened


@pytest.fixture
async def westem(open_project) -> ProjectId:
    return (await open_project()).id


@pytest.fixture
def register(tx: Tx, act):
    """Someone new signs in and registers; she acts from here on."""

    async def registered(name: str = "Ada", born: tuple[int, int] = (1990, 5)) -> PersonId:
        await act(PersonId(new_id()))
        await run(service, account(name, born), tx)
        return tx.person

    return registered


@pytest.fixture
def join(tx: Tx, register, westem):
    """Someone new registers and joins; she acts from here on."""

    async def joined(*roles: Role, name: str = "Ada") -> PersonId:
        person = await register(name)
        await run(service, JoinProject(roles=roles or (Role.MENTEE,)), tx)
        return person

    return joined


@pytest.fixture
def coordinate(tx: Tx, act, join):
    """Someone new joins and is made a coordinator; she acts from here on."""

    async def coordinating() -> PersonId:
        person = await join(Role.NETWORK, name="Cora")
        await play(tx, operator=True)
        await run(service, GrantRole(person=person, role=Role.COORDINATOR), tx)
        await act(person)
        return person

    return coordinating


@pytest.fixture
def code_in_force(tx: Tx):
    """Community publishes a version of a code."""

    async def published(kind: Conduct = Conduct.COMMUNITY, version: int = 1) -> None:
        conduct = derived("code of conduct", tx.project, kind)
        told = CodeOfConductPublished(project=tx.project, at=tx.now, conduct=conduct, kind=kind, version=version)
        await hear(service, told, tx)

    return published


@pytest.fixture
def accept(tx: Tx):
    async def accepted(kind: Conduct = Conduct.COMMUNITY, version: int = 1):
        return await run(service, AcceptCodeOfConduct(kind=kind, version=version), tx)

    return accepted


@pytest.fixture
def programme(tx: Tx):
    """Mentoring publishes a programme that asks these things of a role."""

    async def published(*items: ReadinessItem, role: Role = Role.MENTOR, at=None) -> None:
        rules = ProgrammeRules(
            units=(Unit.PAIR,),
            requests=RequestRules(initiator=Initiator.MENTEE),
            matching=MatchRules(method=Method.MENTEE_PICKS),
            entry=EntryRules(readiness={role: items}),
        )
        told = ProgrammePublished(
            project=tx.project,
            at=at or tx.now,
            programme=ProgrammeId(new_id()),
            version=1,
            starts_on=None,
            ends_on=None,
            rules=rules,
        )
        await hear(service, told, tx)

    return published


def account(name: str = "Ada", born: tuple[int, int] = (1990, 5)) -> RegisterPerson:
    return RegisterPerson(display_name=name, birth_year=born[0], birth_month=born[1], country="SE")
