"""The proposals of a match run as a table (CSV) for coordinators: pairs with their points and reasons, and who is left."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import strawberry

from commons_contracts import matching as contract
from commons_contracts.base import Page, Query, Refusal
from commons_contracts.cells import table
from commons_contracts.codes import Language, RefusalCode
from commons_contracts.ids import PersonId, RunId
from commons_contracts.mentoring import Paper as File

from ..context import Ground
from ..fields import adds
from ..papers import Paper, link
from ..profiles.people import PEOPLE
from . import reasons
from .runs import RUNS, MatchRun

COLUMNS = ("mentor", "mentee", "points", "reasons", "origin", "state")
PAGE, MOST_ROWS = 100, 25_000
LEFT = "LEFT"
"""The state of who is proposed to nobody."""


@adds(MatchRun)
async def proposals_table(root: strawberry.Parent[MatchRun]) -> Paper | None:
    """Its proposals and whom it leaves as a table (CSV), with reasons in the viewer's language."""
    return await link(root.ground, "proposals-table", root.view.id)


async def written(ground: Ground, key: str, _: str) -> File:
    """The whole table. Raises Refusal where there is no such run, or more than a spreadsheet should hold."""
    run = await ground.load(RUNS, RunId(UUID(key)))
    if run is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    language = await ground.context.language()
    rows: list[Sequence[object]] = []
    async for pairs in _pages(ground, contract.ProposalsPage, run.id):
        names = await _names(ground, [person for pair in pairs for person in (pair.mentor, pair.mentee)])
        rows += [_pair(pair, run, names, language) for pair in pairs]
    async for left in _pages(ground, contract.UnmatchedPage, run.id):
        names = await _names(ground, [one.mentee for one in left])
        rows += [("", names[one.mentee], "", reasons.left(one, language), "", LEFT) for one in left]
    content = table(COLUMNS, rows).encode("utf-8-sig")
    return File(name="proposals.csv", media="text/csv", content=b64encode(content).decode())


def _pair(
    pair: contract.ProposalView, run: contract.RunView, names: dict[PersonId, str], language: Language
) -> Sequence[object]:
    why = " ".join(reasons.because(part, language) for part in pair.contributions if part.points)
    return (names[pair.mentor], names[pair.mentee], pair.points, why, pair.origin, run.state)


async def _pages(ground: Ground, request: type[Query[Page[Any]]], run: RunId) -> AsyncIterator[Sequence[Any]]:
    after, read = None, 0
    while True:
        page = await ground.ask(request.model_validate({"run": run, "first": PAGE, "after": after}))
        read += len(page.items)
        if read > MOST_ROWS:
            raise Refusal(RefusalCode.RESULT_TOO_LARGE, max=MOST_ROWS)
        yield page.items
        if not page.more:
            return
        after = page.cursors[-1]


async def _names(ground: Ground, persons: Sequence[PersonId]) -> dict[PersonId, str]:
    """As the coordinator sees them; nothing of who is not to be seen any more."""
    wanted = list(dict.fromkeys(persons))
    found = await asyncio.gather(*(ground.load(PEOPLE, person) for person in wanted))
    return {person: one.display_name if one else "—" for person, one in zip(wanted, found, strict=True)}
