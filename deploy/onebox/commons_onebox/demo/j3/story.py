"""Journey J3: who plays, and what the steps hand on to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import Role, Style

from ..play import ZONE, Tale
from ..player import Player
from ..stage import together

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEEDED_AT = datetime(2027, 1, 11, 10, tzinfo=ZONE)
BEGINS = datetime(2027, 1, 13, 10, tzinfo=ZONE)
STARTS_ON, ENDS_ON, LEAD_DAYS = "2027-02-01", "2027-06-30", 21
FIRST, SECOND = (datetime(2027, 1, day, 17, tzinfo=ZONE) for day in (18, 19))
"""The two slots: at five in the afternoon."""
MENTOR, MENTEES = 26, range(10, 74)

ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id open } } } }"
PLACES = "query ($round: ID!) { viewer { places(round: $round) { style used free } } }"
OFFERED = "{ viewer { flashSlots(first: 20) { nodes { id state } } } }"
HERS = """{ viewer { connections(first: 50) { nodes { id state style } }
  sessions(first: 20) { nodes { id state startsAt } }
  mentorships(first: 50) { nodes { id style state phase match { id } } } } }"""
MENTORSHIP = """query ($id: ID!) { node(id: $id) { ... on Mentorship { id style state phase
  checklist { item askedOf done } sessions { nodes { id state startsAt minutes warnings
    times { zone startsAt } viewerCan { recordSession { allowed } } } } } } }"""


@dataclass
class Story(Tale):
    """What has happened so far. `winner` is who got the first slot; her mentorship is `flash`."""

    round: str = ""
    birgit: Player = field(init=False)
    winner: Player = field(init=False)
    other: Player = field(init=False)
    slots: list[str] = field(default_factory=list)
    match: str = ""
    flash: str = ""
    session: str = ""
    task: str = ""

    async def look(self) -> list[object]:
        """A witness: all that the three see of slots, requests, sessions and mentorships."""
        there = [one for name in ("birgit", "winner", "other") if (one := getattr(self, name, None))]
        offered = [await self.birgit.ask(OFFERED)] if there else []
        return [*offered, *await together(one.ask(HERS) for one in there)]

    async def takes_part(self, subject: str, role: Role) -> Player:
        player = await self.member(subject)
        await player.does("registerForProgramme", round=self.round, role=role)
        return player

    async def seen(self, viewer: Player) -> dict[str, Any]:
        """The flash mentorship, as one of the two sees it."""
        found: dict[str, Any] = (await viewer.ask(MENTORSHIP, id=self.flash))["node"] or {}
        return found

    async def places(self, style: Style) -> tuple[int, int]:
        """Of the mentor's places of a style: how many are taken, and how many are free."""
        found = (await self.birgit.ask(PLACES, round=self.round))["viewer"]["places"]
        wanted = next(one for one in found if one["style"] == style)
        return wanted["used"], wanted["free"]

    async def goes_on(self, to: str) -> None:
        """Both tick all that is asked of them, and the mentee goes on."""
        await self.ticks()
        await self.winner.does("advancePhase", mentorship=self.flash, to=to)

    async def ticks(self) -> None:
        both = {"MENTOR": (self.birgit,), "EACH": (self.winner, self.birgit)}
        for line in (await self.seen(self.winner))["checklist"]:
            for one in both.get(line["askedOf"], (self.winner,)):
                await one.does("tickItem", mentorship=self.flash, item=line["item"])
