"""P3: a gateway to the same services as one builds it from the libraries' documentation: FastStream asks, DataLoader batches,
Strawberry resolves field by field. It keeps nothing between two requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import strawberry
from fastapi import FastAPI, Request
from faststream.nats import NatsBroker
from faststream.nats.security import NatsNKey
from strawberry.dataloader import DataLoader
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from commons_chassis import telemetry, wire
from commons_chassis.connect import GATEWAY, inbox
from commons_contracts import matching as contract
from commons_contracts.base import Actor
from commons_contracts.base import Query as Question
from commons_contracts.codes import ActiveBand
from commons_contracts.geo import DistancesFrom
from commons_contracts.ids import project_of
from commons_contracts.profiles import PeopleByIds
from commons_gateway.cursors import Seal, scope_of
from commons_gateway.relay import global_id, uuid_in

from ..ends import obey
from .serving import Tokens, served
from .shapes import Description, Fit, FitPart, Introduction, Node, PageInfo, SpokenLanguage

PATIENCE = 5.0


class Services:
    """What one request asks of the services: together what is asked at the same moment."""

    def __init__(self, broker: NatsBroker, seal: Seal, actor: Actor) -> None:
        self.broker, self.seal, self.actor = broker, seal, actor
        self.rounds = DataLoader(self._rounds)
        self.people = DataLoader(self._people)
        self.distances = DataLoader(self._distances)

    async def ask(self, question: Question[Any]) -> Any:
        headers = {
            wire.ACTOR: wire.actor_header(self.actor),
            wire.TRACE: telemetry.traceparent(),
            wire.LEFT: str(round(PATIENCE * 1000)),
        }
        reply = await self.broker.request(question, type(question).subject, headers=headers, timeout=PATIENCE)
        assert wire.ERROR_CODE not in reply.headers, reply.headers
        return type(question).reply.model_validate_json(reply.body)

    async def _rounds(self, ids: list[Any]) -> Sequence[contract.RoundView | None]:
        found = {one.id: one for one in (await self.ask(contract.RoundsOf(ids=tuple(ids)))).items}
        return [found.get(id) for id in ids]

    async def _people(self, ids: list[Any]) -> Sequence[Any]:
        found = {one.id: one for one in (await self.ask(PeopleByIds(ids=tuple(ids)))).items}
        return [found.get(id) for id in ids]

    async def _distances(self, pairs: list[tuple[Any, Any]]) -> Sequence[float | None]:
        """All from one place: the viewer's."""
        (here, _), *_ = pairs
        asked = DistancesFrom(place=here, to=tuple(dict.fromkeys(there for _, there in pairs)))
        found = {one.place: one.kilometres for one in (await self.ask(asked)).items}
        return [found[there] for _, there in pairs]


@strawberry.type
class Person:
    id: strawberry.ID
    key: strawberry.Private[Any]

    @strawberry.field
    async def display_name(self, info: Info) -> str | None:
        found = await info.context["services"].people.load(self.key)
        return found.display_name if found else None


@strawberry.type
class Mentor:
    card: strawberry.Private[contract.MentorCardView]

    @strawberry.field
    def person(self) -> Person:
        return Person(id=global_id("Person", self.card.person), key=self.card.person)

    @strawberry.field
    def free_places(self) -> int:
        return self.card.free_places

    @strawberry.field
    async def last_active_band(self, info: Info) -> ActiveBand | None:
        found = await info.context["services"].people.load(self.card.person)
        return found.active if found else None

    @strawberry.field
    async def introduction(self, info: Info) -> Introduction | None:
        found = await info.context["services"].people.load(self.card.person)
        if not found or not found.introduction:
            return None
        return Introduction(text=found.introduction.text, published=found.introduction.published)

    @strawberry.field
    async def distance_km(self, info: Info) -> float | None:
        here, there = self.card.seen_from, self.card.description.place
        if here is None or there is None:
            return None
        found = await info.context["services"].distances.load((here, there))
        return None if found is None else round(found, 1)

    @strawberry.field
    def fit(self) -> Fit:
        parts = [FitPart(criterion=p.criterion, points=p.points, most=p.most) for p in self.card.fit.parts]
        return Fit(points=self.card.fit.points, parts=parts)

    @strawberry.field
    def description(self) -> Description:
        told = self.card.description
        languages = [SpokenLanguage(language=s.language, level=s.level) for s in told.languages]
        return Description(fields=list(told.fields), country=told.country, languages=languages)


@strawberry.type
class MentorEdge:
    cursor: str
    node: Mentor


@strawberry.type
class Mentors:
    total_count: int
    page_info: PageInfo
    edges: list[MentorEdge]


@strawberry.type
class Round(Node):
    key: strawberry.Private[Any]

    @strawberry.field
    async def mentors(self, info: Info, first: int = 20, after: str | None = None) -> Mentors:
        services = info.context["services"]
        seal, scope = services.seal, scope_of(services.actor, contract.MentorsPage.subject)
        behind = seal.open(scope, after) if after else None
        page = await services.ask(contract.MentorsPage(round=self.key, first=first, after=behind))
        cursors = [seal.close(scope, cursor) for cursor in page.cursors]
        return Mentors(
            total_count=page.total,
            page_info=PageInfo(end_cursor=cursors[-1] if cursors else None, has_next_page=page.more),
            edges=[MentorEdge(cursor=at, node=Mentor(card=card)) for card, at in zip(page.items, cursors, strict=True)],
        )


@strawberry.type
class Query:
    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        key = uuid_in(id, "Round")
        found = await info.context["services"].rounds.load(key)
        return Round(id=id, key=key) if found else None


async def run(nats: str, seed: str, key: str, project: str, port: int) -> None:
    broker = NatsBroker(nats, security=NatsNKey.from_seed(seed), inbox_prefix=inbox(GATEWAY), logger=None)
    tokens = Tokens(Path(key))

    async def context(request: Request) -> dict[str, Services]:
        actor = Actor(person=tokens.person(request), project=project_of(project))
        return {"services": Services(broker, tokens.seal, actor)}

    app = FastAPI()
    app.include_router(
        GraphQLRouter(strawberry.Schema(Query, types=[Round]), context_getter=context), prefix="/graphql"
    )
    async with broker, served(app, port):
        await obey({})
