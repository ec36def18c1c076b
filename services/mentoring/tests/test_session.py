"""Sessions through the doors: who proposes, who accepts, what stands in the way, what is written about them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run
from commons_contracts.codes import Modality, NoticeCode, RefusalCode, Role, SessionState, SessionWarning, Style
from commons_contracts.ids import PLATFORM
from commons_contracts.mentoring import (
    AcceptSession,
    AddTask,
    CancelSession,
    CompleteTask,
    EndMentorship,
    HoursByMentorships,
    NoticeWanted,
    ProposeFirstMeeting,
    RecordSession,
    RescheduleSession,
    ScheduleSession,
    SessionCancelled,
    SessionHeld,
    SessionMoved,
    SessionProposed,
    SessionsByIds,
    SessionScheduled,
    SessionsPage,
    SetAgenda,
    WriteNotes,
)
from commons_contracts.profiles import AccountTakenBack, PersonBlocked, ZoneChosen
from commons_mentoring.app import service

from .pair import AGENDA, DAY, FIRST, HOUR, WEEK, Pair


@pytest.fixture
async def pair(tx, coordinator, seed):
    return await Pair(tx, await seed()).meet()


async def test_the_mentee_proposes_the_first_meeting_and_the_mentor_accepts(pair, tx):
    first = {"mentorship": pair.id, "starts_at": FIRST, "minutes": 45, "agenda": AGENDA}
    await pair.become("mentor")
    async with refused(tx, RefusalCode.FIRST_MEETING_BY_MENTEE):
        await run(service, ProposeFirstMeeting(**first), tx)
    async with refused(tx, RefusalCode.FIRST_MEETING_BY_MENTEE):
        await run(service, ScheduleSession(**first | {"agenda": ""}), tx)
    seen = await pair.do("mentee", ProposeFirstMeeting(**first))
    assert (seen.state, seen.starts_at, seen.minutes, seen.mode) == (SessionState.PROPOSED, FIRST, 45, Modality.ONLINE)
    assert (seen.proposed_by, seen.agenda, seen.may_accept, seen.sequence) == (pair.mentee, AGENDA, False, 0)
    proposed, notice = pair.news()
    assert (type(proposed), proposed.session, proposed.by) == (SessionProposed, seen.id, Role.MENTEE)
    assert (notice.person, notice.code, notice.subject_id) == (pair.mentor, NoticeCode.SESSION_PROPOSED, seen.id)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, ProposeFirstMeeting(**first), tx)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, AcceptSession(session=seen.id), tx)
    stands = await pair.do("mentor", AcceptSession(session=seen.id))
    assert (stands.state, stands.sequence, stands.agenda) == (SessionState.SCHEDULED, 1, AGENDA)
    scheduled, notice = pair.news()
    assert (type(scheduled), scheduled.starts_at, scheduled.minutes) == (SessionScheduled, FIRST, 45)
    assert (type(notice), notice.person, notice.code) == (NoticeWanted, pair.mentee, NoticeCode.SESSION_ACCEPTED)


async def test_either_proposes_the_next_and_the_mentee_brings_the_agenda(pair, tx):
    await pair.plan()
    await pair.become("mentor")
    later = {"mentorship": pair.id, "starts_at": FIRST + WEEK, "minutes": 60}
    async with refused(tx, RefusalCode.AGENDA_BY_MENTEE, until="2026-10-12T15:00:00Z"):
        await run(service, ScheduleSession(**later, agenda="My own plans."), tx)
    seen = await run(service, ScheduleSession(**later), tx)
    async with refused(tx, RefusalCode.AGENDA_BY_MENTEE):
        await run(service, SetAgenda(session=seen.id, agenda="My own plans."), tx)
    await pair.become("mentee")
    async with refused(tx, RefusalCode.AGENDA_BY_MENTEE):
        await run(service, AcceptSession(session=seen.id), tx)
    async with refused(tx, RefusalCode.AGENDA_BY_MENTEE):
        await run(service, ScheduleSession(**later | {"starts_at": FIRST + DAY}), tx)
    stands = await run(service, AcceptSession(session=seen.id, agenda=f" {AGENDA} "), tx)
    assert (stands.state, stands.agenda) == (SessionState.SCHEDULED, AGENDA)
    changed = await run(service, SetAgenda(session=seen.id, agenda="Something else."), tx)
    assert changed.agenda == "Something else."
    tx.now = FIRST + WEEK
    for agenda in ("Too late.", ""):
        async with refused(tx, RefusalCode.AGENDA_BY_MENTEE):
            await run(service, SetAgenda(session=seen.id, agenda=agenda), tx)


async def test_nobody_is_in_two_sessions_at_once(pair, tx, coordinator):
    await pair.plan()
    for at, minutes in ((FIRST, 60), (FIRST + HOUR / 2, 60), (FIRST - HOUR / 2, 40)):
        async with refused(tx, RefusalCode.SESSION_CONFLICT):
            await pair.propose(at=at, minutes=minutes)
    other = await Pair(tx, pair.programme).meet(mentor=pair.mentor)
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await other.propose()
    after = await other.propose(at=FIRST + HOUR)
    await pair.propose(at=FIRST + HOUR)  # the mentor has not said yes to the other one yet
    await other.do("mentor", AcceptSession(session=after.id))
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await pair.propose("mentor", at=FIRST + HOUR)


async def test_of_two_proposals_for_one_time_the_first_accepted_stands(pair, tx):
    other = await Pair(tx, pair.programme).meet(mentor=pair.mentor)
    mine, hers = await pair.propose(), await other.propose()
    await pair.do("mentor", AcceptSession(session=mine.id))
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await run(service, AcceptSession(session=hers.id), tx)
    await pair.do("mentor", CancelSession(session=mine.id))
    assert (await run(service, AcceptSession(session=hers.id), tx)).state is SessionState.SCHEDULED


@pytest.mark.parametrize(
    ("at", "fits"),
    [(-5 * DAY, False), (-4 * DAY, True), (87 * DAY, True), (87 * DAY + 8 * HOUR, False), (88 * DAY, False)],
)
async def test_sessions_are_within_the_agreed_period(pair, tx, at, fits):
    """From the first of October to the last of December, in Stockholm."""
    await pair.agree()
    if fits:
        assert (await pair.propose(at=FIRST + at)).state is SessionState.PROPOSED
        return
    period = {"earliest": "2026-09-30T22:00:00Z", "zone": "Europe/Stockholm"}
    async with refused(tx, RefusalCode.OUTSIDE_AGREEMENT_PERIOD, **period):
        await pair.propose(at=FIRST + at)


async def test_sessions_are_to_come_and_as_long_as_the_programme_allows(pair, tx):
    async with refused(tx, RefusalCode.OUTSIDE_AGREEMENT_PERIOD, earliest="2026-09-10T10:00:00Z", latest=None):
        await pair.propose(at=tx.now)
    for minutes in (19, 61):
        async with refused(tx, RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, min=20, max=60):
            await pair.propose(minutes=minutes)
    local = await pair.propose(minutes=20, mode=Modality.FACE_TO_FACE)
    assert (local.minutes, local.mode) == (20, Modality.FACE_TO_FACE)


async def test_another_time_is_to_be_accepted_anew(pair, tx):
    session = await pair.plan()
    pair.news()
    moved = await pair.do("mentor", RescheduleSession(session=session.id, starts_at=FIRST + DAY, minutes=30))
    assert (moved.state, moved.starts_at, moved.minutes) == (SessionState.PROPOSED, FIRST + DAY, 30)
    assert (moved.proposed_by, moved.sequence, moved.mode) == (pair.mentor, 2, Modality.ONLINE)
    fact, notice = pair.news()
    assert (type(fact), notice.person, notice.code) == (SessionMoved, pair.mentee, NoticeCode.SESSION_MOVED)
    await pair.propose(at=FIRST)  # its old time is free again
    await pair.become("mentor")
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, AcceptSession(session=session.id), tx)
    assert (await pair.do("mentee", AcceptSession(session=session.id))).sequence == 3
    tx.now = FIRST + DAY
    await run(service, RecordSession(session=session.id), tx)
    async with refused(tx, RefusalCode.INVALID_TRANSITION, to=SessionState.PROPOSED):
        await run(service, RescheduleSession(session=session.id, starts_at=FIRST + WEEK), tx)


async def test_either_calls_it_off_without_a_word(pair, tx):
    session = await pair.plan()
    pair.news()
    off = await pair.do("mentee", CancelSession(session=session.id))
    assert off.state is SessionState.CANCELLED
    fact, notice = pair.news()
    assert (type(fact), fact.by, notice.code) == (SessionCancelled, Role.MENTEE, NoticeCode.SESSION_CANCELLED)
    assert notice.person == pair.mentor
    again = {"session": session.id}
    for command in (CancelSession(**again), AcceptSession(**again, agenda=AGENDA), SetAgenda(**again, agenda=AGENDA)):
        async with refused(tx, RefusalCode.INVALID_TRANSITION):
            await run(service, command, tx)
    assert (await pair.plan()).state is SessionState.SCHEDULED


async def test_what_was_held_is_recorded_once_with_minutes_and_tasks(pair, tx):
    session = await pair.plan()
    async with refused(tx, RefusalCode.SESSION_NOT_HELD, startsAt="2026-10-05T15:00:00Z"):
        await run(service, RecordSession(session=session.id), tx)
    for command in (WriteNotes(session=session.id, notes="x"), AddTask(session=session.id, side="MENTEE", what="x")):
        async with refused(tx, RefusalCode.SESSION_NOT_HELD):
            await run(service, command, tx)
    tx.now = FIRST
    pair.news()
    held = await run(service, RecordSession(session=session.id, minutes=50, notes="We talked of maths."), tx)
    assert (held.state, held.minutes, held.notes) == (SessionState.HELD, 50, "We talked of maths.")
    (fact,) = pair.news()
    assert (type(fact), fact.minutes, fact.by) == (SessionHeld, 50, Role.MENTOR)
    async with refused(tx, RefusalCode.INVALID_TRANSITION):
        await run(service, RecordSession(session=session.id), tx)
    task = AddTask(session=session.id, side="MENTEE", what=" Visit the lab. ", due_on=(FIRST + WEEK).date())
    (added,) = (await run(service, task, tx)).tasks
    assert (added.owner, added.what, added.due_on, added.done_at) == (pair.mentee, "Visit the lab.", task.due_on, None)
    (done,) = (await pair.do("mentee", CompleteTask(task=added.id))).tasks
    assert done.done_at == FIRST
    (undone,) = (await run(service, CompleteTask(task=added.id, done=False), tx)).tasks
    assert undone.done_at is None
    assert (await run(service, WriteNotes(session=session.id, notes="Better."), tx)).notes == "Better."
    assert [type(fact) for fact in pair.news()] == []


async def test_more_than_agreed_in_a_month_is_done_and_said(pair, tx):
    await pair.agree(minutes=120)
    assert (await pair.hold()).warnings == ()
    assert (await pair.hold(at=FIRST + WEEK)).warnings == ()
    much = await pair.plan(at=FIRST + 2 * WEEK, minutes=20)
    assert much.warnings == (SessionWarning.HOURS_EXCEEDED,)
    assert (await pair.plan(at=FIRST + 4 * WEEK)).warnings == ()
    (of,) = (await run(service, HoursByMentorships(mentorships=(pair.id, new_id())), tx)).items
    october, november = of.months
    assert (str(october.month), october.sessions, october.minutes, october.held_minutes) == ("2026-10-01", 3, 140, 120)
    assert (november.minutes, november.held_minutes, november.agreed_minutes) == (60, 0, 120)
    tx.now = FIRST + 2 * WEEK
    held = await run(service, RecordSession(session=much.id, minutes=60), tx)
    assert (held.state, held.warnings) == (SessionState.HELD, (SessionWarning.HOURS_EXCEEDED,))


async def test_the_words_are_for_the_two_alone(pair, tx):
    session = await pair.hold(notes="We talked of maths.")
    for side in ("mentor", "mentee"):
        await pair.become(side)
        (seen,) = (await run(service, SessionsByIds(ids=(session.id,)), tx)).items
        assert (seen.notes, seen.agenda) == ("We talked of maths.", AGENDA)
        page = await run(service, SessionsPage(mentorship=pair.id), tx)
        assert [one.id for one in page.items] == [session.id]
    commands = (
        AcceptSession(session=session.id),
        WriteNotes(session=session.id, notes="x"),
        RecordSession(session=session.id),
        CompleteTask(task=session.id),
        ScheduleSession(mentorship=pair.id, starts_at=FIRST + WEEK, minutes=30, agenda="x"),
    )
    for roles in ((Role.COORDINATOR,), (Role.MENTOR, Role.MENTEE)):
        await play(tx, roles=roles)
        assert (await run(service, SessionsByIds(ids=(session.id,)), tx)).items == ()
        assert (await run(service, SessionsPage(), tx)).items == ()
        assert (await run(service, HoursByMentorships(mentorships=(pair.id,)), tx)).items == ()
        for command in commands:
            async with refused(tx, RefusalCode.NOT_FOUND):
                await run(service, command, tx)


async def test_what_is_over_has_no_sessions_to_come(pair, tx):
    held = await pair.hold()
    coming = await pair.plan(at=FIRST + WEEK)
    open_still = await pair.propose(at=FIRST + 2 * WEEK)
    await pair.do("mentee", EndMentorship(mentorship=pair.id))
    cancelled = [fact for fact in pair.news() if isinstance(fact, SessionCancelled)]
    assert {fact.session for fact in cancelled} == {coming.id, open_still.id}
    assert {fact.by for fact in cancelled} == {None}
    states = {one.id: one.state for one in (await run(service, SessionsPage(), tx)).items}
    assert (states[held.id], states[coming.id]) == (SessionState.HELD, SessionState.CANCELLED)
    for command in (
        ScheduleSession(mentorship=pair.id, starts_at=FIRST + WEEK, minutes=30, agenda=AGENDA),
        ProposeFirstMeeting(mentorship=pair.id, starts_at=FIRST + WEEK, minutes=30, agenda=AGENDA),
        WriteNotes(session=held.id, notes="x"),
        AddTask(session=held.id, side="MENTOR", what="x"),
        CancelSession(session=coming.id),
        RecordSession(session=coming.id),
    ):
        async with refused(tx, RefusalCode.RELATIONSHIP_CLOSED):
            await run(service, command, tx)


async def test_each_reads_it_by_her_own_clock(pair, tx):
    session = await pair.plan()
    assert (session.mentor_zone, session.mentee_zone) == ("Europe/Stockholm", "Europe/Stockholm")
    await hear(service, ZoneChosen(project=PLATFORM, at=tx.now, person=pair.mentor, zone="Asia/Tokyo"), tx)
    (seen,) = (await run(service, SessionsByIds(ids=(session.id,)), tx)).items
    assert (seen.mentor_zone, seen.mentee_zone) == ("Asia/Tokyo", "Europe/Stockholm")
    await hear(service, AccountTakenBack(project=PLATFORM, at=tx.now, person=pair.mentor), tx)
    (seen,) = (await run(service, SessionsByIds(ids=(session.id,)), tx)).items
    assert seen.mentor_zone != "Asia/Tokyo"


async def test_whom_she_has_blocked_finds_her_busy(pair, tx):
    coming = await pair.propose()
    block = {"block": new_id(), "by": pair.mentor, "person": pair.mentee}
    await hear(service, PersonBlocked(project=PLATFORM, at=tx.now, **block), tx)
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await pair.propose(at=FIRST + WEEK)
    await pair.become("mentor")
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await run(service, AcceptSession(session=coming.id), tx)
    await play(tx, person=pair.mentor, roles=(Role.MENTOR,), adult=False)
    async with refused(tx, RefusalCode.SAFEGUARDING_UNKNOWN):
        await run(service, RescheduleSession(session=coming.id, starts_at=FIRST + timedelta(days=2)), tx)


async def test_flash_mentoring_begins_with_its_one_session(tx, coordinator, seed):
    slot = {"style": Style.FLASH, "slot_starts_at": FIRST, "slot_minutes": 30}
    flash = await Pair(tx, await seed()).meet(**slot)
    await flash.become("mentee")
    (session,) = (await run(service, SessionsPage(mentorship=flash.id), tx)).items
    assert (session.state, session.starts_at, session.minutes) == (SessionState.SCHEDULED, FIRST, 30)
    await hear(service, flash.match, tx)
    assert len((await run(service, SessionsPage(), tx)).items) == 1
    for side in ("mentee", "mentor"):
        async with refused(tx, RefusalCode.FLASH_SINGLE_SESSION):
            await flash.propose(side, at=FIRST + WEEK)
    tx.now = FIRST + HOUR
    held = await flash.do("mentor", RecordSession(session=session.id))
    assert (held.state, held.warnings) == (SessionState.HELD, ())
    async with refused(tx, RefusalCode.FLASH_SINGLE_SESSION):
        await flash.propose("mentor", at=FIRST + WEEK)


async def test_a_flash_session_that_was_called_off_can_be_held_another_time(tx, coordinator, seed):
    slot = {"style": Style.FLASH, "slot_starts_at": FIRST, "slot_minutes": 30}
    flash = await Pair(tx, await seed()).meet(**slot)
    (session,) = (await run(service, SessionsPage(), tx)).items
    await flash.do("mentee", CancelSession(session=session.id))
    assert (await flash.plan(at=FIRST + WEEK, minutes=30)).state is SessionState.SCHEDULED


async def test_a_flash_slot_that_she_has_no_time_for_any_more_waits_to_be_moved(pair, tx):
    await pair.plan()
    slot = {"style": Style.FLASH, "slot_starts_at": FIRST, "slot_minutes": 30}
    flash = await Pair(tx, pair.programme).meet(mentor=pair.mentor, **slot)
    (session,) = (await run(service, SessionsPage(mentorship=flash.id), tx)).items
    assert (session.state, session.proposed_by) == (SessionState.PROPOSED, pair.mentor)
    moved = await flash.do("mentor", RescheduleSession(session=session.id, starts_at=FIRST + DAY))
    assert (await flash.do("mentee", AcceptSession(session=moved.id, agenda=AGENDA))).state is SessionState.SCHEDULED
