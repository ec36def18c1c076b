"""When ranked lists close, and who is reminded of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from commons_chassis.tx import Tx
from commons_contracts.codes import NoticeCode
from commons_contracts.ids import PersonId
from commons_contracts.matching import ListsDue, ListsReminderDue, NoticeWanted

from .rules.round import Round
from .tables import participations

AT_ONCE = 500
"""People told in one transaction."""


async def expect_lists(tx: Tx, round: Round) -> None:
    """Note when the lists of a round close, and when it is reminded of."""
    if round.lists_close_at is None or round.lists_close_at <= tx.now:
        return
    await tx.later(ListsDue(round=round.id), at=round.lists_close_at, key=f"round:{round.id}:lists")
    for days, at in round.lists_reminders(tx.now).items():
        await tx.later(ListsReminderDue(round=round.id, days=days), at=at, key=_key(round, days))


async def remind_unlisted(tx: Tx, round: Round, due: ListsReminderDue) -> None:
    """Who takes part and has sent no list is told, some at a time: each person once, whatever her roles."""
    p = participations.c
    silent = sa.select(p.person).distinct().where(p.round == round.id, p.listed_at.is_(None)).order_by(p.person)
    if due.after is not None:
        silent = silent.where(p.person > due.after)
    people = [row["person"] for row in await tx.rows(silent.limit(AT_ONCE))]
    await tx.emit(*(_soon(round, who, due.days, at=tx.now) for who in people))
    if len(people) == AT_ONCE:
        await tx.later(due.model_copy(update={"after": people[-1]}), at=tx.now, key=_key(round, due.days))


def _soon(round: Round, person: PersonId, days: int, *, at: datetime) -> NoticeWanted:
    code = NoticeCode.LISTS_CLOSE_SOON
    return NoticeWanted(project=round.project, at=at, person=person, code=code, subject_id=round.id, number=days)


def _key(round: Round, days: int) -> str:
    return f"round:{round.id}:lists-in-{days}"
