"""What mentoring does when something happens elsewhere: it learns of projects, and opens mentorships for matches."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.matching import MatchConfirmed
from commons_contracts.profiles import MembershipBegan, ProjectOpened

from ..pace import watch_standstill
from ..rules import mentorship as rule
from ..rules.mentorship import Match, Mentorship
from ..rules.phase import lines_of
from ..tables import projects, unopened_matches
from ..tables.programme import find_rules

u = unopened_matches.c
MATCH = (u.match, u.programme, u.programme_version, u.mentor, u.mentee, u.style, u.slot_starts_at, u.slot_minutes)


@answers
async def keep_project(event: ProjectOpened, tx: Tx) -> None:
    put = insert(projects).values(project=event.project, zone=event.zone)
    await tx.run(put.on_conflict_do_update(index_elements=[projects.c.project], set_={"zone": event.zone}))


@answers
async def open_mentorship(event: MatchConfirmed, tx: Tx) -> None:
    """Once a match: what was opened, or was not to be opened, stays so however often the match is told."""
    await _one_at_a_time(tx)
    known = await tx.value(sa.select(u.match).where(u.match == event.match))
    if known is None and await tx.find(Mentorship, rule.mentorship_of(event.match)) is None:
        await _open_if_safe(
            Match(
                match=event.match,
                programme=event.programme,
                programme_version=event.programme_version,
                mentor=event.mentor,
                mentee=event.mentee,
                style=event.style,
                slot_starts_at=event.slot_starts_at,
                slot_minutes=event.slot_minutes,
            ),
            tx,
        )


@answers
async def open_waiting_mentorships(event: MembershipBegan, tx: Tx) -> None:
    """Owners are heard independently: a match may be heard of before the people who were matched."""
    await _one_at_a_time(tx)
    hers = (u.contact == Contact.UNKNOWN) & ((u.mentor == event.person) | (u.mentee == event.person))
    for row in await tx.rows(sa.select(*MATCH).where(hers).order_by(u.match)):
        await _open_if_safe(Match(**row), tx)


async def _open_if_safe(match: Match, tx: Tx) -> None:
    """Where one blocks the other it is never opened; where someone is not known here yet, the match waits for her."""
    contact = await may_contact(tx, match.mentor, match.mentee)
    await tx.run(sa.delete(unopened_matches).where(u.match == match.match))
    if contact is not Contact.ALLOWED:
        await tx.run(insert(unopened_matches).values(**asdict(match), project=tx.project, contact=contact))
        return
    rules = await find_rules(tx, match.programme)
    mentorship = rule.begin(match, rules, project=tx.project, at=tx.now)
    tx.add(mentorship, *lines_of(mentorship, rules))
    await tx.emit(*mentorship.told(match))
    await watch_standstill(tx, mentorship, rules)


async def _one_at_a_time(tx: Tx) -> None:
    """Her membership and her match, heard at one instant, would each miss the other, and the match wait for ever.

    One lock a project and not one a person: a batch of facts is one transaction, and takes them in any order.
    """
    await tx.value(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(tx.project), 0))))
