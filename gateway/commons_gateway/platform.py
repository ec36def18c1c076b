"""The platform itself, for those who run it; its clock can be moved in development only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_chassis.faults import Fault
from commons_chassis.state import ServiceState as State
from commons_contracts.codes import FaultCode

from .context import Context, Info
from .fields import Care, Shown, argument, asks, does, given, said, shape, wish
from .relay import parts_of, uuid_in

OWNERS = {
    "ConnectionRequest": "matching",
    "Match": "matching",
    "Offer": "matching",
    "Round": "matching",
    "Waiting": "matching",
    "Programme": "mentoring",
    "Mentorship": "mentoring",
    "Channel": "community",
    "Project": "profiles",
    "Person": "profiles",
}
MOST_TIMES = 100


@shape
class ServiceState(Shown[State]):
    """How a service is doing. One that rests is in no list."""

    name: str = said("Which service.")
    processes: int = said("How many processes of it answer.")
    outbox: int = said("Facts not told yet.")
    oldest_seconds: float = said("For how long the oldest of them has waited.")
    due: int = said("Deadlines that have fallen due and not been dealt with.")
    unheard: int = said("Facts of others that it has not heard yet.")
    parked: int = said("Facts that came before their time and wait for earlier ones.")
    dead: int = said("Facts that could not be dealt with, for someone to look at.")


@shape
class Platform:
    """The platform as its operators see it."""

    clock: datetime = said("The time that rules go by.")
    services: list[ServiceState] = said("The services that are running.")


@shape
class Redelivered:
    """Facts were told again."""

    events: int = said("How many.")


@wish
class MoveClockInput:
    """Where the business clock is to stand."""

    to: datetime | None = given("The time; without it the real time.", default=None)
    frozen: bool = given("Whether it stands still there.", default=False)


@wish
class RedeliverEventsInput:
    """Facts to be told again."""

    node: strawberry.ID = given(
        "The thing whose facts they are.",
        nodes="Channel ConnectionRequest Match Mentorship Offer Person Programme Project Round Waiting",
    )
    times: int = given("How often, up to 100.", default=1)


def _operator(context: Context, *, dev: bool = False) -> None:
    if context.caller.person is None:
        raise Fault(FaultCode.UNAUTHENTICATED)
    if not context.caller.operator or (dev and not context.desk.dev):
        raise Fault(FaultCode.FORBIDDEN)


async def _state(info: Info) -> Platform:
    desk = info.context.desk
    services = await desk.asker.operations.overview()
    ground = info.context.ground()
    return Platform(clock=await desk.clock.now(), services=[ServiceState.of(state, ground) for state in services])


@strawberry.type
class Query:
    @asks(Care)
    async def platform(self, info: Info) -> Platform | None:
        """The platform itself. For operators."""
        _operator(info.context)
        return await _state(info)


@strawberry.type
class Mutation:
    @does(Care)
    async def move_clock(self, info: Info, input: Annotated[MoveClockInput, argument("Where to.")]) -> Platform | None:
        """Move the business clock; answered once all that fell due has happened. For operators, in development."""
        _operator(info.context, dev=True)
        desk = info.context.desk
        desk.clock.moved(await desk.asker.operations.move_clock(input.to, frozen=input.frozen))
        return await _state(info)

    @does(Care)
    async def redeliver_events(
        self, info: Info, input: Annotated[RedeliverEventsInput, argument("Which, and how often.")]
    ) -> Redelivered | None:
        """Tell the facts of a thing again, as a broker might, to see that nothing changes. For operators, in development."""
        _operator(info.context, dev=True)
        kind, _ = parts_of(input.node) or ("", "")
        thing = uuid_in(input.node, kind)
        if not 1 <= input.times <= MOST_TIMES:
            raise Fault(FaultCode.BAD_USER_INPUT)
        operations = info.context.desk.asker.operations
        told = await operations.redeliver(OWNERS[kind], thing, times=input.times) if kind in OWNERS else 0
        return Redelivered(events=told)
