"""Accepting a code of conduct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.codes import Conduct, Language
from commons_contracts.ids import PersonId
from commons_contracts.profiles import AcceptCodeOfConduct, ConductAccepted, MembershipView

from ..rules.conduct import accept
from ..tables import acceptances
from ..views import find_accepted, find_in_force, find_membership
from .membership import own_membership


@answers
async def accept_code_of_conduct(cmd: AcceptCodeOfConduct, tx: Tx) -> MembershipView:
    membership = await own_membership(tx)
    facts = accept(
        membership,
        cmd.kind,
        cmd.version,
        in_force=(await find_in_force(tx, [tx.project]))[tx.project],
        accepted=(await find_accepted(tx, [membership.id]))[membership.id],
        at=tx.now,
    )
    if cmd.kind is Conduct.COMMUNITY:
        membership.come_in()
    await keep_acceptances(facts, {tx.person: tx.actor.language}, tx)
    await tx.emit(*facts)
    return await find_membership(tx, membership.id)


async def keep_acceptances(facts: Sequence[ConductAccepted], shown_in: Mapping[PersonId, Language], tx: Tx) -> None:
    """As a proof: who, which version, shown in which language, when."""
    rows = [
        {
            **fact.model_dump(include={"membership", "kind", "version", "project", "person"}),
            "language": shown_in[fact.person],
            "accepted_at": fact.at,
        }
        for fact in facts
    ]
    await tx.run(sa.insert(acceptances), rows)
