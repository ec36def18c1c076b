"""Clients that keep everyone busy until they are told to stop: half of them over HTTP and GraphQL, half by the broker."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_chassis.ids import new_id
from commons_contracts.base import Actor, Command, Request
from commons_contracts.codes import DeclineReason, Language, Role, Style
from commons_contracts.community import ChannelsPage
from commons_contracts.geo import LoadPlaces, PlaceEntry
from commons_contracts.ids import PersonId, PlaceId, RoundId
from commons_contracts.matching import AcceptConnection, DeclineConnection, RequestConnection
from commons_contracts.mentoring import DraftProgramme
from commons_contracts.profiles import ChooseLanguage
from commons_gateway import devtoken
from commons_gateway.relay import global_id
from commons_onebox.rolling import ROLLED
from commons_onebox.seed.people import person_called, subject_of

from .acts import PROJECT
from .clients import PASSING, Pair
from .ground import WESTEM, Ground

TRIES, PAUSE = 5, 0.05
HERE = WESTEM.slug
OPERATOR = person_called("operator")
COORDINATOR = person_called(subject_of(Role.COORDINATOR, HERE))
NOWHERE = PlaceEntry(
    id=PlaceId(999_999_999),
    name="Nowhere",
    ascii_name="Nowhere",
    country="SE",
    latitude=0,
    longitude=0,
    population=1,
    zone="UTC",
)
CHANGES = {
    "requestConnection": "RequestConnectionInput!",
    "declineConnection": "DeclineConnectionInput!",
    "acceptConnection": "ConnectionInput!",
    "chooseLanguage": "ChooseLanguageInput!",
    "createProgramme": "CreateProgrammeInput!",
}
SHOWN = {"requestConnection": "... on ConnectionRequest { id }"}
CHANNELS = "{ viewer { channels(first: 5) { totalCount } } }"


@dataclass
class Figures:
    """`again`: how often a client itself had to ask again with the same key, for whatever reason; `repeats`: how often the
    broker's client below it did, which nobody sees but as a wait.
    """

    commands: dict[str, int] = field(default_factory=lambda: {"HTTP": 0, "RPC": 0})
    questions: int = 0
    again: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    repeats: int = 0
    longest: float = 0.0


class Counting(Asker):
    """Tells of each question that was put to the broker more than once."""

    def __init__(self, ground: Ground, figures: Figures) -> None:
        super().__init__(ground.url, name="busy", seed=ground.home.seed("gateway"))
        self.figures = figures

    async def _once(self, subject: str, body: bytes, headers: dict[str, str], seconds: float) -> Any:
        reply = await super()._once(subject, body, headers, seconds)
        self.figures.repeats += reply is None
        return reply


class Busy:
    """So many clients of each kind; each takes a pair who have not met, and does a step of theirs among other things."""

    def __init__(self, ground: Ground, pairs: Iterator[Pair], at_once: int) -> None:
        self.ground, self.pairs, self.at_once, self.figures = ground, pairs, at_once, Figures()
        self.round = RoundId(ground.one("matching", "select id from rounds limit 1"))
        self.stop = asyncio.Event()
        self.matched = 0

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the block runs; each client ends with what it has begun."""
        asker = Counting(self.ground, self.figures)
        await asker.start()
        limits = httpx.Limits(max_connections=self.at_once, max_keepalive_connections=self.at_once)
        async with httpx.AsyncClient(base_url=self.ground.home.run.url, limits=limits, timeout=20) as http:
            ways = [way for _ in range(self.at_once // 2) for way in (ByBroker(self, asker), ByHttp(self, http))]
            clients = [asyncio.create_task(self._client(way)) for way in ways]
            yield
            self.stop.set()
            await asyncio.gather(*clients)
        await asker.stop()

    async def _client(self, way: ByBroker | ByHttp) -> None:
        story = self._stories(way)
        for turn in itertools.count():
            if self.stop.is_set():
                break
            await way.others(turn)
            await anext(story, None)
        async for _ in story:  # a pair that has begun is brought to its end
            pass

    async def _stories(self, way: ByBroker | ByHttp) -> AsyncIterator[None]:
        for pair in self.pairs:
            first = await way.request(pair.mentee, pair.other)
            yield
            await way.decline(pair.other, first)
            second = await way.request(pair.mentee, pair.mentor)
            yield
            await way.accept(pair.mentor, second)
            self.matched += 1
            if self.stop.is_set():
                return

    async def surely(
        self, kind: str, what: str, once: Callable[[], Awaitable[Any]], passing: tuple[type[Exception], ...]
    ) -> Any:
        """Ask, and again with the same key where the answer may have been lost; told by what it failed, if it did."""
        began = time.monotonic()
        try:
            for left in reversed(range(TRIES)):
                try:
                    answer = await once()
                except passing as lost:
                    if not left or (isinstance(lost, Fault) and lost.code not in PASSING):
                        raise
                    self.figures.again.append(f"{kind} {what}: {lost!r}")
                    await asyncio.sleep(PAUSE)
                else:
                    self.figures.commands[kind] += what != "question"
                    self.figures.questions += what == "question"
                    return answer
        except Exception as no:
            self.figures.failed.append(f"{kind} {what}: {no!r}")
            raise
        finally:
            self.figures.longest = max(self.figures.longest, time.monotonic() - began)


async def roll(ground: Ground) -> float:
    """As an operator has it done; how many seconds it took."""
    began, told = time.monotonic(), {**os.environ, "COMMONS_HOME": str(ground.home.folder), "COMMONS_ENV": "dev"}
    command = [sys.executable, "-m", "commons_onebox", "roll"]
    rolled = await asyncio.create_subprocess_exec(*command, env=told, stdout=PIPE, stderr=PIPE)
    said, trouble = await rolled.communicate()
    assert rolled.returncode == 0, trouble.decode()
    assert said.decode().count("in place of") == len(ROLLED)
    return time.monotonic() - began


class Undecided(Exception):
    """An answer that says: not now."""


@dataclass
class ByHttp:
    """As a browser asks."""

    busy: Busy
    http: httpx.AsyncClient
    tokens: dict[PersonId, str] = field(default_factory=dict)

    def _token(self, person: PersonId) -> str:
        if not self.tokens:
            key, every = self.busy.ground.home.issuer_key, range(1000)
            subjects = [subject_of(role, HERE, n) for role in (Role.MENTOR, Role.MENTEE) for n in every]
            subjects.append(subject_of(Role.COORDINATOR, HERE))
            self.tokens = {person_called(one): one for one in subjects}
            self.key = key
        return devtoken.issue(self.key, self.tokens[person], project=HERE)

    async def _post(self, person: PersonId, what: str, query: str, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token(person)}"}

        async def once() -> Any:
            sent = {"query": query, "variables": variables}
            said = (await self.http.post("/graphql", json=sent, headers=headers)).json()
            codes = {error.get("extensions", {}).get("code") for error in said.get("errors", ())}
            if codes & PASSING:
                raise Undecided(codes)
            assert "errors" not in said, said["errors"]
            return said["data"]

        return await self.busy.surely("HTTP", what, once, (httpx.TransportError, Undecided))

    async def _change(self, person: PersonId, verb: str, **input: Any) -> Any:
        query = f"mutation ($input: {CHANGES[verb]}) {{ done: {verb}(input: $input) {{ __typename {SHOWN.get(verb, '')} }} }}"
        done = (await self._post(person, verb, query, input={"idempotencyKey": str(new_id())} | input))["done"]
        assert done["__typename"] != "Refused", (verb, done)
        return done.get("id")

    async def request(self, mentee: PersonId, mentor: PersonId) -> Any:
        round, whom = global_id("Round", self.busy.round), global_id("Person", mentor)
        return await self._change(mentee, "requestConnection", round=round, mentor=whom, style="TRADITIONAL")

    async def decline(self, mentor: PersonId, connection: Any) -> None:
        await self._change(mentor, "declineConnection", connection=connection, reason="NO_TIME")

    async def accept(self, mentor: PersonId, connection: Any) -> None:
        await self._change(mentor, "acceptConnection", connection=connection)

    async def others(self, turn: int) -> None:
        await self._change(COORDINATOR, "chooseLanguage", language=("SV", "EN")[turn % 2])
        await self._change(COORDINATOR, "createProgramme")
        await self._post(COORDINATOR, "question", CHANNELS)


@dataclass
class ByBroker:
    """As the gateway asks."""

    busy: Busy
    asker: Asker

    async def _ask(self, person: PersonId, request: Request[Any], *, operator: bool = False) -> Any:
        actor, key = Actor(person=person, project=PROJECT, operator=operator), str(new_id())
        what = type(request).__name__ if isinstance(request, Command) else "question"
        return await self.busy.surely("RPC", what, lambda: self.asker.ask(request, actor, key=key), (Fault,))

    async def request(self, mentee: PersonId, mentor: PersonId) -> Any:
        return (
            await self._ask(mentee, RequestConnection(round=self.busy.round, mentor=mentor, style=Style.TRADITIONAL))
        ).id

    async def decline(self, mentor: PersonId, connection: Any) -> None:
        await self._ask(mentor, DeclineConnection(connection=connection, reason=DeclineReason.NO_TIME))

    async def accept(self, mentor: PersonId, connection: Any) -> None:
        await self._ask(mentor, AcceptConnection(connection=connection))

    async def others(self, turn: int) -> None:
        await self._ask(COORDINATOR, ChooseLanguage(language=(Language.SV, Language.EN)[turn % 2]))
        await self._ask(COORDINATOR, DraftProgramme())
        await self._ask(OPERATOR, LoadPlaces(items=(NOWHERE,)), operator=True)
        await self._ask(COORDINATOR, ChannelsPage(first=5))
