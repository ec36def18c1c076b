"""P6: the same page from one process without a broker: FastAPI, Strawberry, SQLAlchemy's ORM, eager loading, one database."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry
from fastapi import Depends, FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, selectinload
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from commons_chassis.clock import real_now
from commons_chassis.settings import driver
from commons_contracts import matching as contract
from commons_contracts.base import Actor
from commons_contracts.codes import ActiveBand, Cefr
from commons_contracts.ids import PersonId, project_of
from commons_contracts.mentoring import ProgrammeRules
from commons_gateway.cursors import scope_of
from commons_gateway.relay import global_id, uuid_in
from commons_geo.rules.distance import Point, kilometres
from commons_matching.rules.card import Card, choosing
from commons_matching.rules.engine.weights import Rules
from commons_matching.rules.fit import explain
from commons_profiles.rules.membership import band

from ..ends import obey
from . import tables as t
from .serving import Tokens, served
from .shapes import Description, Fit, FitPart, Introduction, Node, PageInfo, SpokenLanguage


@strawberry.type
class Person:
    id: strawberry.ID
    display_name: str


@strawberry.type
class Mentor:
    person: Person
    free_places: int
    last_active_band: ActiveBand
    distance_km: float | None
    fit: Fit
    introduction: Introduction | None
    description: Description


@strawberry.type
class MentorEdge:
    cursor: str
    node: Mentor


@strawberry.type
class Mentors:
    total_count: int
    page_info: PageInfo
    edges: list[MentorEdge]


def _place(id: UUID) -> str:
    """As the services write it, so that cursors are the same."""
    return urlsafe_b64encode(json.dumps([str(id)]).encode()).decode().rstrip("=")


def _behind(place: str) -> UUID:
    return UUID(json.loads(urlsafe_b64decode(place + "=" * (-len(place) % 4)))[0])


def _point(place: t.Place) -> Point:
    return Point(latitude=place.latitude, longitude=place.longitude)


def _card(one: t.Person) -> Card:
    """She has all that a description has; nobody here has agreed to be compared by what needs her consent."""
    at = (one.lives_in.latitude, one.lives_in.longitude) if one.lives_in else None
    return Card(person=PersonId(one.id), told=one, at=at)  # type: ignore[arg-type]


def _mentor(one: t.Person, viewer: t.Person, round_id: UUID, rules: Rules) -> Mentor:
    free = sum(p.most - p.used - p.held for p in one.places if p.round_id == round_id)
    fit = explain(_card(viewer), _card(one), rules)
    far = kilometres(_point(viewer.lives_in), _point(one.lives_in)) if viewer.lives_in and one.lives_in else None
    said = one.introduction
    return Mentor(
        person=Person(id=global_id("Person", one.id), display_name=one.display_name),
        free_places=free,
        last_active_band=band(one.active_on, real_now().date()),
        distance_km=None if far is None else round(far, 1),
        fit=Fit(
            points=fit.points,
            parts=[FitPart(criterion=p.criterion, points=p.points, most=p.most) for p in fit.parts],
        ),
        introduction=Introduction(text=said.text, published=said.published) if said else None,
        description=Description(
            fields=one.fields,
            country=one.country,
            languages=[SpokenLanguage(language=s.language, level=Cefr(s.level)) for s in one.languages],
        ),
    )


def _mentors_for(viewer: t.Person, round_id: UUID) -> sa.Select[Any]:
    """Introduced, not paused, not herself, of age, with a place free, and neither has blocked the other."""
    b, m, p = t.Block, t.Person, t.MentorPlaces
    blocked = sa.exists().where(
        sa.or_(
            sa.and_(b.by_id == viewer.id, b.person_id == m.id),
            sa.and_(b.by_id == m.id, b.person_id == viewer.id),
        )
    )
    return (
        sa.select(m)
        .join(t.Participation, t.Participation.person_id == m.id)
        .where(t.Participation.round_id == round_id, t.Participation.role == "MENTOR")
        .where(m.introduced, ~m.paused, m.adult, m.id != viewer.id, ~blocked)
        .where(m.places.any(sa.and_(p.round_id == round_id, p.used + p.held < p.most)))
    )


@strawberry.type
class Round(Node):
    row: strawberry.Private[t.Round]

    @strawberry.field
    async def mentors(self, info: Info, first: int = 20, after: str | None = None) -> Mentors:
        db, seal, actor = info.context["db"], info.context["seal"], info.context["actor"]
        scope = scope_of(actor, contract.MentorsPage.subject)
        loaded = (selectinload(t.Person.languages), joinedload(t.Person.lives_in))
        viewer = await db.get_one(t.Person, actor.person, options=loaded)
        found = _mentors_for(viewer, self.row.id)
        total = await db.scalar(sa.select(sa.func.count()).select_from(found.subquery()))
        if after:
            found = found.where(t.Person.id > _behind(seal.open(scope, after)))
        page = found.order_by(t.Person.id).limit(first + 1)
        page = page.options(*loaded, joinedload(t.Person.introduction), selectinload(t.Person.places))
        people = (await db.scalars(page)).all()
        rules = choosing(ProgrammeRules.model_validate(self.row.rules).matching)
        edges = [
            MentorEdge(cursor=seal.close(scope, _place(one.id)), node=_mentor(one, viewer, self.row.id, rules))
            for one in people[:first]
        ]
        end = edges[-1].cursor if edges else None
        return Mentors(
            total_count=total, page_info=PageInfo(end_cursor=end, has_next_page=len(people) > first), edges=edges
        )


@strawberry.type
class Query:
    @strawberry.field
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        row = await info.context["db"].get(t.Round, uuid_in(id, "Round"))
        return Round(id=global_id("Round", row.id), row=row) if row else None


async def run(dsn: str, key: str, project: str, port: int) -> None:
    engine = create_async_engine(driver(dsn))
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    tokens = Tokens(Path(key))

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as db:
            yield db

    async def context(request: Request, db: AsyncSession = Depends(session)) -> dict[str, Any]:  # noqa: B008 - as its documentation has it
        actor = Actor(person=tokens.person(request), project=project_of(project))
        return {"db": db, "seal": tokens.seal, "actor": actor}

    app = FastAPI()
    app.include_router(
        GraphQLRouter(strawberry.Schema(Query, types=[Round]), context_getter=context), prefix="/graphql"
    )
    async with served(app, port):
        await obey({})
    await engine.dispose()
