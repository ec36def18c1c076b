"""Mentorships, and where they hang together with matches, notices and the viewer."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import MentorshipState, Phase, Role, Style, Ticker
from commons_contracts.ids import MatchId, MentorshipId
from commons_contracts.matching import MatchesByIds

from ..context import Batch, Info
from ..fields import After, First, adds, asks, said, shape, told
from ..matching.connections import MATCHES, Match
from ..profiles.own import Viewer
from ..profiles.people import Pair, Person
from ..relay import Listing, Node, listing
from .programmes import PROGRAMMES, Programme
from .texts import LocalText, best

MENTORSHIPS: Batch[MentorshipId, contract.MentorshipView] = Batch(
    contract.MentorshipsByIds, "ids", lambda mentorship: mentorship.id
)
BY_MATCH: Batch[MatchId, contract.MentorshipView] = Batch(
    contract.MentorshipsByMatch, "matches", lambda mentorship: mentorship.match
)


@shape
class ChecklistLine:
    """Something to do in a phase."""

    item: str = said("Its code.")
    phase: Phase = said("The phase it belongs to.")
    asked_of: Ticker = said("Who ticks it.")
    done: bool = said("Whether it is ticked by all of whom it is asked.")
    done_by: Person | None = said("Who ticked it, or did so first; none before it is done.")
    ticked_by: list[Person] = said("Who has ticked it so far.")
    mentorship: strawberry.Private[Mentorship]

    @asks(contract.ProgrammesByIds)
    async def label(self, info: Info) -> LocalText | None:
        """Its words, in the best language for the viewer."""
        found = await self.mentorship.ground.load(PROGRAMMES, self.mentorship.view.programme)
        words = found.texts.checklist_items.get(self.item, {}) if found else {}
        return best(words, await info.context.language())


@shape
class Mentorship(Node, Pair[contract.MentorshipView]):
    """What a mentor and a mentee do together."""

    programme_version: int = said("The version of the programme that it follows to its end.")
    style: Style = said("The style of mentoring.")
    state: MentorshipState = said("What has become of it.")
    phase: Phase = said("Where it stands.")
    merged: Phase | None = said("The phase before, where it is held in one meeting with this one.")
    opened_at: datetime = said("When it began.")
    starts_on: date | None = said("The first day of the agreed time; none before both have signed.")
    ends_on: date | None = said("The last day of the agreed time.")
    minutes_a_month: int | None = said("How many minutes a month were agreed.")
    extension_to: date | None = said("The last day that one of the two would extend it to.")
    extension_by: Role | None = said("Who of the two would.")
    halfway_at: datetime | None = said("When half of the agreed time was over, and looking back began.")
    resuming: bool = said("Whether it waits for a free place to go on after a pause.")
    over_at: datetime | None = said("When it was over.")

    @told
    def checklist(self) -> list[ChecklistLine]:
        """What is to be done in this phase, and in the one that is held together with it."""
        return [
            ChecklistLine(
                item=line.item,
                phase=line.phase,
                asked_of=line.asked_of,
                done=line.done,
                done_by=Person.of(line.done_by, self.ground) if line.done_by else None,
                ticked_by=[Person.of(one, self.ground) for one in line.ticked_by],
                mentorship=self,
            )
            for line in self.view.checklist
        ]

    @asks(contract.ProgrammesByIds)
    async def programme(self) -> Programme | None:
        """The programme it belongs to."""
        found = await self.ground.load(PROGRAMMES, self.view.programme)
        return Programme.of(found, self.ground) if found else None

    @asks(MatchesByIds)
    async def match(self) -> Match | None:
        """The match it came from."""
        found = await self.ground.load(MATCHES, self.view.match)
        return Match.of(found, self.ground) if found else None


@adds(Viewer, contract.MentorshipsPage)
async def mentorships(
    root: strawberry.Parent[Viewer], first: First = 20, after: After = None
) -> Listing[Mentorship] | None:
    """Her mentorships, newest first."""
    return await listing(root.ground, contract.MentorshipsPage, Mentorship.of, first=first, after=after)


@adds(Match, contract.MentorshipsByMatch)
async def mentorship(root: strawberry.Parent[Match]) -> Mentorship | None:
    """The mentorship that came of it."""
    found = await root.ground.load(BY_MATCH, root.view.id)
    return Mentorship.of(found, root.ground) if found else None
