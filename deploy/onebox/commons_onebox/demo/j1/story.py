"""Journey J1: who plays, and what the steps hand on to one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import Conduct, Role, Style

from ..play import ZONE, Tale
from ..player import Player
from ..stage import together

SEEDED_AT = datetime(2026, 9, 1, 10, tzinfo=ZONE)
FIRST_DAY = datetime(2026, 9, 8, 10, tzinfo=ZONE)
OPENS = datetime(2026, 9, 10, tzinfo=ZONE)
STARTS_ON, ENDS_ON = "2026-10-01", "2027-01-31"
LEAD_DAYS = 21
SECOND = timedelta(seconds=1)

ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id opensAt closesAt open } } } }"
CONNECTION = """query ($id: ID!) { node(id: $id) { ... on ConnectionRequest {
  id state declineReason declineNote daysLeft expiresAt message match { id } mentor { id } mentee { id }
  round { suggestions(first: 5) { person { id } fit { points parts { points } } } } } } }"""


@dataclass
class Story(Tale):
    """What has happened so far. `round` is the one that step 1 opens; ids are the platform's."""

    code_version: int = 1
    round: str = ""
    programme: str = ""
    ebba: Player = field(init=False)
    astrid: Player = field(init=False)
    winner: Player = field(init=False)
    loser: Player = field(init=False)
    won_request: str = ""
    match: str = ""
    things: dict[str, str] = field(default_factory=dict)
    """One id of each kind of node, for whoever wants to try them from elsewhere."""

    # ------------------------------------------------------------ people
    async def newcomer(self, subject: str, name: str, role: Role, *, born: int = 1996) -> Player:
        """Someone who registers and joins now; she has accepted nothing yet."""
        player = self.stage.player(subject)
        await player.does("registerPerson", displayName=name, birthYear=born, birthMonth=4, country="SE", language="SV")
        await player.does("joinProject", roles=[role])
        return await player.known()

    async def accepts(self, player: Player, kind: Conduct = Conduct.COMMUNITY) -> None:
        version = self.code_version if kind is Conduct.COMMUNITY else 1
        await player.does("acceptCodeOfConduct", kind=kind, version=version)

    async def takes_part(self, subject: str, role: Role) -> Player:
        """One of the members who were there before: she accepts the new code and registers for the round."""
        player = await self.stage.player(subject).known()
        await self.accepts(player)
        await player.does("registerForProgramme", round=self.round, role=role)
        return player

    async def mentees(self, numbers: Sequence[int]) -> list[Player]:
        return await together(self.takes_part(f"mentee-{n}@{self.stage.project}", Role.MENTEE) for n in numbers)

    async def mentors(self, numbers: Sequence[int]) -> list[Player]:
        return await together(self.takes_part(f"mentor-{n}@{self.stage.project}", Role.MENTOR) for n in numbers)

    async def mentor_with(self, number: int, places: int) -> Player:
        """A mentor with so many places of the style that all here ask for."""
        (mentor,) = await self.mentors([number])
        await self.gives(mentor, places)
        return mentor

    async def gives(self, mentor: Player, places: int, style: Style = Style.TRADITIONAL) -> None:
        await mentor.does("setPlaces", round=self.round, style=style, most=places)

    # ------------------------------------------------------------ requests
    def wish(self, mentor: Player, message: str = "Could we talk?") -> dict[str, Any]:
        """The input of a request to her."""
        return {"round": self.round, "mentor": mentor.id, "message": message, "style": Style.TRADITIONAL}

    async def asks(self, mentee: Player, mentor: Player) -> str:
        """The id of a new request."""
        return str((await mentee.does("requestConnection", **self.wish(mentor)))["id"])

    async def matched(self, mentee: Player, mentor: Player) -> str:
        """The id of the match that comes of a request and its acceptance."""
        request = await self.asks(mentee, mentor)
        return str((await mentor.does("acceptConnection", connection=request))["match"]["id"])

    async def request(self, viewer: Player, id: str) -> dict[str, Any]:
        """A request as the viewer sees it; empty where she does not."""
        found: dict[str, Any] = (await viewer.ask(CONNECTION, id=id))["node"] or {}
        return found

    async def round_of(self, programme: str) -> dict[str, Any]:
        """The round that a published programme has opened."""
        await self.stage.quiet()
        found: dict[str, Any] = (await self.coordinator.ask(ROUND, id=programme))["node"]["round"]
        return found
