"""Journey J5: who plays, and what the steps hand on to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import Method, Role, Style

from ..play import ZONE, Tale
from ..player import Player
from ..stage import together

SECOND = timedelta(seconds=1)
SEEDED_AT = datetime(2027, 2, 15, 10, tzinfo=ZONE)
BEGINS = datetime(2027, 2, 16, 10, tzinfo=ZONE)
STARTS_ON, ENDS_ON = "2027-03-15", "2027-12-17"
CLOSE = datetime(2027, 3, 8, tzinfo=ZONE)
"""Seven days before the start, at midnight."""

ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id programmeVersion } } } }"
SEEN = """query ($id: ID!) { node(id: $id) { ... on Round { method listsCloseAt noticeAcknowledged programmeVersion
  ranking { least most ties completed }
  viewerCan { requestConnection { allowed reason } offerMentoring { allowed reason }
    submitPreferences { allowed reason } }
  viewerPreferences { role ranked { id } equal { id } } } } }"""
HERS = "viewer { connections(first: 50) { nodes { id state askedBy } } notices(first: 50) { totalCount } }"
LOOK, LOOK_AT_LISTS = f"{{ {HERS} }}", SEEN.replace("{", f"{{ {HERS} ", 1)
TELLS: Mapping[str, Any] = {
    "fields": ["0613"],
    "languages": [{"language": "en", "level": "C1"}],
    "country": "SE",
    "stage": "DOCTORATE",
    "modality": "ONLINE",
}


@dataclass(frozen=True)
class Opened:
    """A round of a programme with one method; `version` is the programme's."""

    id: str
    version: int


@dataclass
class Story(Tale):
    """What has happened so far. `two_way` is the round in which both sides rank each other."""

    mentors: list[Player] = field(default_factory=list)
    mentees: list[Player] = field(default_factory=list)
    two_way: Opened = field(init=False)
    base: str | None = None
    """The newest version with the project's own rules."""
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What each has ranked, by the ids of persons, as she herself knows it."""

    async def look(self) -> list[object]:
        """A witness: what the people of the play see of requests, notices and their own lists."""
        people = [*self.mentors, *self.mentees]
        ranking = {"id": self.two_way.id} if hasattr(self, "two_way") else {}
        return await together(one.ask(LOOK_AT_LISTS if ranking else LOOK, **ranking) for one in people)

    async def opens(self, method: Method, **more: Any) -> Opened:
        """The coordinator publishes a version of the programme with this method; one with rules of its own is no other's base."""
        wish = {"startsOn": STARTS_ON, "endsOn": ENDS_ON, "method": method, "basedOn": self.base} | more
        draft = await self.coordinator.does("createProgramme", **wish)
        self.base = self.base if "rules" in more else draft["id"]
        await self.coordinator.does("publishProgramme", programme=draft["id"])
        await self.stage.quiet()
        found = (await self.coordinator.ask(ROUND, id=draft["id"]))["node"]["round"]
        return Opened(id=found["id"], version=found["programmeVersion"])

    async def member(self, subject: str) -> Player:
        """One of those who were there before; she accepts the code in force, and tells what all of the play have in common."""
        player = await super().member(subject)
        await player.does("describeProfile", **TELLS)
        return player

    async def takes_part(self, player: Player, role: Role, opened: Opened, *, reads: bool = True) -> Player:
        await player.does("registerForProgramme", round=opened.id, role=role)
        if reads:
            await self.reads(player, opened)
        return player

    async def reads(self, player: Player, opened: Opened) -> None:
        await player.does("acknowledgeMatchingNotice", round=opened.id, version=opened.version)

    async def seen(self, player: Player, opened: Opened) -> dict[str, Any]:
        """The round, as she sees it."""
        found: dict[str, Any] = (await player.ask(SEEN, id=opened.id))["node"]
        return found


def asks(opened: Opened, mentor: Player) -> dict[str, Any]:
    """The input of a mentee's request."""
    return {"round": opened.id, "mentor": mentor.id, "style": Style.TRADITIONAL, "message": "Kan vi prata?"}


def offers(opened: Opened, mentee: Player) -> dict[str, Any]:
    """The input of a mentor's request."""
    return {"round": opened.id, "mentee": mentee.id, "style": Style.TRADITIONAL, "message": "Ska vi prata?"}
