"""What community does when something happens elsewhere."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.standing import Contact, may_contact
from commons_chassis.tx import Tx
from commons_contracts.matching import MatchConfirmed
from commons_contracts.profiles import MembershipBegan

from .rules.channel import Channel, Match, channel_of, open_channel
from .tables import waiting_matches


@answers
async def open_pairs_channel(event: MatchConfirmed, tx: Tx) -> None:
    match = Match(
        id=event.match,
        project=event.project,
        mentor=event.mentor,
        mentee=event.mentee,
        confirmed_at=event.at,
    )
    await _open_if_safe(match, tx)


@answers
async def open_waiting_channels(event: MembershipBegan, tx: Tx) -> None:
    """Owners are heard independently: a match may be heard of before the people who were matched."""
    w = waiting_matches.c
    await _one_at_a_time(tx)
    hers = (w.mentor == event.person) | (w.mentee == event.person)
    for row in await tx.rows(sa.select(waiting_matches).where(hers).order_by(w.id)):
        await _open_if_safe(Match(**row), tx)


async def _open_if_safe(match: Match, tx: Tx) -> None:
    """At most once a match, and only while both may contact each other; of whom nothing is known, the match waits."""
    await _one_at_a_time(tx)
    if await tx.find(Channel, channel_of(match.id)) is not None:
        return
    contact = await may_contact(tx, match.mentor, match.mentee)
    if contact is Contact.UNKNOWN:
        await tx.run(insert(waiting_matches).values(asdict(match)).on_conflict_do_nothing())
        return
    await tx.run(sa.delete(waiting_matches).where(waiting_matches.c.id == match.id))
    if contact is Contact.ALLOWED:
        channel, opened = open_channel(match)
        tx.add(channel)
        await tx.emit(opened)


async def _one_at_a_time(tx: Tx) -> None:
    """A membership and a match of a project, heard at the same instant, would miss each other and the match wait for ever."""
    await tx.value(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(str(tx.project), 0))))
