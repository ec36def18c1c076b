"""Calendars: what a feed holds is read back by a calendar's own eyes; reminders come when they should, and to no one else."""

from __future__ import annotations

import hashlib

import icalendar
import pytest
import sqlalchemy as sa

from commons_chassis.calendars import Meeting, calendar
from commons_chassis.ids import new_id
from commons_chassis.testing import hear, pass_time, play, refused, run
from commons_contracts.base import Actor
from commons_contracts.codes import Language, Modality, NoticeCode, RefusalCode, Role
from commons_contracts.ids import PLATFORM
from commons_contracts.mentoring import (
    AcceptSession,
    CalendarByFeed,
    CancelSession,
    EndCalendarFeed,
    EndMentorship,
    NoticeWanted,
    OwnCalendarFeed,
    RenewCalendarFeed,
    RescheduleSession,
)
from commons_contracts.profiles import PersonBlocked, PersonRegistered, ZoneChosen
from commons_mentoring.app import service

from .pair import AGENDA, DAY, FIRST, HOUR, WEEK, Pair

FEED, OTHER = (hashlib.sha256(token).hexdigest() for token in (b"one", b"two"))
WORDS = (AGENDA, "We talked of maths.")


@pytest.fixture
async def pair(tx, coordinator, seed):
    return await Pair(tx, await seed()).meet()


async def follow(pair, side="mentee", feed=FEED, language=Language.SV):
    await pair.become(side)
    pair.tx.actor = pair.tx.actor.model_copy(update={"language": language})
    return await run(service, RenewCalendarFeed(feed=feed), pair.tx)


async def read(tx, feed=FEED):
    """The gateway asks, in nobody's name."""
    actor, tx.actor = tx.actor, Actor()
    await tx.enter(own=False)
    try:
        text = (await run(service, CalendarByFeed(feed=feed), tx)).text
    finally:
        tx.actor = actor
        await tx.enter(own=False)
    assert not [word for word in WORDS if word in text]
    return icalendar.Calendar.from_ical(text)


def events(found):
    return {str(event["UID"]): event for event in found.walk("VEVENT")}


async def test_a_feed_holds_her_sessions_with_neutral_titles_in_her_zone_and_language(pair, tx):
    await hear(service, ZoneChosen(project=PLATFORM, at=tx.now, person=pair.mentee, zone="Europe/Helsinki"), tx)
    held = await pair.hold(notes=WORDS[1])
    proposed = await pair.propose(at=FIRST + WEEK, mode=Modality.FACE_TO_FACE)
    await follow(pair)
    found = await read(tx)
    assert (found["VERSION"], found["METHOD"]) == ("2.0", "PUBLISH")
    both = events(found)
    assert set(both) == {f"{held.id}@commons", f"{proposed.id}@commons"}
    one, other = both[f"{held.id}@commons"], both[f"{proposed.id}@commons"]
    assert (one["SUMMARY"], one["STATUS"], one["CLASS"]) == ("Mentorträff", "CONFIRMED", "PRIVATE")
    assert (other["SUMMARY"], other["STATUS"]) == ("Mentorträff (föreslagen)", "TENTATIVE")
    assert (one["LOCATION"], other["LOCATION"]) == ("Online", "På plats")
    assert one.decoded("DTSTART") == FIRST
    assert (one["DTSTART"].params["TZID"], one.decoded("DTSTART").hour) == ("Europe/Helsinki", 18)
    assert one.decoded("DTEND") == FIRST + HOUR
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Helsinki"]


async def test_what_moves_keeps_its_name_and_counts_on_and_what_is_called_off_is_gone(pair, tx):
    session = await pair.plan()
    await follow(pair)
    uid = f"{session.id}@commons"
    first = events(await read(tx))[uid]
    await pair.do("mentor", RescheduleSession(session=session.id, starts_at=FIRST + DAY))
    assert events(await read(tx)) == {}  # the mentor's proposal is not in the mentee's calendar yet
    await pair.do("mentee", AcceptSession(session=session.id))
    second = events(await read(tx))[uid]
    assert second.decoded("DTSTART") == FIRST + DAY
    assert int(first["SEQUENCE"]) < int(second["SEQUENCE"])
    await pair.do("mentor", CancelSession(session=session.id))
    assert events(await read(tx)) == {}


async def test_a_feed_holds_what_she_has_in_every_project_and_nothing_of_others(pair, tx, open_project, seed):
    here = await pair.plan()
    home, mentee = tx.project, pair.mentee
    await play(tx, roles=(Role.COORDINATOR,), project=new_id())
    await open_project()
    elsewhere = await Pair(tx, await seed("women-stem-up")).meet(mentee=mentee)
    there = await elsewhere.plan(at=FIRST + DAY, minutes=30)
    async with refused(tx, RefusalCode.SESSION_CONFLICT):
        await elsewhere.propose(at=FIRST, minutes=30)
    await play(tx, project=home)
    mine = await Pair(tx, pair.programme).meet(mentor=pair.mentor)
    await mine.plan(at=FIRST + 2 * DAY)
    await follow(pair)
    assert set(events(await read(tx))) == {f"{here.id}@commons", f"{there.id}@commons"}
    await follow(pair, "mentor", feed=OTHER, language=Language.EN)
    assert {event["SUMMARY"] for event in events(await read(tx, OTHER)).values()} == {"Mentoring session"}


async def test_a_new_address_closes_the_old_one_and_it_can_be_taken_away(pair, tx):
    await pair.plan()
    assert (await pair.do("mentee", OwnCalendarFeed())).items == ()
    await follow(pair)
    view = await follow(pair, feed=OTHER, language=Language.NB)
    assert (view.since, view.language) == (tx.now, Language.NB)
    assert (await run(service, OwnCalendarFeed(), tx)).items == (view,)
    with pytest.raises(Exception, match="NOT_FOUND"):
        await read(tx)
    assert len(events(await read(tx, OTHER))) == 1
    assert (await pair.do("mentor", OwnCalendarFeed())).items == ()
    await run(service, EndCalendarFeed(), tx)
    assert len(events(await read(tx, OTHER))) == 1  # hers, not the mentee's
    await pair.do("mentee", EndCalendarFeed())
    with pytest.raises(Exception, match="NOT_FOUND"):
        await read(tx, OTHER)


async def test_only_the_gateway_itself_opens_an_address(pair, tx):
    await follow(pair)
    with pytest.raises(Exception, match="FORBIDDEN"):
        await run(service, CalendarByFeed(feed=FEED), tx)


async def test_who_has_not_said_where_she_lives_reads_it_in_utc(pair, tx):
    await follow(pair)
    assert events(await read(tx)) == {}
    await hear(service, PersonRegistered(project=PLATFORM, at=tx.now, person=pair.mentee, state="ACTIVE"), tx)
    session = await pair.plan()
    event = events(await read(tx))[f"{session.id}@commons"]
    assert (event.decoded("DTSTART"), event["DTSTART"].to_ical()) == (FIRST, b"20261005T150000Z")
    hers = {"person": pair.mentee, "state": "ACTIVE", "zone": "Europe/Athens"}
    await hear(service, PersonRegistered(project=PLATFORM, at=tx.now, **hers), tx)
    event = events(await read(tx))[f"{session.id}@commons"]
    assert event["DTSTART"].params["TZID"] == "Europe/Athens"


def reminded(pair):
    found = [fact for fact in pair.news() if isinstance(fact, NoticeWanted)]
    return [(fact.at, fact.number, fact.person) for fact in found if fact.code is NoticeCode.SESSION_REMINDER]


async def test_both_are_reminded_a_day_and_an_hour_before(pair, tx):
    await pair.plan()
    await pass_time(service, tx, to=FIRST + HOUR)
    expected = [(FIRST - DAY, 1440), (FIRST - HOUR, 60)]
    assert reminded(pair) == [(at, m, who) for at, m in expected for who in (pair.mentor, pair.mentee)]


async def test_reminders_move_with_the_session_and_go_with_it(pair, tx):
    moved, off, over = [await pair.plan(at=FIRST + n * WEEK) for n in range(3)]
    await pair.do("mentor", RescheduleSession(session=moved.id, starts_at=FIRST + 2 * DAY))
    await pair.do("mentee", AcceptSession(session=moved.id))
    await pair.do("mentee", CancelSession(session=off.id))
    keys = await tx.rows(sa.select(tx.metadata.tables["due"].c.key))
    assert not [row["key"] for row in keys if str(off.id) in row["key"]]
    pair.news()
    await pass_time(service, tx, to=FIRST + 2 * DAY)
    assert [at for at, _, who in reminded(pair) if who == pair.mentee] == [FIRST + DAY, FIRST + 2 * DAY - HOUR]
    await pair.do("mentor", EndMentorship(mentorship=pair.id))
    await pass_time(service, tx, to=FIRST + 4 * WEEK)
    assert over.id
    assert reminded(pair) == []


async def test_nobody_is_sent_to_meet_whom_she_has_blocked(pair, tx):
    await pair.plan()
    block = {"block": new_id(), "by": pair.mentor, "person": pair.mentee}
    await hear(service, PersonBlocked(project=PLATFORM, at=tx.now, **block), tx)
    await pass_time(service, tx, to=FIRST + HOUR)
    assert reminded(pair) == []


@pytest.mark.parametrize(("method", "status"), [("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")])
def test_an_invitation_names_who_invites_and_who_is_asked(method, status):
    id = new_id()
    meeting = Meeting(id=id, at=FIRST, starts_at=FIRST, ends_at=FIRST + HOUR, title="Mentorträff", sequence=3)
    text = calendar([meeting], "Europe/Oslo", method=method, organiser="no-reply@example.org", guest="ada@example.org")
    found = icalendar.Calendar.from_ical(text)
    (event,) = found.walk("VEVENT")
    assert (found["METHOD"], event["STATUS"], event["SEQUENCE"]) == (method, status, 3)
    assert (event["UID"], event["ORGANIZER"]) == (f"{id}@commons", "mailto:no-reply@example.org")
    assert event["ATTENDEE"] == "mailto:ada@example.org"
    assert "LOCATION" not in event
    assert max(map(len, text.splitlines())) <= 75  # octets, as RFC 5545 folds them
