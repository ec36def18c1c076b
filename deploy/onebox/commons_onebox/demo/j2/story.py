"""Journey J2: who plays, and what the steps hand on to one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.codes import Role, Style

from ..play import ZONE, Tale
from ..player import Player
from ..stage import together

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SEEDED_AT = datetime(2026, 11, 19, 10, tzinfo=ZONE)
BEGINS = datetime(2026, 11, 20, 10, tzinfo=ZONE)
"""Recruitment for the start on 11 December is open from this day; the four pairs find each other at this hour."""
STARTS_ON, ENDS_ON, LEAD_DAYS = "2026-12-11", "2027-06-30", 21

MENTORSHIP = """query ($id: ID!) { node(id: $id) { ... on Mentorship {
  id state phase merged startsOn endsOn minutesAMonth extensionTo extensionBy halfwayAt resuming overAt
  checklist { item phase askedOf done doneBy { id } }
  agreement { version state } agreements { version state clause mentorSignedAt menteeSignedAt goals { key text state } }
} } }"""
MINE = "{ viewer { mentorships(first: 5) { nodes { id match { id } } } } }"
PLACES = "query ($round: ID!) { viewer { places(round: $round) { style most used held free } } }"
TERMS: Mapping[str, Any] = {
    "language": "sv",
    "startsOn": "2026-11-23",
    "endsOn": "2026-12-07",
    "minutesAMonth": 120,
    "cadenceDays": 7,
    "sessionMinutes": 45,
    "modality": "ONLINE",
    "goals": [{"text": "Våga söka en praktikplats", "steps": "Skriv till tre företag."}],
    "expectations": "Vi är ärliga mot varandra.",
    "mentorBoundaries": "Jag läser inga rapporter.",
    "menteeBoundaries": "Jag ringer inte på kvällen.",
    "confidentiality": "Det vi säger stannar mellan oss.",
    "mentorSuccess": ["Jag gav plats åt hennes egna svar."],
    "menteeSuccess": ["Jag har en plan för sommaren."],
}
"""An agreement as WESTEM's manual has it, and within its limits."""


@dataclass(frozen=True)
class Pair:
    """Two who found each other; `id` is their mentorship's."""

    id: str
    mentor: Player
    mentee: Player

    @property
    def both(self) -> tuple[Player, Player]:
        return self.mentee, self.mentor


@dataclass
class Story(Tale):
    """What has happened so far. The pairs are named after what becomes of them."""

    round: str = ""
    session: str = ""
    pairs: list[Pair] = field(default_factory=list)
    things: dict[str, str] = field(default_factory=dict)

    @property
    def finishing(self) -> Pair:
        return self.pairs[0]

    @property
    def merging(self) -> Pair:
        return self.pairs[1]

    @property
    def resting(self) -> Pair:
        return self.pairs[2]

    @property
    def ending(self) -> Pair:
        return self.pairs[3]

    async def look(self) -> list[object]:
        """A witness: what stands in every pair's mentorship, which the two see alike."""
        return await together(self.seen(pair) for pair in self.pairs)

    async def seen(self, pair: Pair, viewer: Player | None = None) -> dict[str, Any]:
        found: dict[str, Any] = (await (viewer or pair.mentee).ask(MENTORSHIP, id=pair.id))["node"] or {}
        return found

    # ------------------------------------------------------------ people
    async def takes_part(self, subject: str, role: Role) -> Player:
        player = await self.member(subject)
        await player.does("registerForProgramme", round=self.round, role=role)
        return player

    async def pair(self, mentor: int, mentee: int) -> Pair:
        """A mentor with one place, and the mentee who has it."""
        giving = await self.takes_part(f"mentor-{mentor}", Role.MENTOR)
        asking = await self.takes_part(f"mentee-{mentee}", Role.MENTEE)
        await giving.does("setPlaces", round=self.round, style=Style.TRADITIONAL, most=1)
        wish = {"round": self.round, "mentor": giving.id, "style": Style.TRADITIONAL, "message": "Har du tid för mig?"}
        request = (await asking.does("requestConnection", **wish))["id"]
        match = (await giving.does("acceptConnection", connection=request))["match"]["id"]
        await self.stage.quiet()
        mine = (await asking.ask(MINE))["viewer"]["mentorships"]["nodes"]
        id = next(one["id"] for one in mine if one["match"] and one["match"]["id"] == match)
        return Pair(id=id, mentor=giving, mentee=asking)

    async def told(self, player: Player, code: str, pair: Pair) -> list[int | None]:
        """The numbers of what she was told with this code about this mentorship, newest first."""
        notices = await self.notices(player, code)
        return [one["number"] for one in notices if one["subject"] and one["subject"]["id"] == pair.id]

    async def places(self, mentor: Player) -> tuple[int, int]:
        """Of the season's places of hers: how many are taken, and how many are free."""
        found = (await mentor.ask(PLACES, round=self.round))["viewer"]["places"]
        season = next(one for one in found if one["style"] == Style.TRADITIONAL)
        return season["used"], season["free"]

    # ------------------------------------------------------------ their way
    async def ticks(self, pair: Pair, *, but: Sequence[str] = ()) -> None:
        """Both tick all that is asked of them, but for some lines."""
        for line in (await self.seen(pair))["checklist"]:
            by = {"MENTOR": (pair.mentor,), "EACH": pair.both}.get(line["askedOf"], (pair.mentee,))
            for one in by if line["item"] not in but else ():
                await one.does("tickItem", mentorship=pair.id, item=line["item"])

    async def goes_on(self, pair: Pair, to: str) -> None:
        await self.ticks(pair)
        await pair.mentee.does("advancePhase", mentorship=pair.id, to=to)

    async def agrees(self, pair: Pair, **changes: Any) -> None:
        """A version that both sign."""
        terms = {"mentorship": pair.id, **TERMS, **changes}
        version = (await pair.mentee.does("proposeAgreement", **terms))["version"]
        for one in pair.both:
            await one.does("signAgreement", mentorship=pair.id, version=version)

    async def refuses(
        self,
        step: str,
        code: str,
        pair: Pair,
        who: Player,
        verb: str,
        *,
        why: str,
        params: Mapping[str, Any] | None = None,
        **input: Any,
    ) -> None:
        """A rule of a pair: refused, and nothing stored or told that either of the two, or anybody else, would see."""
        given = {"mentorship": pair.id, **input}
        await self.stage.refuses(step, code, who, verb, given, why=why, params=params, beside=pair.both)
