"""A private address for one's calendar: made, made anew, and taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_chassis.ids import new_id
from commons_contracts import mentoring as contract
from commons_contracts.codes import Language

from ..context import Ground, Info
from ..fields import Shown, adds, argument, does, said, shape
from ..identity.sessions import digest_of
from ..profiles.own import Viewer
from ..profiles.wishes import PlainInput
from ..refused import Refused, done

SCOPE = "calendar"


@shape
class CalendarFeed(Shown[contract.CalendarFeedView]):
    """The viewer's sessions as a calendar that other programs follow. Its titles are neutral: no names and no words."""

    since: datetime = said("Since when its address is there.")
    language: Language = said("The language of its titles.")


@shape
class CalendarAddress:
    """Where the viewer's calendar is to be followed. It is shown this once: whoever has it has the calendar."""

    url: str = said("Its address on this platform, without a name in it.")
    feed: CalendarFeed = said("The calendar.")


@adds(Viewer, contract.OwnCalendarFeed)
async def calendar_feed(root: strawberry.Parent[Viewer]) -> CalendarFeed | None:
    """Her calendar, if it can be followed."""
    found = (await root.ground.once(contract.OwnCalendarFeed())).items
    return CalendarFeed.of(found[0], root.ground) if found else None


CalendarAddressOrRefused = Annotated[
    CalendarAddress | Refused, strawberry.union("CalendarAddressOrRefused", description="The address, or why not.")
]
ViewerOfCalendar = Annotated[
    Viewer | Refused, strawberry.union("CalendarFeedEndedOrRefused", description="The viewer, or why not.")
]


@strawberry.type
class Mutation:
    @does(contract.RenewCalendarFeed)
    async def renew_calendar_feed(
        self, info: Info, input: Annotated[PlainInput | None, argument("Nothing.")] = None
    ) -> CalendarAddressOrRefused | None:
        """Make an address for one's calendar. The one before opens nothing any more."""
        wish = input or PlainInput()
        # Sealed with our own key, so that nobody makes one up, and the same for the same wish asked again.
        token = info.context.desk.seal.close(SCOPE, f"{info.context.caller.person} {wish.idempotency_key or new_id()}")

        def address(view: contract.CalendarFeedView, ground: Ground) -> CalendarAddress:
            return CalendarAddress(url=f"/calendars/{token}.ics", feed=CalendarFeed.of(view, ground))

        return await done(info, wish, contract.RenewCalendarFeed(feed=digest_of(token)), address)

    @does(contract.EndCalendarFeed)
    async def end_calendar_feed(
        self, info: Info, input: Annotated[PlainInput | None, argument("Nothing.")] = None
    ) -> ViewerOfCalendar | None:
        """Let one's calendar be followed no longer."""
        command = contract.EndCalendarFeed()
        return await done(info, input or PlainInput(), command, lambda _, ground: Viewer.of(None, ground))
