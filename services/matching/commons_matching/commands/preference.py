"""What someone tells before she is matched: that she knows how, and whom she would like."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.matching import (
    AcknowledgeMatchingNotice,
    AcknowledgementView,
    ListSent,
    SubmitPreferences,
)

from ..rules.notice import acknowledge
from ..rules.preference import RankedList, may_rank, require_list, require_partners, submitted
from ..tables import acknowledgements, participations, preferences
from ..tables.partners import partners_among, rules_between
from ..tables.person import find_asker, take_seat
from ..tables.round import find_round


@answers
async def acknowledge_matching_notice(command: AcknowledgeMatchingNotice, tx: Tx) -> AcknowledgementView:
    """Once: saying it again changes nothing."""
    round = await find_round(tx, command.round)
    registered = await take_seat(tx, round.id, tx.person)
    fact = acknowledge(round, tx.person, version=command.version, registered=registered, at=tx.now)
    a = acknowledgements.c
    row = {"project": round.project, "round": round.id, "person": tx.person, "version": fact.version, "at": tx.now}
    put = insert(acknowledgements).values(id=fact.acknowledgement, **row).on_conflict_do_nothing()
    if await tx.run(put) == 1:
        await tx.emit(fact)
    at = await tx.value(sa.select(a.at).where(a.id == fact.acknowledgement))
    return AcknowledgementView(round=round.id, person=tx.person, version=fact.version, at=at)


@answers
async def submit_preferences(command: SubmitPreferences, tx: Tx) -> ListSent:
    """The seat is locked while the list is put: of two that come at once, the later one stands, whole."""
    round = await find_round(tx, command.round)
    author = await find_asker(tx, round, None, as_=command.role)
    may_rank(round, author, command.role, at=tx.now)
    wanted = RankedList(ranked=command.ranked, equal=frozenset(command.equal) & frozenset(command.ranked[1:]))
    require_list(round, tx.person, wanted)
    allowed = await partners_among(tx, round, command.role, wanted.ranked)
    require_partners(wanted, command.role, allowed, await rules_between(tx, round, command.role, wanted.ranked))
    await _put(tx, command, wanted)
    await tx.emit(submitted(round, tx.person, command.role, len(wanted.ranked), at=tx.now))
    return ListSent(round=round.id, role=command.role, count=len(wanted.ranked), sent_at=tx.now)


async def _put(tx: Tx, command: SubmitPreferences, wanted: RankedList) -> None:
    p, here = preferences.c, participations.c
    author = {"round": command.round, "person": tx.person, "role": command.role}
    await tx.run(sa.delete(preferences).where(*(p[name] == value for name, value in author.items())))
    rows = [author | {"project": tx.project, "partner": who, "place": at} for who, at in wanted.places().items()]
    if rows:
        await tx.run(sa.insert(preferences).values(rows))
    seat = (here[name] == value for name, value in author.items())
    await tx.run(sa.update(participations).where(*seat).values(listed_at=tx.now))
