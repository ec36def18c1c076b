"""Keeping someone away, and letting her near again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Done
from commons_contracts.profiles import BlockPerson, UnblockPerson

from ..rules import block as rule
from ..tables import blocks


@answers
async def block_person(cmd: BlockPerson, tx: Tx) -> Done:
    """Nobody looks whether the other exists: the answer says nothing about her."""
    fact = rule.block(tx.person, cmd.person, at=tx.now)
    row = {"id": fact.block, "person": fact.by, "blocked": fact.person, "since": tx.now}
    if await tx.run(insert(blocks).values(row).on_conflict_do_nothing()):
        await tx.emit(fact)
    return Done()


@answers
async def unblock_person(cmd: UnblockPerson, tx: Tx) -> Done:
    fact = rule.unblock(tx.person, cmd.person, at=tx.now)
    if await tx.run(sa.delete(blocks).where(blocks.c.id == fact.block)):
        await tx.emit(fact)
    return Done()
