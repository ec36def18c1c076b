"""Two people in a mentorship, and what they do about meeting; each verb plays its person, through the door."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, run, told
from commons_contracts.codes import Role, Style
from commons_contracts.matching import MatchConfirmed
from commons_contracts.mentoring import AcceptSession, RecordSession, ScheduleSession
from commons_mentoring.app import service
from commons_mentoring.rules.mentorship import mentorship_of
from commons_mentoring.tables import mentorships

FIRST = datetime(2026, 10, 5, 15, tzinfo=UTC)
"""Five in the afternoon in Stockholm."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
AGENDA = "How I choose between two courses."


class Pair:
    def __init__(self, tx, programme):
        self.tx, self.programme, self.heard = tx, programme, 0

    async def meet(self, *, mentor=None, mentee=None, **changes):
        self.mentor = await play(self.tx, person=mentor, roles=(Role.MENTOR,))
        self.mentee = await play(self.tx, person=mentee, roles=(Role.MENTEE,))
        match = {"match": new_id(), "round": new_id(), "connection": None, "style": Style.TRADITIONAL}
        match |= {"programme": self.programme.id, "programme_version": self.programme.version}
        people = {"mentor": self.mentor, "mentee": self.mentee}
        self.match = MatchConfirmed(project=self.tx.project, at=self.tx.now, **people | match | changes)
        await hear(service, self.match, self.tx)
        self.id = mentorship_of(self.match.match)
        self.news()
        return self

    async def agree(self, *, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31), minutes=120):
        """As if an agreement were in force."""
        agreed = {"starts_on": starts_on, "ends_on": ends_on, "minutes_a_month": minutes, "agreement": 1}
        await self.tx.run(sa.update(mentorships).where(mentorships.c.id == self.id).values(agreed))
        self.tx.db.expire_all()

    async def become(self, side):
        await play(self.tx, person=getattr(self, side), roles=(Role[side.upper()],))

    async def do(self, side, command):
        await self.become(side)
        return await run(service, command, self.tx)

    async def propose(self, side="mentee", at=FIRST, minutes=60, **more):
        more.setdefault("agenda", AGENDA if side == "mentee" else "")
        return await self.do(side, ScheduleSession(mentorship=self.id, starts_at=at, minutes=minutes, **more))

    async def plan(self, at=FIRST, minutes=60, **more):
        """Proposed by the mentee and accepted by the mentor."""
        session = await self.propose(at=at, minutes=minutes, **more)
        return await self.do("mentor", AcceptSession(session=session.id))

    async def hold(self, at=FIRST, minutes=60, **more):
        session = await self.plan(at=at, minutes=minutes)
        before, self.tx.now = self.tx.now, at + HOUR
        held = await self.do("mentor", RecordSession(session=session.id, **more))
        self.tx.now = max(before, self.tx.now)
        return held

    def news(self):
        """What was told since the last time this was asked."""
        fresh = told(self.tx)[self.heard :]
        self.heard += len(fresh)
        return fresh
