"""Two devices in a mentorship at the same instant, in transactions of their own: one outcome, whoever comes first."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis import doors
from commons_chassis.ids import new_id
from commons_chassis.settings import driver
from commons_chassis.testing import NOON, hear, play, run
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import AgreementState, MentorshipState, Phase, RefusalCode, Role
from commons_contracts.mentoring import (
    AdvancePhase,
    EndMentorship,
    ProposeAgreement,
    ResumeMentorship,
    ReviseGoal,
    SeedProgramme,
    SignAgreement,
)
from commons_contracts.profiles import ProjectOpened
from commons_mentoring.app import service
from commons_mentoring.tables import agreements, checklist_lines, mentorships

from .pair import Pair

MENTOR, MENTEE = Role.MENTOR, Role.MENTEE


class Ground:
    """A pair at work on it, and transactions that commit."""

    def __init__(self, engine):
        self.engine, self.project = engine, new_id()

    @asynccontextmanager
    async def transaction(self):
        actor = Actor(person=new_id(), project=self.project)
        async with doors.transaction(service, self.engine, actor, NOON) as tx:
            yield tx

    async def begin(self):
        async with self.transaction() as tx:
            await hear(service, ProjectOpened(project=self.project, at=NOON, zone="Europe/Oslo"), tx)
            await play(tx, operator=True)
            programme = await run(service, SeedProgramme(design="westem", starts_on=date(2026, 10, 1)), tx)
            self.pair = await Pair(tx, programme).meet()
            self.id = self.pair.id

    async def one(self, side, command):
        """The code of a refusal, or nothing; again where the two crossed, as the chassis does."""

        async def work():
            async with self.transaction() as tx:
                await play(tx, person=getattr(self.pair, side.lower()), roles=(side,))
                await run(service, command, tx)

        try:
            await doors.rerun(work)
        except Refusal as no:
            return no.code
        return ""

    async def at_once(self, *both):
        return sorted(await asyncio.gather(*(self.one(*each) for each in both)))

    async def change(self, **values):
        async with self.transaction() as tx:
            await tx.run(sa.update(mentorships).where(mentorships.c.id == self.id).values(values))

    async def row(self):
        async with self.transaction() as tx:
            return await tx.row(sa.select(mentorships).where(mentorships.c.id == self.id))

    async def versions(self):
        async with self.transaction() as tx:
            await play(tx, person=self.pair.mentor, roles=(MENTOR,))
            rows = await tx.rows(sa.select(agreements).where(agreements.c.mentorship == self.id))
            return {row["number"]: row for row in rows}

    async def told(self, kind):
        """How often it was told of this mentorship, by the log."""
        async with self.transaction() as tx:
            log = tx.metadata.tables["event_log"].c
            named = sa.select(sa.func.count()).where(log.aggregate == self.id, log.subject.contains(kind))
            return await tx.value(named)


@pytest.fixture
async def ground(database):
    engine = create_async_engine(driver(database.app_dsn))
    found = Ground(engine)
    await found.begin()
    yield found
    await engine.dispose()


@pytest.fixture
async def negotiating(ground):
    await ground.change(phase=Phase.NEGOTIATION)
    return ground


async def test_both_sign_at_once_and_it_is_in_force_once(negotiating, some_terms):
    it = negotiating
    await it.one(MENTEE, ProposeAgreement(mentorship=it.id, terms=some_terms()))
    sign = SignAgreement(mentorship=it.id, version=1)
    assert await it.at_once((MENTOR, sign), (MENTEE, sign), (MENTOR, sign), (MENTEE, sign)) == ["", "", "", ""]
    row, versions = await it.row(), await it.versions()
    assert (row["agreement"], versions[1]["state"]) == (1, AgreementState.IN_FORCE)
    assert (await it.told("agreement_signed"), await it.told("agreement_in_force")) == (2, 1)


async def test_signing_and_revising_at_once_leave_one_newest_version(negotiating, some_terms):
    it = negotiating
    await it.one(MENTEE, ProposeAgreement(mentorship=it.id, terms=some_terms()))
    again = ProposeAgreement(mentorship=it.id, terms=some_terms(minutes_a_month=60))
    codes = await it.at_once((MENTOR, SignAgreement(mentorship=it.id, version=1)), (MENTEE, again))
    assert codes in (["", ""], ["", RefusalCode.AGREEMENT_VERSION_STALE])
    versions = await it.versions()
    assert [versions[number]["state"] for number in (1, 2)] == [AgreementState.REPLACED, AgreementState.PROPOSED]
    assert versions[2]["mentor_signed_at"] is versions[2]["mentee_signed_at"] is None
    assert (await it.row())["agreement"] == 0


async def test_two_revisions_at_once_are_two_versions(negotiating, some_terms):
    it = negotiating
    await it.one(MENTEE, ProposeAgreement(mentorship=it.id, terms=some_terms()))
    for side in (MENTEE, MENTOR):
        await it.one(side, SignAgreement(mentorship=it.id, version=1))
    await it.change(phase=Phase.ENABLING)
    goals = [ReviseGoal(mentorship=it.id, goal={"text": f"Goal {n}"}) for n in range(2)]
    assert await it.at_once((MENTOR, goals[0]), (MENTEE, goals[1])) == ["", ""]
    versions = await it.versions()
    states = [versions[number]["state"] for number in (1, 2, 3)]
    assert states == [AgreementState.IN_FORCE, AgreementState.REPLACED, AgreementState.PROPOSED]


async def test_both_end_it_at_once_and_one_is_told_that_it_is_over(ground):
    end = EndMentorship(mentorship=ground.id)
    codes = await ground.at_once((MENTOR, end), (MENTEE, end))
    assert codes == ["", RefusalCode.RELATIONSHIP_CLOSED]
    row = await ground.row()
    assert (row["state"], row["turn"], await ground.told("mentorship_ended")) == (MentorshipState.ENDED_NO_FAULT, 1, 1)


async def test_both_go_on_at_once_and_one_phase_is_entered(ground):
    async with ground.transaction() as tx:
        lines = checklist_lines.c.mentorship == ground.id
        await tx.run(sa.update(checklist_lines).where(lines).values(mentor_at=NOON, mentee_at=NOON))
    on = AdvancePhase(mentorship=ground.id, to=Phase.NEGOTIATION)
    assert await ground.at_once((MENTOR, on), (MENTEE, on)) == ["", RefusalCode.INVALID_TRANSITION]
    assert (await ground.row())["phase"] == Phase.NEGOTIATION
    assert await ground.told("phase_entered") == 1


async def test_both_resume_at_once_and_one_place_is_asked_for(ground):
    await ground.change(state=MentorshipState.PAUSED_INACTIVE, turn=1)
    resume = ResumeMentorship(mentorship=ground.id)
    assert await ground.at_once((MENTOR, resume), (MENTEE, resume)) == ["", ""]
    assert ((await ground.row())["turn"], await ground.told("place_wanted")) == (2, 1)
