"""Those who knock while something is gone: what they are told, and within what time. Each asks once and takes any answer."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_contracts.base import Actor
from commons_contracts.codes import Style
from commons_contracts.ids import RoundId
from commons_contracts.matching import AcceptConnection, ConnectionView, RequestConnection
from commons_onebox.demo import stage_at
from commons_onebox.demo.judge import Judge

from .acts import PROJECT, asking
from .clients import Pair
from .ground import WESTEM, Ground

QUERY = '{ project(slug: "westem") { rounds { mentors(first: 1) { totalCount } } } }'
CHANGE = "mutation ($key: String) { chooseLanguage(input: {language: EN, idempotencyKey: $key}) { __typename } }"
PATIENCE_SECONDS = 30.0
BETWEEN_SECONDS = 1.0
ANSWER_SECONDS = 9.0
"""A look at who asks (2.6), the asking itself (5), and what a busy machine adds."""
PASSING = {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
"""What somebody may be told whose question was not answered: that it was not, and that it is worth another try."""


@dataclass
class Told:
    """What those who knocked were told: each code with how often, and the longest that one of them waited."""

    codes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def note(self, code: str, seconds: float) -> None:
        self.codes[code] += 1
        self.longest = max(self.longest, seconds)

    def __str__(self) -> str:
        return f"{dict(self.codes)} within {self.longest:.1f} s"


@dataclass
class Knocker:
    """A mentee with a browser, and a service's own caller; `told` has what each kind of question got for an answer."""

    ground: Ground
    asker: Asker
    http: httpx.AsyncClient
    headers: dict[str, str]
    told: dict[str, Told] = field(default_factory=dict)
    waiting: list[asyncio.Future[object]] = field(default_factory=list)

    async def query(self) -> str:
        return await self._timed("query", lambda: self._post(QUERY))

    async def served(self) -> bool:
        return not await self.query()

    async def change(self) -> str:
        return await self._timed("mutation", lambda: self._post(CHANGE, key=str(new_id())))

    async def meanwhile(self, seconds: float, *more: Callable[[], Awaitable[object]]) -> None:
        """Knock with all that there is, again and again for so long; `answered` waits for those still at the door."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.waiting += [asyncio.ensure_future(ask()) for ask in (self.query, self.change, *more)]
            await asyncio.sleep(min(BETWEEN_SECONDS, left))

    async def answered(self) -> None:
        await asyncio.gather(*self.waiting)

    async def request(self, pair: Pair, key: str) -> ConnectionView:
        """A mentee asks her mentor. Raises Fault where nobody answers."""
        round = RoundId(self.ground.one("matching", "select id from rounds limit 1"))
        ask = RequestConnection(round=round, mentor=pair.mentor, style=Style.TRADITIONAL)
        return await self.asker.ask(ask, Actor(person=pair.mentee, project=PROJECT), key=key)

    async def accept(self, pair: Pair, asked: ConnectionView) -> None:
        await self.asker.ask(AcceptConnection(connection=asked.id), Actor(person=pair.mentor, project=PROJECT))

    async def command(self, pair: Pair, key: str) -> str:
        """The same, once, whatever comes of it."""

        async def asked() -> str:
            try:
                await self.request(pair, key)
            except Fault as fault:
                return fault.code.value
            return ""

        return await self._timed("command", asked)

    async def _post(self, document: str, **variables: str) -> str:
        sent = {"query": document, "variables": variables}
        answer = (await self.http.post("/graphql", json=sent, headers=self.headers)).json()
        return ",".join(sorted({error["extensions"]["code"] for error in answer.get("errors", ())}))

    async def _timed(self, kind: str, ask: Callable[[], Awaitable[str]]) -> str:
        began = time.monotonic()
        code = await ask()
        self.told.setdefault(kind, Told()).note(code or "done", time.monotonic() - began)
        return code

    def all_codes(self) -> set[str]:
        return {code for told in self.told.values() for code in told.codes} - {"done"}

    def longest(self) -> float:
        return max(told.longest for told in self.told.values())


@asynccontextmanager
async def knocking(ground: Ground) -> AsyncIterator[Knocker]:
    """With connections and a token from before anything is gone."""
    run = ground.home.run
    assert run is not None
    async with (
        asking(ground) as asker,
        stage_at(ground.home.issuer_key, run.url, Judge("faults"), WESTEM.slug) as stage,
    ):
        mentee = stage.player(f"mentee@{WESTEM.slug}")
        headers = {"Authorization": f"Bearer {mentee.token}", "Commons-Project": mentee.project}
        async with httpx.AsyncClient(base_url=run.url, timeout=PATIENCE_SECONDS) as http:
            yield Knocker(ground, asker, http, headers)
