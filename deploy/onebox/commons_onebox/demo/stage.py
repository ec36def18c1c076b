"""Where a journey is played: a running platform, its clock, tokens for anyone, and the judge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import httpx

from commons_contracts.codes import Conduct

from .crew import Crew
from .judge import Judge
from .player import Answer, Player

T = TypeVar("T")
Issue = Callable[[str, str, bool], str]
"""A token for a subject in a project; the last says whether she runs the platform."""
Witness = Callable[[], Awaitable[object]]
"""Looks at something that a refusal must leave as it was."""

QUIET = "{ platform { services { outbox due unheard } } }"
QUIET_SECONDS, PAUSE_SECONDS = 60.0, 0.03
AT_ONCE = 12
MOVE = "mutation ($to: DateTime) { moveClock(input: {to: $to, frozen: true}) { clock } }"
CODES = "query ($slug: String!) { project(slug: $slug) { codesOfConduct { kind version } } }"
SEEN = """{ viewer {
  connections(first: 100) { totalCount nodes { id state } } waitings { id state position } offers { id state }
  mentorships(first: 1) { totalCount } channels(first: 1) { totalCount } notices(first: 1) { totalCount }
  profile { paused motivation introduction { published } description { fields } }
  memberships { roles paused conduct { kind accepted } } readiness { items { item done } } } }"""
SEEN_OF_PROJECT = """query ($slug: String!) { project(slug: $slug) {
  programmes(first: 1) { totalCount } codesOfConduct { kind version } } }"""


@dataclass
class Stage:
    """Knows the platform by its address alone; `crew`: its processes, where they are this machine's."""

    http: httpx.AsyncClient
    issue: Issue
    judge: Judge
    project: str
    crew: Crew | None = None
    witnesses: list[Witness] = field(default_factory=list)
    """More eyes on what a refusal leaves: tests look into the databases as well."""
    stirred: bool = True
    """Whether something has changed since the platform was last seen to be quiet."""
    looked: dict[str, object] = field(default_factory=dict)
    """What was last seen, by whom, since something changed: what a refusal has left is what the next one finds."""
    newest: dict[str, int] = field(default_factory=dict)
    """The code of conduct in force, by project."""

    def player(self, subject: str, *, project: str = "") -> Player:
        there = project or self.project
        token = self.issue(subject, there, False)
        return Player(name=subject, http=self.http, token=token, project=there, stirs=self.stir)

    @property
    def operator(self) -> Player:
        return Player(
            name="operator",
            http=self.http,
            token=self.issue("operator", self.project, True),
            project=self.project,
            stirs=self.stir,
        )

    def stir(self) -> None:
        self.stirred = True

    async def clock(self, to: datetime) -> None:
        """Move the business clock there; answered once all that fell due has happened."""
        await self.operator.ask(MOVE, to=to.isoformat())
        await self.quiet()

    async def quiet(self) -> None:
        """Until everyone has heard everything, so that one look afterwards is enough. Raises TimeoutError."""
        while self.stirred:
            self.stirred = False
            self.looked.clear()
            # Between two services' answers a fact may be in neither.
            await self._at_rest()
            await self._at_rest()

    async def _at_rest(self) -> None:
        async with asyncio.timeout(QUIET_SECONDS):
            while True:
                services = (await self.operator.ask(QUIET))["platform"]["services"]
                if not any(count for service in services for count in service.values()):
                    return
                await asyncio.sleep(PAUSE_SECONDS)

    async def accepts(self, player: Player) -> None:
        """She accepts the code of conduct that is in force in her project."""
        if player.project not in self.newest:
            codes = (await player.ask(CODES, slug=player.project))["project"]["codesOfConduct"]
            versions = [code["version"] for code in codes if code["kind"] == Conduct.COMMUNITY]
            self.newest[player.project] = max(versions)
        await player.does("acceptCodeOfConduct", kind=Conduct.COMMUNITY, version=self.newest[player.project])

    async def seen(self, people: Iterable[Player], *, before: bool = False) -> dict[str, object]:
        """All that these people see of what is theirs, and what the witnesses see. `before` a change, who has looked since
        the last one need not look again.
        """
        looks: dict[str, Witness] = {f"{one.name} in {one.project}": partial(_shown, one, SEEN) for one in people}
        looks["project"] = partial(_shown, self.operator, SEEN_OF_PROJECT, slug=self.project)
        looks |= {f"witness {n}": look for n, look in enumerate(self.witnesses)}
        wanted = [name for name in looks if not (before and name in self.looked)]
        found = await asyncio.gather(*(looks[name]() for name in wanted))
        self.looked |= zip(wanted, found, strict=True)
        return {name: self.looked[name] for name in looks}

    async def refuses(
        self,
        step: str,
        code: str,
        who: Player,
        verb: str,
        input: Mapping[str, Any],
        *,
        why: str,
        params: Mapping[str, Any] | None = None,
        beside: Sequence[Player] = (),
    ) -> Answer:
        """A rule: the change is refused with this code, saying these params, and leaves nothing behind."""
        await self.quiet()
        before = await self.seen([who, *beside], before=True)
        answer = await who.tries(verb, **input)
        await self._at_rest()
        after = await self.seen([who, *beside])
        as_said = answer.code == code and dict(params or {}).items() <= answer.params.items()
        wrong = "" if as_said else f"; the answer was {answer}"
        left = "" if before == after else f"; but something changed: {_difference(before, after)}"
        self.judge.says(step, code, as_said and before == after, f"{why}{wrong}{left}")
        return answer


async def _shown(viewer: Player, document: str, **variables: Any) -> object:
    return (await viewer.raw(document, **variables)).get("data")


async def together(work: Iterable[Awaitable[T]], *, at_once: int = AT_ONCE) -> list[T]:
    """All of it, some at a time, in order."""
    free = asyncio.Semaphore(at_once)

    async def one(it: Awaitable[T]) -> T:
        async with free:
            return await it

    return list(await asyncio.gather(*(one(it) for it in work)))


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    return next(f"for {name} {was} became {after[name]}" for name, was in before.items() if was != after[name])
