"""Profiles with a real database, and the makers that its tests share; all of them go through the doors."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from commons_chassis import doors
from commons_chassis.clock import Setting, real_now
from commons_chassis.ids import new_id
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import NOON, fixtures_for, hear, play, run
from commons_chassis.tx import Tx
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, Initiator, Language, Method, ReadinessItem, Role, Unit
from commons_contracts.community import CodeOfConductPublished
from commons_contracts.ids import PersonId, ProgrammeId, ProjectId, derived, project_of
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
from commons_profiles.post.office import Office
from commons_profiles.post.settings import PostSettings
from commons_profiles.tables import addresses, letters, links, notices

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


# ---------------------------------------------------------------- letters
class Inbox:
    """A mail server that remembers what it was given."""

    def __init__(self):
        self.got, self.says = [], "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's own name
        if self.says.startswith("250"):
            self.got.append(message_from_bytes(envelope.content, policy=default))
        return self.says

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.says.startswith("550"):
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"


class OpenOffice(Office):
    """An office whose database a test may look into, past the walls, as the service does, and whose clock it may set."""

    @asynccontextmanager
    async def opened(self, project=None, cause=None):
        actor = doors.service_actor(project)
        async with doors.transaction(service, self._runtime.app, actor, real_now(), own=True, cause=cause) as tx:
            yield tx

    def it_is(self, at):
        self._runtime.clock.setting = Setting(frozen=at)

    async def ask(self, request, actor):
        async with doors.transaction(service, self._runtime.app, actor, self._runtime.clock.now()) as tx:
            return await doors.answer(request, tx, service)

    async def hear(self, *events):
        """Each fact told once more; the same cause makes it the same fact."""
        for event in events:
            async with self.opened(event.project, cause=new_id()) as tx:
                tx.now = event.at
                await doors.react(event, tx, service)

    async def deliver(self, at):
        """All that is sorted and sent when the business clock stands there; the real one is past every lease."""
        self.it_is(at)
        async with self.opened() as tx:
            await tx.run(sa.update(letters).values(try_at=real_now()))
        while await self.sort() + await self.send_some():
            pass


@pytest.fixture
async def reader(office):
    """Someone who has joined a project, has an address, and is really there; she as who asks."""

    async def made(language=Language.EN, zone="Europe/Stockholm", address=None, project=None) -> Actor:
        slug = f"p{new_id().hex[:12]}"
        office.it_is(NOON)
        hers = Actor(person=PersonId(new_id()), project=project or project_of(slug))
        operator = hers.model_copy(update={"operator": True})
        if project is None:
            await office.ask(OpenProject(slug=slug, name="WESTEM", zone="Europe/Oslo", languages=("nb",)), operator)
        said = account().model_copy(update={"language": language, "zone": zone})
        await office.ask(said, hers)
        await office.ask(JoinProject(roles=(Role.MENTEE,)), hers)
        async with office.opened() as tx:
            row = {"person": hers.person, "address": address or f"{hers.person}@example.org", "since": NOON}
            await tx.run(sa.insert(addresses).values(row))
        return hers

    return made


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def smtp(inbox, port):
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sent(smtp, inbox):
    """What the mail server was given."""
    return inbox


@pytest.fixture
def settings(port):
    return PostSettings(
        env="dev",
        public_url="https://commons.example.org/",
        smtp=f"smtp://127.0.0.1:{port}",
        mail_from="hello@commons.example.org",
        link_key="k" * 32,
    )


@pytest.fixture
async def office(database, nats_url, settings):
    told = ServiceSettings(
        env="dev", nats=nats_url, name="profiles", app_dsn=database.app_dsn, engine_dsn=database.engine_dsn
    )
    async with running(service, told) as runtime:
        found = OpenOffice(runtime, settings)
        yield found
        async with found.opened() as tx:
            for table in (letters, links, notices, addresses):
                await tx.run(sa.delete(table))
