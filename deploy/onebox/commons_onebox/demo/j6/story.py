"""Journey J6: who plays, and what the steps hand on to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from commons_contracts.codes import Method, Modality, Role, Style
from commons_contracts.codes import Stage as Career

from ..play import ZONE, Tale
from ..player import Player
from ..stage import together

SEEDED_AT = datetime(2027, 8, 16, 10, tzinfo=ZONE)
BEGINS = datetime(2027, 8, 17, 10, tzinfo=ZONE)
STARTS_ON, ENDS_ON = "2027-09-13", "2027-12-17"
FROM = 10
"""The number of the first of those who play: the ones before have other parts."""
LEFT = ("NO_COMMON_LANGUAGE", "NO_MODALITY_OVERLAP", "ALL_BLOCKED", "NOT_ACKNOWLEDGED", "PROFILE_INCOMPLETE")

ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id programmeVersion } } } }"
INTRODUCED = "{ viewer { profile { introduction { published } } } }"
RUN = """query ($id: ID!) { node(id: $id) { ... on MatchRun { id state dryRun failure identity resultHash matched total
  moved pinsDropped mentees mentors places basedOn
  proposals(first: 100) { nodes { score origin moved mentor { id } mentee { id } } } } } }"""
RUNS = """query ($round: ID!) { node(id: $round) { ... on Round {
  matchRuns { id state matched total moved } pairWishes { wish reason mentor { id } mentee { id } } } } }"""
FOLLOWED = "subscription ($id: ID!) { matchRun(id: $id) { state progress shardsDone shards workers matched } }"
HERS = "{ viewer { connections(first: 50) { nodes { id state } } mentorships(first: 50) { nodes { id state } } } }"


@dataclass
class Story(Tale):
    """What has happened so far: the round, who plays in it, and the runs that were started."""

    round: str = ""
    version: int = 0
    mentors: list[Player] = field(default_factory=list)
    """The last one speaks Greek alone."""
    mentees: list[Player] = field(default_factory=list)
    """Ten who can be matched with most."""
    left: dict[str, Player] = field(default_factory=dict)
    """By the reason why they will be."""
    tried: str = ""
    """A dry run."""
    run: str = ""
    """The run that is looked at and decided about."""

    async def look(self) -> list[object]:
        """A witness: all runs with what they propose, and what those who play see of requests and mentorships."""
        found: list[object] = await together(one.ask(HERS) for one in [*self.mentors, *self.mentees])
        if self.round:
            found.append(await self.coordinator.ask(RUNS, round=self.round))
        if self.run:
            found.append(await self.coordinator.ask(RUN, id=self.run))
        return found

    async def opens(self) -> None:
        """A round in which mentees may ask, and a run brings together who has not."""
        wish = {"startsOn": STARTS_ON, "endsOn": ENDS_ON, "method": Method.ONE_WAY_MENTEE}
        draft = await self.coordinator.does("createProgramme", **wish)
        await self.coordinator.does("publishProgramme", programme=draft["id"])
        await self.stage.quiet()
        found = (await self.coordinator.ask(ROUND, id=draft["id"]))["node"]["round"]
        self.round, self.version = found["id"], found["programmeVersion"]

    async def joins(self, player: Player, role: Role, *, reads: bool = True, **told: Any) -> Player:
        """She takes part and tells of herself; what is not said is as with most."""
        tongue = told.pop("speaks", "sv")
        most: dict[str, Any] = {
            "fields": ["0714"],
            "country": "SE",
            "stage": Career.BACHELOR,
            "modality": Modality.ONLINE,
        }
        most |= {"languages": [{"language": tongue, "level": "C2"}], "availability": [3, 4, 5]}
        await player.does("registerForProgramme", round=self.round, role=role)
        await player.does("describeProfile", **most | told)
        if reads:
            await player.does("acknowledgeMatchingNotice", round=self.round, version=self.version)
        return player

    async def mentor(self, number: int, places: int, **told: Any) -> Player | None:
        """None where she has not introduced herself."""
        player = await self.member(f"mentor-{number}")
        seen = (await player.ask(INTRODUCED))["viewer"]["profile"]["introduction"]
        if not (seen and seen["published"]):
            return None
        await self.joins(player, Role.MENTOR, **{"stage": Career.SENIOR} | told)
        await player.does("setPlaces", round=self.round, style=Style.TRADITIONAL, most=places)
        return player

    async def starts(self, **more: Any) -> str:
        run: str = (await self.coordinator.does("startMatchRun", round=self.round, **more))["id"]
        return run

    async def follows(self, run: str) -> list[dict[str, Any]]:
        """All that is told of a run until it is over."""
        seen: list[dict[str, Any]] = []
        async with self.coordinator.follows(FOLLOWED, id=run) as pushes:
            async for push in pushes:
                seen.append(push["matchRun"])
                if seen[-1]["state"] not in {"QUEUED", "RUNNING"}:
                    break
        return seen

    async def computed(self, run: str) -> dict[str, Any]:
        """A run once it is over."""
        await self.follows(run)
        self.stage.stir()
        found: dict[str, Any] = (await self.coordinator.ask(RUN, id=run))["node"]
        return found


def pairs(run: dict[str, Any]) -> dict[str, str]:
    """Mentor by mentee."""
    return {one["mentee"]["id"]: one["mentor"]["id"] for one in run["proposals"]["nodes"]}
