"""A recruitment to play in: a round like WESTEM's, and people who go through the doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, fixtures_for, hear, play, run, told
from commons_chassis.tx import Tx
from commons_contracts.base import Event
from commons_contracts.codes import Criterion, Initiator, Method, Role, Style, Unit
from commons_contracts.ids import PLATFORM, PersonId, ProgrammeId, ProjectId, RoundId, membership_of
from commons_contracts.matching import (
    AcceptConnection,
    ConnectionView,
    JoinWaitlist,
    RegisterForRound,
    RequestConnection,
    SetPlaces,
    WaitingView,
)
from commons_contracts.mentoring import (
    MatchRules,
    PlaceRules,
    ProgrammePublished,
    ProgrammeRules,
    RequestRules,
    Weight,
)
from commons_contracts.profiles import (
    Description,
    IntroductionPublished,
    PersonBlocked,
    ProfileDescribed,
    ProjectOpened,
)
from commons_matching.app import service
from commons_matching.rules.round import Round, open_round, round_of
from commons_matching.tables import rounds

database, tx = fixtures_for(service)

REQUESTS = RequestRules(
    initiator=Initiator.MENTEE,
    open_most=3,
    expiry_days=14,
    reminder_days=(5, 10),
    silent_before_pause=2,
    offer_hours=72,
    waitlist=True,
)
CRITERIA = {Criterion.FIELD: 3000, Criterion.GOALS: 2500, Criterion.LANGUAGES: 2000, Criterion.HOURS: 1000}
RULES = ProgrammeRules(
    units=(Unit.PAIR,),
    styles=(Style.TRADITIONAL, Style.FLASH),
    recruitment_lead_days=21,
    requests=REQUESTS,
    matching=MatchRules(
        method=Method.MENTEE_PICKS, criteria=tuple(Weight(criterion=c, points=p) for c, p in CRITERIA.items())
    ),
    places=PlaceRules(suggested={Style.TRADITIONAL: 3, Style.FLASH: 2}, most=5),
)


def a_programme(**changes: Any) -> ProgrammePublished:
    """Published in August, starting on 1 October; `changes` are of the event, of its rules, or of their requests."""
    event = {
        "project": ProjectId(new_id()),
        "at": datetime(2026, 8, 1, 12, tzinfo=UTC),
        "programme": ProgrammeId(new_id()),
    }
    event |= {"version": 1, "starts_on": date(2026, 10, 1), "ends_on": date(2027, 1, 31)}
    requests = {name: changes.pop(name) for name in tuple(changes) if name in RequestRules.model_fields}
    rules = {name: changes.pop(name) for name in tuple(changes) if name in ProgrammeRules.model_fields}
    rules.setdefault("requests", REQUESTS.model_copy(update=requests))
    return ProgrammePublished(**event | changes, rules=RULES.model_copy(update=rules))


@pytest.fixture
def a_round() -> Callable[..., Round]:
    def make(*, zone: str = "Europe/Stockholm", **changes: Any) -> Round:
        return open_round(a_programme(**changes), zone)[0]

    return make


class Recruitment:
    """One open round; each verb plays its person, through the door."""

    def __init__(self, tx: Tx) -> None:
        self.tx, self.project, self.heard = tx, tx.project, 0
        self.round = RoundId(new_id())
        self.roles: dict[PersonId, Role] = {}

    async def open(self, **changes: Any) -> RoundId:
        await hear(service, ProjectOpened(project=self.project, at=NOON, zone="Europe/Stockholm"), self.tx)
        programme = a_programme(project=self.project, **changes)
        await hear(service, programme, self.tx)
        self.round = round_of(programme.programme)
        return self.round

    async def end(self) -> None:
        """For what was committed: a process keeps the newest rounds that recruit, and the next test's must be among them."""
        await self.tx.run(sa.update(rounds).where(rounds.c.project == self.project).values(closes_at=NOON))

    async def become(self, person: PersonId) -> PersonId:
        return await play(self.tx, person=person, roles=(self.roles[person],))

    async def join(self, role: Role, *, person: PersonId | None = None) -> PersonId:
        person = await play(self.tx, person=person, roles=(role,))
        self.roles[person] = role
        await run(service, RegisterForRound(round=self.round, role=role), self.tx)
        return person

    async def mentor(self, *, places: int = 1, introduced: bool = True, flash: int = 0, **told: Any) -> PersonId:
        person = await self.join(Role.MENTOR)
        for style, most in {Style.TRADITIONAL: places, Style.FLASH: flash}.items():
            await run(service, SetPlaces(round=self.round, style=style, most=most), self.tx)
        await self.describe(person, **told)
        if introduced:
            await self.of_member(IntroductionPublished, person)
        return person

    async def mentee(self, **told: Any) -> PersonId:
        person = await self.join(Role.MENTEE)
        await self.describe(person, **told)
        return person

    async def describe(self, person: PersonId, **told: Any) -> None:
        if told:
            await self.of_member(ProfileDescribed, person, description=Description(**told))

    async def of_member(self, kind: type[Event], person: PersonId, **more: Any) -> None:
        """Profiles tells something of a member."""
        whose = {"membership": membership_of(person, self.project), "person": person}
        more.setdefault("at", self.tx.now)
        await hear(service, kind(project=self.project, **whose, **more), self.tx)

    async def ask(self, mentee: PersonId, mentor: PersonId, **more: Any) -> ConnectionView:
        await self.become(mentee)
        style = more.pop("style", Style.TRADITIONAL)
        request = RequestConnection(round=self.round, mentor=mentor, style=style, message="May I ask you?", **more)
        return await run(service, request, self.tx)

    async def accept(self, connection: ConnectionView) -> ConnectionView:
        await self.become(connection.mentor)
        return await run(service, AcceptConnection(connection=connection.id), self.tx)

    async def wait(self, mentee: PersonId, mentor: PersonId) -> WaitingView:
        await self.become(mentee)
        return await run(service, JoinWaitlist(round=self.round, mentor=mentor), self.tx)

    async def block(self, by: PersonId, person: PersonId) -> None:
        await hear(service, PersonBlocked(project=PLATFORM, at=NOON, block=new_id(), by=by, person=person), self.tx)

    async def full_mentor(self, *, places: int = 1) -> PersonId:
        """All her places are taken by matches."""
        mentor = await self.mentor(places=places)
        for _ in range(places):
            await self.accept(await self.ask(await self.mentee(), mentor))
        return mentor

    def news(self) -> list[Event]:
        """What was told since the last time this was asked."""
        fresh = told(self.tx)[self.heard :]
        self.heard += len(fresh)
        return fresh


@pytest.fixture
async def recruitment(tx: Tx) -> Recruitment:
    found = Recruitment(tx)
    await found.open()
    return found


@pytest.fixture
def recruitment_programme() -> ProgrammePublished:
    return a_programme()


@pytest.fixture
def a_recruitment() -> type[Recruitment]:
    """For tests that open transactions of their own."""
    return Recruitment
