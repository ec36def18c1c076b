"""Keeping what a coordinator wants of a pair."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import PairWish, RefusalCode
from commons_contracts.ids import PersonId

from ..rules.round import Round
from ..rules.wish import Wish
from ..tables import pair_wishes

w = pair_wishes.c


async def keep_wish(tx: Tx, round: Round, pair: tuple[PersonId, PersonId], wish: PairWish, reason: str) -> Wish:
    """Of a mentor and a mentee; it takes the place of what was wanted of the two before, and a pin that of another pin."""
    (mentor, mentee), style = pair, round.season_style
    if style is None:
        raise Refusal(RefusalCode.MATCH_POOL_EMPTY)
    instead = w.mentor == mentor
    if wish is PairWish.PIN:
        instead |= w.wish == PairWish.PIN
    about = (w.round == round.id, w.style == style, w.mentee == mentee, w.lifted_at.is_(None))
    await tx.emit(*(earlier.lift(at=tx.now) for earlier in await tx.all_of(Wish, *about, instead)))
    kept = Wish(
        id=new_id(),
        project=round.project,
        round=round.id,
        style=style,
        mentor=mentor,
        mentee=mentee,
        wish=wish,
        reason=reason,
        by=tx.person,
        at=tx.now,
    )
    await tx.rows(sa.select(w.id).where(w.id == kept.id))  # writes what was lifted, before the index sees the new one
    tx.add(kept)
    return kept
