"""Declaring that someone supervises someone, and taking it back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.standing import known
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.matching import DeclareSupervision, SupervisionView, WithdrawSupervision

from ..rules.supervision import Supervision, declare, supervision_of
from ..tables import supervisions
from ..views import supervision_view


@answers
async def declare_supervision(command: DeclareSupervision, tx: Tx) -> SupervisionView:
    """Saying it again changes nothing."""
    pair = (command.supervisor, command.supervised)
    members = frozenset(person for person, actor in (await known(tx, pair)).items() if actor.roles)
    said: dict[str, Any] = {"by": tx.person, "roles": tx.actor.roles, "project": tx.project, "at": tx.now}
    fresh = declare(*pair, members=members, **said)
    stands = await tx.find(Supervision, fresh.id)
    if stands is None:
        tx.add(fresh)
        await tx.emit(fresh.declared())
    return supervision_view(stands or fresh, tx.person)


@answers
async def withdraw_supervision(command: WithdrawSupervision, tx: Tx) -> Done:
    """Another's word is not hers to take back: it is not found."""
    id = supervision_of(tx.project, command.supervisor, command.supervised, tx.person)
    stands = await tx.load(Supervision, id)
    await tx.run(sa.delete(supervisions).where(supervisions.c.id == stands.id))
    await tx.emit(stands.withdrawn(tx.now))
    return Done()
