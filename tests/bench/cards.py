"""A page of twenty cards, about 8 KB, as a list of mentors is: what both kinds of request/reply carry."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from toy import counting

from commons_chassis import standing
from commons_chassis.ids import new_id
from commons_chassis.service import Service, answers
from commons_chassis.tx import Tx
from commons_contracts.base import Entry, Message, Query

CARDS, LETTERS = 20, 142


class Card(Message):
    id: UUID
    name: str
    languages: tuple[str, ...]
    free: int
    kilometres: float
    text: str


class CardsView(Message):
    items: tuple[Card, ...]


class Cards(Query[CardsView], entry=Entry.ANYONE):
    """`seconds`: how long answering takes; `transaction`: whether a database is asked on the way."""

    seconds: float = 0.0
    transaction: bool = False


# It is asked of the toy service that counts, which has a database.
Cards.subject, Cards.owner = "rpc.counting.cards", "counting"

PAGE = CardsView(
    items=tuple(
        Card(
            id=new_id(), name=f"Mentor {n}", languages=("sv", "en"), free=n % 4, kilometres=n * 7.25, text="å" * LETTERS
        )
        for n in range(CARDS)
    )
)


async def page(seconds: float) -> CardsView:
    if seconds:
        await asyncio.sleep(seconds)
    return PAGE


@answers
async def cards(query: Cards, tx: Tx) -> CardsView:
    return await page(query.seconds)


service = Service(
    "counting", counting.metadata, [standing, counting, sys.modules[__name__]], migrations="toy.counting_migrations"
)
