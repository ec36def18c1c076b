"""The whole face of the platform, put together from what each service's module shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

import strawberry
from graphql import GraphQLSchema, build_schema, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from commons_chassis.faults import Fault
from commons_contracts import community as community_contract
from commons_contracts import geo as geo_contract
from commons_contracts import matching as matching_contract
from commons_contracts import mentoring as mentoring_contract
from commons_contracts import profiles as profiles_contract
from commons_contracts.codes import FaultCode
from commons_contracts.ids import project_of

from . import community, geo, platform
from .context import Batch, Context, Ground, Info
from .execution import Schema
from .fields import OnlyId, argument, asks, foresees, read, told
from .limits import Admitted
from .matching import choosing, connections, flash, mentors, run_verbs, runs, supervision
from .matching import live as matching_live
from .matching import proposal_table as _proposal_table  # noqa: F401 - adds a field to what others show
from .matching import verbs as matching_verbs
from .mentoring import agreements, calendars, evaluations, holding, meeting, mentorships, pairs, programmes, sessions
from .mentoring import live as mentoring_live
from .mentoring import overview as _overview  # noqa: F401 - adds fields to what others show
from .mentoring import papers as _papers  # noqa: F401 - the same
from .mentoring import subjects as _subjects  # noqa: F401 - the same
from .mentoring import verbs as mentoring_verbs
from .profiles import criteria, discord, own, people, preferences, sheet_verbs, sheets
from .profiles import live as profiles_live
from .profiles import verbs as profiles_verbs
from .relay import Node, parts_of, place_in, uuid_in
from .scalars import SCALARS

FETCHED: Mapping[str, tuple[Batch[Any, Any], Callable[[Any, Ground], Node]]] = {
    "Agreement": (agreements.AGREEMENTS, agreements.Agreement.of),
    "Channel": (community.CHANNELS, community.Channel.of),
    "ConnectionRequest": (connections.CONNECTIONS, connections.ConnectionRequest.of),
    "Evaluation": (evaluations.EVALUATIONS, evaluations.Evaluation.of),
    "FlashSlot": (flash.SLOTS, flash.FlashSlot.of),
    "Match": (connections.MATCHES, connections.Match.of),
    "MatchRun": (runs.RUNS, runs.MatchRun.of),
    "Mentorship": (mentorships.MENTORSHIPS, mentorships.Mentorship.of),
    "Offer": (connections.OFFERS, connections.Offer.of),
    "Organisation": (people.ORGANISATIONS, people.Organisation.of),
    "Person": (people.PEOPLE, people.member),
    "Place": (geo.PLACES, geo.Place.of),
    "Programme": (programmes.PROGRAMMES, programmes.Programme.of),
    "Round": (mentors.ROUNDS, mentors.Round.of),
    "Session": (sessions.SESSIONS, sessions.Session.of),
    "Sheet": (sheets.SHEETS, sheets.Sheet.of),
    "Waiting": (connections.WAITINGS, connections.Waiting.of),
}
"""How a thing is fetched again by its id. A project is its own ground, and so fetched in its own way."""
ANY_NODE = " ".join(sorted([*FETCHED, "Project"]))
NODE_CALLS = (
    community_contract.ChannelsByIds,
    matching_contract.ConnectionsByIds,
    matching_contract.FlashSlotsByIds,
    matching_contract.MatchRunsByIds,
    matching_contract.MatchesByIds,
    matching_contract.OwnOffers,
    matching_contract.OwnWaitings,
    matching_contract.RoundsOf,
    mentoring_contract.AgreementsByIds,
    mentoring_contract.EvaluationsByIds,
    mentoring_contract.MentorshipsByIds,
    mentoring_contract.ProgrammesByIds,
    mentoring_contract.SessionsByIds,
    profiles_contract.OrganisationsByIds,
    profiles_contract.PeopleByIds,
    profiles_contract.ProjectsByIds,
    profiles_contract.SheetsByIds,
    geo_contract.PlacesByIds,
)


async def fetch(ground: Ground, id: str) -> Node | None:
    """The one way to a thing by its id. Nothing tells another project's thing from one that is not there."""
    kind, _ = parts_of(id) or ("", "")
    if kind == "Project":
        return await own.project_as(ground, uuid_in(id, kind))
    if kind not in FETCHED:
        return None
    batch, show = FETCHED[kind]
    found = await ground.load(batch, place_in(id) if kind == "Place" else uuid_in(id, kind))
    return show(found, ground) if found else None


def foreseen(context: Context, id: str) -> Node | None:
    """A round of which only the id is known."""
    kind, _ = parts_of(id) or ("", "")
    known = OnlyId(uuid_in(id, kind))
    return mentors.Round.of(known, context.ground()) if kind == "Round" else None  # type: ignore[arg-type]


@strawberry.type(description="What can be asked.")
class Query(geo.Query, platform.Query):
    @told
    def viewer(self, info: Info) -> own.Viewer | None:
        """Who asks, in the project of the request; none where nobody is signed in."""
        return own.Viewer.of(None, info.context.ground()) if info.context.caller.person else None

    @asks(profiles_contract.ProjectsByIds)
    async def project(
        self, info: Info, slug: Annotated[str, argument("Its short name, such as `westem`.")]
    ) -> own.Project | None:
        """A project. What is below it is asked about in that project, whatever the request's header says."""
        return await own.project_as(info.context.ground(), project_of(slug))

    @foresees(foreseen, *NODE_CALLS)
    async def node(self, info: Info, id: Annotated[strawberry.ID, argument("Its id.", nodes=ANY_NODE)]) -> Node | None:
        """Anything, by its id; none where it is not there, or not for the viewer to see."""
        return await fetch(info.context.ground(), id)

    @asks(*NODE_CALLS)
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], argument("Their ids, at most 100.", nodes=ANY_NODE)]
    ) -> list[Node | None] | None:
        """Several things by their ids, in that order."""
        if len(ids) > 100:  # noqa: PLR2004 - said in its meaning
            raise Fault(FaultCode.BAD_USER_INPUT)
        ground = info.context.ground()
        return list(await asyncio.gather(*(fetch(ground, id) for id in ids)))


@strawberry.type(description="What can be changed. One at a time, in the order of the document.")
class Mutation(
    profiles_verbs.Mutation,
    criteria.Mutation,
    preferences.Mutation,
    discord.Mutation,
    sheet_verbs.Mutation,
    mentoring_verbs.Mutation,
    meeting.Mutation,
    calendars.Mutation,
    pairs.Mutation,
    holding.Mutation,
    evaluations.Mutation,
    matching_verbs.Mutation,
    supervision.Mutation,
    run_verbs.Mutation,
    choosing.Mutation,
    flash.Mutation,
    community.Mutation,
    platform.Mutation,
):
    pass


@strawberry.type(description="What can be followed as it happens.")
class Subscription(
    matching_live.Subscription,
    run_verbs.Subscription,
    mentoring_live.Subscription,
    profiles_live.Subscription,
    sheet_verbs.Subscription,
):
    pass


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[FaultCode],
    extensions=[Admitted],
    config=StrawberryConfig(default_resolver=read, scalar_map=dict(SCALARS)),
)


def core() -> GraphQLSchema:
    """The schema as GraphQL itself knows it."""
    return schema._schema  # noqa: SLF001 - Strawberry has no public name for it


@cache
def printed() -> str:
    """The schema as text, sorted: what is committed as gateway/schema.graphql and served beside the API."""
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"


if __name__ == "__main__":
    print(printed(), end="")
