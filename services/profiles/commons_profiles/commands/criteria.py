"""Agreeing to be matched by a criterion, taking it back, and recording whose papers were seen."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.codes import Criterion
from commons_contracts.ids import membership_of
from commons_contracts.profiles import AgreeToCriterion, RecordVetting, WithdrawFromCriterion

from ..rules import criteria as rule
from ..rules.calendar import today
from ..rules.membership import Membership
from ..tables import criterion_consents, vettings
from ..views import find_zone
from .membership import own_membership


@answers
async def agree_to_criterion(cmd: AgreeToCriterion, tx: Tx) -> Done:
    """What stood before for the criterion is over with what was told for it."""
    fact = rule.agree(await own_membership(tx), cmd, at=tx.now)
    await _end(tx, cmd.criterion)
    consent = {"id": new_id(), "project": tx.project, "person": tx.person, "language": tx.actor.language}
    told = {"criterion": cmd.criterion, "gender": fact.gender, "background": list(fact.background)}
    await tx.run(sa.insert(criterion_consents).values(**consent, **told, given_at=tx.now))
    await tx.emit(fact)
    return Done()


@answers
async def withdraw_from_criterion(cmd: WithdrawFromCriterion, tx: Tx) -> Done:
    membership = await own_membership(tx)
    if await _end(tx, cmd.criterion):
        await tx.emit(rule.withdraw(membership, cmd.criterion, at=tx.now))
    return Done()


async def _end(tx: Tx, criterion: Criterion) -> int:
    c = criterion_consents.c
    standing = (c.project == tx.project) & (c.person == tx.person) & (c.criterion == criterion)
    gone: dict[str, Any] = {"withdrawn_at": tx.now, "gender": None, "background": []}
    return await tx.run(sa.update(criterion_consents).where(standing, c.withdrawn_at.is_(None)).values(gone))


@answers
async def record_vetting(cmd: RecordVetting, tx: Tx) -> Done:
    """For a member of the caller's own project; anyone else is not found."""
    membership = await tx.load(Membership, membership_of(cmd.person, tx.project))
    day = today(tx.now, await find_zone(tx))
    fact = rule.record_vetting(membership, cmd, today=day, at=tx.now)
    seen = cmd.model_dump() | {"id": new_id(), "project": tx.project, "seen_by": tx.person, "recorded_at": tx.now}
    await tx.run(sa.insert(vettings).values(seen))
    await tx.emit(fact)
    return Done()
