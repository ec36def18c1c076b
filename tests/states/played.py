"""One mentorship with both services that know of it, each on its own database, and the wire between them in our hands."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear, opened, pass_time, play, run, told
from commons_contracts.base import Refusal
from commons_contracts.codes import Role, Style, TrainingModule
from commons_contracts.ids import membership_of
from commons_contracts.matching import (
    AcceptConnection,
    MatchConfirmed,
    NoPlaceLeft,
    PlaceGivenBack,
    PlaceTakenAgain,
    RegisterForRound,
    RequestConnection,
    SetPlaces,
)
from commons_contracts.mentoring import (
    MentorshipEnded,
    MentorshipPaused,
    PlaceWanted,
    ProgrammePublished,
    SeedProgramme,
)
from commons_contracts.profiles import IntroductionPublished, ProjectOpened, TrainingRecorded
from commons_matching.app import service as matching
from commons_matching.rules.round import round_of
from commons_matching.tables import matches, places
from commons_mentoring.app import service as mentoring
from commons_mentoring.rules.mentorship import mentorship_of
from commons_mentoring.tables import agreements, checklist_lines, mentorships

TO_MATCHING = (MentorshipPaused, MentorshipEnded, PlaceWanted)
TO_MENTORING = (PlaceTakenAgain, NoPlaceLeft)
DAY = timedelta(days=1)


class Played:
    """Every fact of the one for the other is put into `wire`, and delivered, or delivered again, when the test says so."""

    async def begin(self, stack: AsyncExitStack, mentoring_dsn: str, matching_dsn: str) -> None:
        self.here = await stack.enter_async_context(_Ground(mentoring, mentoring_dsn))
        self.there = await stack.enter_async_context(_Ground(matching, matching_dsn))
        self.there.actor = self.there.actor.model_copy(update={"project": self.here.project})
        await self.there.enter(own=False)
        self.seen, self.wire, self.delivered = {"here": 0, "there": 0}, [], []
        await self._recruit()

    async def _recruit(self) -> None:
        zone = ProjectOpened(project=self.here.project, at=NOON, zone="Europe/Stockholm")
        for service, tx in ((mentoring, self.here), (matching, self.there)):
            await hear(service, zone, tx)
        await play(self.here, operator=True)
        programme = await run(mentoring, SeedProgramme(design="westem", starts_on=date(2026, 10, 1)), self.here)
        published = next(fact for fact in told(self.here) if isinstance(fact, ProgrammePublished))
        await hear(matching, published, self.there)
        self.round, self.rules = round_of(programme.id), programme.rules
        self.people = {side: await play(self.here, roles=(side,)) for side in (Role.MENTOR, Role.MENTEE)}
        for side, person in self.people.items():
            await play(self.there, person=person, roles=(side,))
            await run(matching, RegisterForRound(round=self.round, role=side), self.there)
        mentor = self.people[Role.MENTOR]
        whose = {"membership": membership_of(mentor, self.here.project), "person": mentor}
        trained = {"module": TrainingModule.PREPARATION_MEETING, "held_on": NOON.date(), **whose}
        await hear(matching, TrainingRecorded(project=self.here.project, at=NOON, **trained), self.there)
        await hear(matching, IntroductionPublished(project=self.here.project, at=NOON, **whose), self.there)
        await self.as_there(Role.MENTOR, SetPlaces(round=self.round, style=Style.TRADITIONAL, most=1))
        ask = RequestConnection(round=self.round, mentor=mentor, style=Style.TRADITIONAL, message="May I?")
        asked = await self.as_there(Role.MENTEE, ask)
        await self.as_there(Role.MENTOR, AcceptConnection(connection=asked.id))
        match = next(fact for fact in told(self.there) if isinstance(fact, MatchConfirmed))
        await hear(mentoring, match, self.here)
        self.match, self.id = match, mentorship_of(match.match)

    async def as_there(self, side: Role, command):
        await play(self.there, person=self.people[side], roles=(side,))
        return await run(matching, command, self.there)

    async def does(self, side: Role, command) -> str:
        """Through the door; the code of a refusal, which must leave nothing behind, or nothing."""
        roles = (side,) if side in self.people else (Role.SAFEGUARDING_LEAD,)
        await play(self.here, person=self.people.get(side), roles=roles)
        facts = len(told(self.here))
        try:
            async with self.here.db.begin_nested():
                await run(mentoring, command, self.here)
        except Refusal as no:
            assert len(told(self.here)) == facts, "refused, and told all the same"
            self.here.db.expire_all()
            return no.code
        self._note()
        return ""

    async def later(self, days: float) -> None:
        to = self.here.now + days * DAY
        await pass_time(mentoring, self.here, to=to)
        self.there.now = self.here.now = to
        self._note()

    async def deliver(self, fact) -> None:
        service, tx = (matching, self.there) if isinstance(fact, TO_MATCHING) else (mentoring, self.here)
        await hear(service, fact, tx)
        self.delivered.append(fact)
        self._note()

    async def deliver_all(self) -> None:
        while self.wire:
            await self.deliver(self.wire.pop(0))

    def _note(self) -> None:
        for name, tx, kinds in (("here", self.here, TO_MATCHING), ("there", self.there, TO_MENTORING)):
            fresh = told(tx)[self.seen[name] :]
            self.seen[name] += len(fresh)
            self.wire += [fact for fact in fresh if isinstance(fact, kinds)]

    # ------------------------------------------------------------ what is there
    async def mentorship(self):
        return await self.here.row(sa.select(mentorships).where(mentorships.c.id == self.id))

    async def versions(self):
        await play(self.here, person=self.people[Role.MENTEE], roles=(Role.MENTEE,))
        wanted = sa.select(agreements).where(agreements.c.mentorship == self.id).order_by(agreements.c.number)
        return await self.here.rows(wanted)

    async def lines(self):
        return await self.here.rows(sa.select(checklist_lines).where(checklist_lines.c.mentorship == self.id))

    async def deadlines(self):
        due = self.here.metadata.tables["due"]
        return await self.here.rows(sa.select(due.c.key).where(due.c.key.startswith(f"mentorship:{self.id}:")))

    async def place(self) -> tuple[bool, int]:
        """Whether matching holds a place for it, and how many places of the mentor are taken."""
        held = await self.there.value(sa.select(matches.c.place_held).where(matches.c.id == self.match.match))
        p = places.c
        mine = (p.mentor == self.people[Role.MENTOR], p.style == Style.TRADITIONAL)
        return held, await self.there.value(sa.select(p.used).where(*mine))

    def moves(self) -> int:
        """How many places it holds, by what matching has told: one to begin with."""
        facts = told(self.there)
        back = sum(isinstance(fact, PlaceGivenBack) for fact in facts)
        return 1 + sum(isinstance(fact, PlaceTakenAgain) for fact in facts) - back


class _Ground:
    """One transaction of a service that is never committed."""

    def __init__(self, service, dsn: str) -> None:
        self.service, self.engine = service, create_async_engine(driver(dsn), poolclass=sa.NullPool)

    async def __aenter__(self):
        self.inner = opened(self.service, self.engine)
        return await self.inner.__aenter__()

    async def __aexit__(self, *failed) -> None:
        await self.inner.__aexit__(*failed)
        await self.engine.dispose()
