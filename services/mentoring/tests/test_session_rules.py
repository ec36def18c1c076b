"""Rules of sessions, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import (
    Language,
    MentorshipState,
    Modality,
    NoticeCode,
    Phase,
    RefusalCode,
    Role,
    SessionState,
    Style,
    Unit,
)
from commons_mentoring import designs
from commons_mentoring.rules import session as rule
from commons_mentoring.rules.calendar import Entry
from commons_mentoring.rules.mentorship import Mentorship
from commons_mentoring.rules.session import Slot
from commons_mentoring.rules.task import Task

NOW = datetime(2026, 9, 10, 10, tzinfo=UTC)
AT = datetime(2026, 10, 5, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = "Europe/Stockholm"
WESTEM = designs.load("westem").rules
MENTOR, MENTEE = Role.MENTOR, Role.MENTEE


def a_mentorship(**changes):
    usual = {"id": new_id(), "project": new_id(), "match": new_id(), "programme": new_id(), "programme_version": 1}
    usual |= {"mentor": new_id(), "mentee": new_id(), "style": Style.TRADITIONAL, "phase": Phase.PREPARATION}
    return Mentorship(**usual | {"opened_at": NOW, "active_at": NOW} | changes)


def a_slot(at=AT, minutes=60, mode=Modality.ONLINE):
    return Slot(starts_at=at, minutes=minutes, mode=mode)


def propose(mentorship, *, by=MENTEE, slot=None, earlier=(), agenda=None, rules=WESTEM, at=NOW):
    agenda = ("Courses." if by is MENTEE else "") if agenda is None else agenda
    how = {"by": by, "agenda": agenda, "earlier": earlier, "at": at, "zone": ZONE}
    return rule.propose(new_id(), slot or a_slot(), mentorship, rules, **how)[0]


def accept(session, mentorship, *, by=MENTOR, agenda="", at=NOW):
    return session.accept(mentorship, by=by, agenda=agenda, at=at, zone=ZONE)


def no(code, do):
    with pytest.raises(Refusal) as refusal:
        do()
    assert refusal.value.code is code
    return refusal.value.params


def test_a_proposal_takes_the_time_of_who_made_it_and_an_accepted_one_that_of_both():
    pair = a_mentorship()
    session = propose(pair)
    assert (session.busy, session.slot, session.ends_at) == ((pair.mentee,), a_slot(), AT + HOUR)
    scheduled, notice = accept(session, pair)
    assert (scheduled.by, notice.person, notice.code) == (MENTOR, pair.mentee, NoticeCode.SESSION_ACCEPTED)
    assert session.busy == (pair.mentor, pair.mentee)
    session.cancel(by=MENTOR, at=NOW)
    assert session.busy == ()
    assert propose(pair, by=MENTOR, earlier=(SessionState.HELD,)).busy == (pair.mentor,)


def test_the_first_meeting_is_the_mentees_to_propose():
    pair = a_mentorship()
    no(RefusalCode.FIRST_MEETING_BY_MENTEE, lambda: propose(pair, by=MENTOR))
    for earlier in SessionState:
        assert propose(pair, by=MENTOR, earlier=(earlier,)).proposed_by is MENTOR
    rule.require_first((SessionState.CANCELLED,))
    for stands in set(SessionState) - {SessionState.CANCELLED}:
        assert no(RefusalCode.INVALID_TRANSITION, lambda s=stands: rule.require_first((s,)))["from"] is stands


def test_flash_is_one_session():
    flash = a_mentorship(style=Style.FLASH)
    for stands in set(SessionState) - {SessionState.CANCELLED}:
        no(RefusalCode.FLASH_SINGLE_SESSION, lambda s=stands: propose(flash, earlier=(s,)))
    assert propose(flash, earlier=(SessionState.CANCELLED,))
    session = rule.flash_session(a_slot(minutes=30), flash)
    again = rule.flash_session(a_slot(minutes=30), flash)
    assert (session.id, session.state) == (again.id, SessionState.SCHEDULED)
    assert session.begun(NOW).by is None
    session.only_propose()
    assert (session.begun(NOW).sequence, session.busy) == (0, (flash.mentor,))


@pytest.mark.parametrize(
    ("by", "agenda", "allowed"), [(MENTEE, "x", True), (MENTEE, " ", False), (MENTOR, "", True), (MENTOR, "x", False)]
)
def test_the_agenda_comes_from_the_mentee(by, agenda, allowed):
    pair = a_mentorship()

    def do():
        return propose(pair, by=by, agenda=agenda, earlier=(SessionState.HELD,))

    if allowed:
        assert do().proposed_by is by
    else:
        assert no(RefusalCode.AGENDA_BY_MENTEE, do) == {"until": "2026-10-05T15:00:00Z", "zone": ZONE}


def test_she_may_change_the_agenda_until_it_begins():
    pair = a_mentorship()
    session = propose(pair)

    def set_agenda(by=MENTEE, agenda=" New. ", at=NOW):
        return rule.set_agenda(session, pair, by=by, agenda=agenda, at=at, zone=ZONE)

    assert set_agenda() == "New."
    for wrong in ({"by": MENTOR}, {"agenda": ""}, {"at": AT}):
        no(RefusalCode.AGENDA_BY_MENTEE, lambda w=wrong: set_agenda(**w))
    session.cancel(by=MENTEE, at=NOW)
    no(RefusalCode.INVALID_TRANSITION, set_agenda)
    no(
        RefusalCode.RELATIONSHIP_FROZEN,
        lambda: rule.set_agenda(
            session, a_mentorship(state=MentorshipState.FROZEN), by=MENTEE, agenda="x", at=NOW, zone=ZONE
        ),
    )


def test_only_the_other_one_accepts_and_in_time():
    pair = a_mentorship()
    session = propose(pair)
    no(RefusalCode.INVALID_TRANSITION, lambda: accept(session, pair, by=MENTEE, agenda="x"))
    no(RefusalCode.INVALID_TRANSITION, lambda: accept(session, pair, at=AT))
    accept(session, pair)
    no(RefusalCode.INVALID_TRANSITION, lambda: accept(session, pair))
    hers = propose(pair, by=MENTOR, earlier=(SessionState.HELD,))
    no(RefusalCode.AGENDA_BY_MENTEE, lambda: accept(hers, pair, by=MENTEE))
    assert accept(hers, pair, by=MENTEE, agenda="x")


@pytest.mark.parametrize(("minutes", "fits"), [(19, False), (20, True), (60, True), (61, False)])
def test_the_programme_says_how_long_a_session_is(minutes, fits):
    def do():
        return propose(a_mentorship(), slot=a_slot(minutes=minutes))

    if fits:
        assert do().minutes == minutes
    else:
        assert no(RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, do) == {"min": 20, "max": 60}


def test_where_the_programme_says_nothing_the_pair_decides():
    free = designs.load("stem-nord").rules
    free = free.model_copy(
        update={"time": free.time.model_copy(update={"session_minutes": type(free.time.session_minutes)()})}
    )
    assert propose(a_mentorship(), slot=a_slot(minutes=300), rules=free).minutes == 300


AGREED = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}


@pytest.mark.parametrize(
    ("at", "fits"),
    [
        (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), False),
        (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_the_agreed_period_is_reckoned_in_the_projects_zone_and_its_last_day_counts(at, fits):
    pair = a_mentorship(**AGREED)
    if fits:
        assert propose(pair, slot=a_slot(at))
        return
    told = no(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, lambda: propose(pair, slot=a_slot(at)))
    assert told == {"zone": ZONE, "earliest": "2026-09-30T22:00:00Z", "latest": date(2026, 10, 31)}


def test_nothing_is_planned_for_the_past():
    told = no(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, lambda: propose(a_mentorship(), slot=a_slot(NOW)))
    assert told == {"zone": ZONE, "earliest": "2026-09-10T10:00:00Z"}
    late = no(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, lambda: propose(a_mentorship(**AGREED), slot=a_slot(AT), at=AT))
    assert late["earliest"] == "2026-10-05T15:00:00Z"


def test_moving_is_a_new_proposal_by_who_moves():
    pair = a_mentorship()
    session = propose(pair)
    accept(session, pair)
    how = {"at": NOW, "zone": ZONE}
    moved, notice = session.move(a_slot(AT + HOUR, 30), pair, WESTEM, by=MENTOR, **how)
    assert (moved.starts_at, moved.minutes, moved.sequence, moved.by) == (AT + HOUR, 30, 2, MENTOR)
    assert (notice.person, session.state, session.proposed_by) == (pair.mentee, SessionState.PROPOSED, MENTOR)
    session.cancel(by=MENTEE, at=NOW)
    no(RefusalCode.INVALID_TRANSITION, lambda: session.move(a_slot(), pair, WESTEM, by=MENTOR, **how))
    no(RefusalCode.INVALID_TRANSITION, lambda: session.cancel(by=MENTEE, at=NOW))


def test_it_is_held_once_and_not_before_it_began():
    pair = a_mentorship()
    session = propose(pair)
    no(
        RefusalCode.SESSION_NOT_HELD,
        lambda: session.record(pair, minutes=None, by=MENTOR, at=AT - timedelta(seconds=1)),
    )
    no(RefusalCode.INVALID_TRANSITION, lambda: session.record(pair, minutes=None, by=MENTOR, at=AT))
    accept(session, pair)
    no(RefusalCode.SESSION_NOT_HELD, lambda: rule.require_held(session))
    assert session.record(pair, minutes=None, by=MENTEE, at=AT).minutes == 60
    assert pair.active_at == AT
    rule.require_held(session)
    other = propose(pair, slot=a_slot(AT + HOUR))
    accept(other, pair)
    assert other.record(pair, minutes=45, by=MENTEE, at=AT + HOUR).minutes == 45


def test_both_are_reminded_as_the_design_says_while_it_stands():
    pair = a_mentorship()
    session = propose(pair)
    assert (session.reminders(WESTEM, NOW), session.remind(60, AT)) == ({}, ())
    accept(session, pair)
    day, hour = timedelta(days=1), HOUR
    assert session.reminders(WESTEM, NOW) == {1440: AT - day, 60: AT - hour}
    assert session.reminders(WESTEM, AT - 2 * hour) == {60: AT - hour}
    notices = session.remind(60, AT - hour)
    assert [(n.person, n.number) for n in notices] == [(pair.mentor, 60), (pair.mentee, 60)]
    assert {n.code for n in notices} == {NoticeCode.SESSION_REMINDER}


def test_what_is_to_come_falls_away_with_its_mentorship():
    pair = a_mentorship()
    session, begun, held = propose(pair), propose(pair), propose(pair)
    for one in (begun, held):
        accept(one, pair)
    held.record(pair, minutes=None, by=MENTOR, at=AT)
    (fact,) = session.fall_away(NOW)
    assert (fact.by, session.state) == (None, SessionState.CANCELLED)
    assert (held.fall_away(NOW), session.fall_away(NOW), begun.fall_away(AT)) == ((), (), ())


@pytest.mark.parametrize("state", [MentorshipState.COMPLETED, MentorshipState.ENDED_NO_FAULT])
def test_what_is_over_has_no_sessions(state):
    over, pair = a_mentorship(state=state), a_mentorship()
    session = propose(pair)
    no(RefusalCode.RELATIONSHIP_CLOSED, lambda: propose(over))
    no(RefusalCode.RELATIONSHIP_CLOSED, lambda: accept(session, over))
    no(RefusalCode.RELATIONSHIP_CLOSED, lambda: session.move(a_slot(), over, WESTEM, by=MENTOR, at=NOW, zone=ZONE))
    no(RefusalCode.RELATIONSHIP_CLOSED, lambda: session.record(over, minutes=None, by=MENTOR, at=AT))


def test_a_task_is_done_since_it_was_first_said():
    task = Task(
        id=new_id(),
        project=new_id(),
        session=new_id(),
        mentor=new_id(),
        mentee=new_id(),
        owner=MENTEE,
        what="x",
        due_on=None,
    )
    task.complete(done=True, at=NOW)
    task.complete(done=True, at=AT)
    assert task.done_at == NOW
    task.complete(done=False, at=AT)
    assert task.done_at is None


@pytest.mark.parametrize("language", Language)
def test_a_calendar_says_nothing_about_anybody(language):
    entry = Entry(session=new_id(), starts_at=AT, ends_at=AT + HOUR, stands=True, mode=Modality.ONLINE, sequence=0)
    assert entry.title(language) != replace(entry, stands=False).title(language)
    places = {replace(entry, mode=mode).where(language) for mode in Modality}
    assert (
        len(places) == 4
    )  # a session is online, in one place or both; that a programme mixes them says nothing of one
    assert "" in places


ONLINE, HERE, HYBRID, MIXED = Modality


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ({"modalities": (ONLINE,)}, {ONLINE}),
        ({"modalities": (HERE, ONLINE)}, {ONLINE, HERE}),
        ({"modalities": (MIXED,)}, {ONLINE, HERE, MIXED}),
        ({"modalities": (HYBRID,), "unit_modalities": {Unit.PAIR: (HERE,), Unit.CIRCLE: (ONLINE,)}}, {HERE}),
        ({"modalities": (), "unit_modalities": {}}, set(Modality)),
    ],
)
def test_a_pair_meets_in_the_ways_of_its_programme(said, may):
    rules = WESTEM.model_copy(update=said)
    for mode in Modality:
        session = propose(a_mentorship(), rules=WESTEM)
        how = {"by": MENTOR, "at": NOW, "zone": ZONE}
        if mode in may:
            assert propose(a_mentorship(), slot=a_slot(mode=mode), rules=rules).mode is mode
            session.move(a_slot(mode=mode), a_mentorship(), rules, **how)
            continue
        for refused in (
            no(RefusalCode.MODALITY_MISMATCH, lambda: propose(a_mentorship(), slot=a_slot(mode=mode), rules=rules)),  # noqa: B023
            no(RefusalCode.MODALITY_MISMATCH, lambda: session.move(a_slot(mode=mode), a_mentorship(), rules, **how)),  # noqa: B023
        ):
            assert set(refused["modes"]) == may
