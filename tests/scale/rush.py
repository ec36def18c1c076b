"""A recruitment rush over HTTP: so many a second whether or not the earlier ones are answered, and what each was told."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import statistics
import time
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bench.load import Line

from commons_contracts.codes import Role
from commons_gateway import devtoken
from commons_onebox.home import Home
from commons_onebox.seed.people import subject_of

PROJECT, LINES = "westem", 64
ROUND = "query ($slug: String!) { project(slug: $slug) { rounds { id } } }"
SEARCH = """query ($round: ID!) { node(id: $round) { ... on Round { mentors(first: 20) { edges { node {
  person { id } freePlaces fit { points } } } } } } }"""
ASK = """mutation ($input: RequestConnectionInput!) { requestConnection(input: $input) {
  ... on ConnectionRequest { id } ... on Refused { code params } } }"""
ACCEPT = """mutation ($input: ConnectionInput!) { acceptConnection(input: $input) {
  ... on ConnectionRequest { id state } ... on Refused { code params } } }"""
VIEWER = "{ viewer { person { id } } }"
MIX = ("search",) * 3 + ("request", "accept")


@dataclass
class Rush:
    """Mentees look for mentors and ask them, mentors say yes. `told` counts the answers, `yes` has what was promised."""

    home: Home
    url: str
    mentors: int
    mentees: int
    lines: asyncio.Queue[Line | None] = field(default_factory=asyncio.Queue)
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    told: Counter[str] = field(default_factory=Counter)
    asked: dict[str, str] = field(default_factory=dict)
    """Requests that stand, with the token of whom they are to."""
    accepted: list[str] = field(default_factory=list)
    bare: list[dict[str, Any]] = field(default_factory=list)
    """Faults that do not say when to come again."""
    ever: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    """By which id the gateway knows each mentor."""
    round: str = ""
    project: str = PROJECT

    @classmethod
    @asynccontextmanager
    async def of(
        cls, home: Home, url: str, *, mentors: int = 1, mentees: int = 1, project: str = PROJECT, round: str = ""
    ) -> AsyncIterator[Rush]:
        """Of the project's first round, if none is named."""
        it = cls(home, url, mentors, mentees, project=project)
        for _ in range(LINES):
            it.lines.put_nowait(None)
        shown = await it.say(it.token(Role.MENTEE, 0), ROUND, slug=project)
        it.round = round or shown["data"]["project"]["rounds"][0]["id"]
        yield it
        while not it.lines.empty():
            if line := it.lines.get_nowait():
                line.writer.close()
                await line.writer.wait_closed()

    def token(self, role: Role, number: int) -> str:
        subject = subject_of(role, self.project, number)
        if subject not in self.tokens:
            self.tokens[subject] = devtoken.issue(self.home.issuer_key, subject, project=self.project)
        return self.tokens[subject]

    async def say(self, token: str, query: str, **variables: Any) -> Any:
        """On a connection that is kept, or on a new one where the gateway has closed it meanwhile."""
        line = await self.lines.get()
        if line is not None and line.reader.at_eof():
            line.writer.close()
            line = None
        if line is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(self.url.rpartition(":")[2]))
            line = Line(self.url, token, reader, writer)
        try:
            own = Line(self.url, token, line.reader, line.writer)
            return json.loads(await own.ask(query, **variables))
        finally:
            self.lines.put_nowait(line)

    # ------------------------------------------------------------ a pace
    async def run(self, a_second: int, seconds: float) -> None:
        """What was measured before is forgotten; what was promised is not."""
        self.milliseconds.clear()
        begin, kinds = time.perf_counter(), itertools.cycle(MIX)
        async with asyncio.TaskGroup() as group:
            for nth in range(round_(a_second * seconds)):
                await asyncio.sleep(max(0.0, begin + nth / a_second - time.perf_counter()))
                group.create_task(self._one(next(kinds)))

    async def _one(self, kind: str) -> None:
        if kind == "accept" and not self.asked:
            kind = "search"
        began = time.perf_counter()
        code = await {"search": self._search, "request": self._ask, "accept": self._accept}[kind]()
        self.milliseconds[kind].append((time.perf_counter() - began) * 1000)
        self.told[f"{kind} {code}"] += 1

    async def _search(self) -> str:
        return self._code(await self.say(self._mentee(), SEARCH, round=self.round))

    async def _ask(self) -> str:
        token, number = self._mentee(), random.randrange(self.mentors)
        mentor = self.ids[number]
        given = {"round": self.round, "mentor": mentor, "style": "TRADITIONAL", "message": "May I ask you?"}
        said = await self.say(token, ASK, input=given | {"idempotencyKey": str(uuid4())})
        code = self._code(said, "requestConnection")
        if code == "done":
            connection = said["data"]["requestConnection"]["id"]
            self.asked[connection] = self.token(Role.MENTOR, number)
            self.ever.add(plain(connection))
        return code

    async def _accept(self) -> str:
        connection, token = self.asked.popitem()
        key = {"connection": connection, "idempotencyKey": str(uuid4())}
        code = self._code(await self.say(token, ACCEPT, input=key), "acceptConnection")
        if code == "done":
            self.accepted.append(plain(connection))
        return code

    def _code(self, said: dict[str, Any], field: str = "") -> str:
        """Done, or the code of a refusal or a fault; whoever is told to come again is told when."""
        if errors := said.get("errors"):
            told = errors[0]["extensions"]
            if not (told["retryable"] and told.get("retryAfter")):
                self.bare.append(told)
            return str(told["code"])
        no = said["data"][field] if field else {}
        if no.get("code") == "BUSY" and not no["params"].get("retryAfter"):
            self.bare.append(no)
        return str(no.get("code", "done"))

    def _mentee(self) -> str:
        return self.token(Role.MENTEE, random.randrange(self.mentees))

    async def meet(self) -> None:
        """Learn the ids of all mentors, each from herself."""
        for number in range(self.mentors):
            said = await self.say(self.token(Role.MENTOR, number), VIEWER)
            self.ids[number] = said["data"]["viewer"]["person"]["id"]

    # ------------------------------------------------------------ what was seen
    @property
    def p95(self) -> dict[str, float]:
        """Milliseconds, by kind and of all together."""
        every = {**self.milliseconds, "all": [ms for found in self.milliseconds.values() for ms in found]}
        return {kind: statistics.quantiles(found, n=20)[18] for kind, found in every.items() if len(found) > 1}


def plain(opaque: str) -> str:
    """The id in the tables, of one that the gateway gave."""
    return b64decode(opaque).decode().partition(":")[2]


def round_(number: float) -> int:
    return int(number + 0.5)
