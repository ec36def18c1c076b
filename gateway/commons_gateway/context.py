"""What every resolver has at hand: who asks, on which project's ground, and loaders that ask once for many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import strawberry
from graphql import DocumentNode
from pydantic import BaseModel

from commons_chassis.ask import Asker
from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Command, Query, Refusal
from commons_contracts.codes import FaultCode, Language
from commons_contracts.ids import ProjectId, project_of
from commons_contracts.profiles import ProjectView, Viewer

from .clock import BusinessClock
from .cursors import Seal
from .identity import NOBODY, Caller, Identity
from .lines import Lines
from .loading import Loader
from .news import Newsroom
from .presence import Presence
from .rates import Meter, Rates
from .trusted import Trusted

R = TypeVar("R", bound=BaseModel)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=BaseModel)

LONGEST_HEADER = 500
QUERY_SECONDS = 2.5
COMMAND_SECONDS = 5.0


@dataclass(frozen=True)
class Batch(Generic[K, V]):
    """Many things in one call: which request brings them, and how each is told from the others."""

    call: type[Query[Any]]
    ids: str
    """The field of the request that takes the keys; empty where the call brings all that is the viewer's own."""
    key: Callable[[V], K]
    known: ClassVar[list[Batch[Any, Any]]] = []
    """All there are, for whoever plans a query."""

    def __post_init__(self) -> None:
        self.known.append(self)

    @property
    def service(self) -> str:
        return self.call.owner

    @property
    def fields(self) -> tuple[str, ...]:
        """What the call brings of each thing: all that its owner shows."""
        items = self.call.reply.model_fields["items"].annotation
        return tuple(items.__args__[0].model_fields) if items else ()


@dataclass(frozen=True)
class Desk:
    """What the gateway keeps for all who ask."""

    asker: Asker
    identity: Identity
    seal: Seal
    newsroom: Newsroom
    clock: BusinessClock
    presence: Presence
    dev: bool
    rates: Meter = field(default_factory=lambda: Meter(Rates()))
    trusted: Trusted = field(default_factory=Trusted)
    lines: Lines = field(default_factory=Lines)
    plans: bool = True
    """Whether documents are kept and queries answered by plans; without, in the same words by GraphQL's own libraries."""
    projects: dict[ProjectId, tuple[ProjectView, float]] = field(default_factory=dict)
    """As they were last seen, and when: they hardly change, and what is below one is for other services to answer."""


class Ground:
    """One project, or none, as one viewer may see it for the length of one answer: it remembers what it has loaded."""

    def __init__(self, context: Context, project: ProjectId | None) -> None:
        self.context, self.project = context, project
        self._loaders: dict[Hashable, Loader[Any, Any]] = {}
        self._asked: dict[Query[Any], asyncio.Future[Any]] = {}

    @cached_property
    def actor(self) -> Actor:
        caller = self.context.caller if self.context.caller.known_on(self.project) else NOBODY
        language = self.context.asked_language or Language.EN
        return Actor(person=caller.person, project=self.project, operator=caller.operator, language=language)

    async def ask(self, query: Query[R]) -> R:
        """A service that has not answered once is not waited for again in the same operation."""
        if (why := self.context.resting.get(query.owner)) is not None:
            raise Fault(why, retry_after=1.0)
        try:
            return await self.context.desk.asker.ask(query, self.actor, key=None, left=QUERY_SECONDS)
        except Fault as fault:
            if fault.code in {FaultCode.UNAVAILABLE, FaultCode.BUSY}:
                self.context.resting[query.owner] = fault.code
            raise

    async def command(self, command: Command[R], key: str | None) -> R:
        return await self.context.desk.asker.ask(command, self.actor, key=key, left=COMMAND_SECONDS)

    async def once(self, query: Query[R]) -> R:
        """The same question is asked once, however many fields need its answer."""
        if query not in self._asked:
            self._asked[query] = asyncio.ensure_future(self.ask(query))
        found: R = await self._asked[query]
        return found

    async def load(self, batch: Batch[K, V], key: K, **within: Hashable) -> V | None:
        """One thing, in one call with all the others that are wanted now. `within`: the request's other fields."""
        return await self.loader(batch, **within).load(key)

    def know(self, batch: Batch[K, V], found: V) -> None:
        """What a list has brought already need not be asked for again."""
        self.loader(batch).know(batch.key(found), found)

    def forget(self) -> None:
        """Let go of what was loaded: it knows this ground, which knows it, and would wait for the collector of garbage."""
        self._loaders.clear()
        self._asked.clear()

    def loader(self, batch: Batch[K, V], **within: Hashable) -> Loader[K, V]:
        """What has been loaded of a kind."""
        name = (batch, *sorted(within.items()))
        found = self._loaders.get(name)
        if found is None:
            found = self._loaders[name] = self._loading(batch, within)
        return found

    def _loading(self, batch: Batch[K, V], within: Mapping[str, Hashable]) -> Loader[K, V]:
        async def load_all(keys: Sequence[K]) -> Mapping[K, V]:
            wanted = {batch.ids: tuple(keys)} if batch.ids else {}
            return {batch.key(item): item for item in (await self.once(batch.call(**wanted, **within))).items}

        return Loader(load_all)


class Context:
    """One operation: the caller, and the grounds she walks on."""

    def __init__(
        self,
        desk: Desk,
        caller: Caller = NOBODY,
        *,
        project: str | None = None,
        language: Language | None = None,
        request_id: str = "",
        peer: str = "",
    ) -> None:
        self.desk, self.caller, self.asked_language, self.request_id = desk, caller, language, request_id
        self.project, self.peer = project, peer
        self._grounds: dict[ProjectId | None, Ground] = {}
        self.resting: dict[str, FaultCode] = {}
        self.document: DocumentNode | None = None

    def again(self, request_id: str = "") -> Context:
        """The same caller with nothing loaded yet: for the next operation on a socket, or the next push."""
        return Context(
            self.desk,
            self.caller,
            project=self.project,
            language=self.asked_language,
            request_id=request_id or self.request_id,
            peer=self.peer,
        )

    def ground(self, slug: str | None = None) -> Ground:
        """The project named, else the one of the request's header, else the token's, else none."""
        slug = slug or self.project or self.caller.project
        return self.ground_of(project_of(slug) if slug else None)

    def ground_of(self, project: ProjectId | None) -> Ground:
        if project not in self._grounds:
            self._grounds[project] = Ground(self, project)
        return self._grounds[project]

    def over(self) -> None:
        """It has been answered, and nobody asks what it has loaded any more."""
        for ground in self._grounds.values():
            ground.forget()
        self._grounds.clear()

    async def language(self) -> Language:
        """What the request accepts, else what the viewer's account says, else English."""
        if self.asked_language is None and self.caller.person is not None:
            try:
                return (await self.ground().once(Viewer())).language
            except (Refusal, Fault):
                return Language.EN
        return self.asked_language or Language.EN


async def introduced(desk: Desk, headers: Mapping[str, str], method: str, *, request_id: str, peer: str) -> Context:
    """Who asks, by what her headers say (lower-case names). Raises Fault where they say what is not so."""
    return Context(
        desk,
        await desk.identity.caller(headers, method=method),
        project=headers.get("commons-project"),
        language=accepted_language(headers.get("accept-language", "")),
        request_id=request_id,
        peer=peer,
    )


Info = strawberry.Info[Context, None]


def accepted_language(header: str) -> Language | None:
    """The best of our languages that `Accept-Language` names; Norwegian of any kind is answered in Bokmål."""
    best: tuple[float, Language] | None = None
    for part in header[:LONGEST_HEADER].split(","):
        tag, _, quality = part.strip().partition(";q=")
        primary = tag.strip().partition("-")[0].lower()
        primary = "nb" if primary in {"no", "nn"} else primary
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0 and primary in {language.value for language in Language} and (best is None or weight > best[0]):
            best = (weight, Language(primary))
    return best[1] if best else None
