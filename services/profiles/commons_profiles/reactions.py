"""What profiles does when something happens elsewhere."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.clock import real_now
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts import matching, mentoring
from commons_contracts.base import Event
from commons_contracts.codes import DiscordState, DiscordTopic, MentorshipState, NoticeCode, Role, SessionState
from commons_contracts.community import CodeOfConductPublished
from commons_contracts.ids import derived, membership_of
from commons_contracts.matching import MatchConfirmed, MentorFellSilent, ParticipantRegistered, RoundOpened
from commons_contracts.mentoring import (
    MentorshipEnded,
    ProgrammePublished,
    SessionCancelled,
    SessionHeld,
    SessionMoved,
    SessionProposed,
    SessionScheduled,
)

from .rules.conduct import Code
from .rules.membership import Membership
from .tables import checklists, codes, discord_posts, discord_webhooks, meetings, registrations
from .tables.people import put_notice

ANNOUNCED_WITHIN = timedelta(days=1)
"""What could not be announced for so long is no news."""
TOPICS = {
    ProgrammePublished: DiscordTopic.PROGRAMME,
    RoundOpened: DiscordTopic.RECRUITMENT,
    CodeOfConductPublished: DiscordTopic.CONDUCT,
    MatchConfirmed: DiscordTopic.MATCHES,
}
MeetingFact = SessionProposed | SessionScheduled | SessionMoved | SessionCancelled | SessionHeld
STATES = {
    SessionProposed: SessionState.PROPOSED,
    SessionScheduled: SessionState.SCHEDULED,
    SessionMoved: SessionState.PROPOSED,
    SessionCancelled: SessionState.CANCELLED,
    SessionHeld: SessionState.HELD,
}
OWN_ACTS = {
    SessionScheduled: NoticeCode.SESSION_ACCEPTED,
    SessionMoved: NoticeCode.SESSION_MOVED,
    SessionCancelled: NoticeCode.SESSION_CANCELLED,
}


@answers
async def put_code_in_force(event: CodeOfConductPublished, tx: Tx) -> None:
    """The texts are community's; that everyone must accept them is ours to say."""
    fresh = insert(codes).values(id=event.conduct, project=event.project, kind=event.kind, newest=0, version=1)
    await tx.run(fresh.on_conflict_do_nothing())
    code = await tx.load(Code, event.conduct)
    await tx.emit(*code.put_in_force(event.version, at=event.at))


@answers
async def keep_checklists(event: ProgrammePublished, tx: Tx) -> None:
    """The newest programme's; one that is heard of late changes nothing."""
    readiness = event.rules.entry.model_dump(mode="json")["readiness"]
    row = {"published_at": event.at, "readiness": readiness}
    put = insert(checklists).values(project=event.project, **row)
    newer = put.excluded.published_at >= checklists.c.published_at
    await tx.run(put.on_conflict_do_update(index_elements=[checklists.c.project], set_=row, where=newer))


@answers
async def keep_registration(event: ParticipantRegistered, tx: Tx) -> None:
    row = {"project": event.project, "person": event.person, "role": event.role}
    await tx.run(insert(registrations).values(row).on_conflict_do_nothing())


@answers
async def pause_silent_mentor(event: MentorFellSilent, tx: Tx) -> None:
    """Matching tells her with a notice of its own; here she only becomes unavailable."""
    membership = await tx.find(Membership, membership_of(event.mentor, event.project))
    if membership is not None:
        await tx.emit(*membership.fall_silent(at=event.at))


@answers
async def announce_news(
    event: ProgrammePublished | RoundOpened | CodeOfConductPublished | MatchConfirmed, tx: Tx
) -> None:
    await _announce(TOPICS[type(event)], event, tx)


@answers
async def announce_completion(event: MentorshipEnded, tx: Tx) -> None:
    """One that ended before is nobody's business."""
    if event.state is MentorshipState.COMPLETED:
        await _announce(DiscordTopic.COMPLETIONS, event, tx)


async def _announce(topic: DiscordTopic, event: Event, tx: Tx) -> None:
    """Where a coordinator chose it, once; what was told before she did is not. Nothing but the topic is kept."""
    hook, now = discord_webhooks.c, real_now()
    chosen = (hook.project == event.project) & (hook.state == DiscordState.ACTIVE) & (hook.since <= event.at)
    if await tx.value(sa.select(hook.project).where(chosen, hook.topics.contains([topic]))) is not None:
        row = {"project": event.project, "topic": topic, "try_at": now, "ends_at": now + ANNOUNCED_WITHIN, "tries": 0}
        put = insert(discord_posts).values(id=derived("announcement", tx.cause), **row)
        await tx.run(put.on_conflict_do_nothing(index_elements=[discord_posts.c.id]))


@answers
async def keep_notice(event: matching.NoticeWanted | mentoring.NoticeWanted, tx: Tx) -> None:
    """Its id follows from the event's, so that telling twice is telling once."""
    row = event.model_dump(include={"project", "person", "code", "subject_id", "number", "at"})
    await put_notice(tx, derived("notice", tx.cause), row)


@answers
async def keep_meeting(event: MeetingFact, tx: Tx) -> None:
    """When it is, for the invitation in a letter; whom it is between is not kept here."""
    row = event.model_dump(include={"project", "mentorship", "starts_at", "minutes", "mode", "sequence", "at"})
    row["state"] = STATES[type(event)]
    put = insert(meetings).values(session=event.session, **row)
    await tx.run(put.on_conflict_do_update(index_elements=[meetings.c.session], set_=row))


@answers
async def invite_who_did_it(event: SessionScheduled | SessionMoved | SessionCancelled, tx: Tx) -> None:
    """Mentoring has the other one told. Whoever said yes, moved it or called it off needs it in her calendar as much."""
    if event.by is None:
        return
    person = event.mentor if event.by is Role.MENTOR else event.mentee
    row = {"project": event.project, "person": person, "code": OWN_ACTS[type(event)], "subject_id": event.session}
    await put_notice(tx, derived("own act", tx.cause), {**row, "at": event.at, "own": True})
