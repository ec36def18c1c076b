"""Codes of conduct, and the channels of those who were matched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import community as contract
from commons_contracts.codes import Conduct
from commons_contracts.ids import ChannelId, MatchId
from commons_contracts.matching import MatchesByIds

from .context import Batch, Info
from .fields import After, First, Shown, adds, argument, asks, does, given, said, shape, told, wish
from .matching.connections import MATCHES, Match
from .mentoring.mentorships import Mentorship
from .profiles.own import Project, Viewer
from .profiles.people import Person
from .refused import Refused, Wish, done
from .relay import Listing, Node, listing
from .scalars import LanguageTag

CHANNELS: Batch[ChannelId, contract.ChannelView] = Batch(contract.ChannelsByIds, "ids", lambda channel: channel.id)
BY_MATCH: Batch[MatchId, contract.ChannelView] = Batch(
    contract.ChannelsByMatch, "matches", lambda channel: channel.match
)


@shape
class CodeOfConduct(Shown[contract.CodeOfConductView]):
    """A code of conduct in force, in the best language for the viewer."""

    kind: Conduct = said("Whom it is for.")
    version: int = said("Its version; whoever accepted an older one is asked again.")
    language: LanguageTag = said("The language that was served.")
    text: str = said("What it says.")
    published_at: datetime = said("Since when it holds.")


@shape
class Channel(Node, Shown[contract.ChannelView]):
    """A private place for those who were matched."""

    opened_at: datetime = said("When it was opened.")

    @told
    def members(self) -> list[Person]:
        """Who is in it."""
        return [Person.of(person, self.ground) for person in self.view.members]

    @asks(MatchesByIds)
    async def match(self) -> Match | None:
        """The match it was opened for."""
        found = await self.ground.load(MATCHES, self.view.match)
        return Match.of(found, self.ground) if found else None


CodeOfConductOrRefused = Annotated[
    CodeOfConduct | Refused, strawberry.union("CodeOfConductOrRefused", description="The code, or why not.")
]


@wish
class CodeTextInput:
    """A code of conduct in one language."""

    language: LanguageTag = given("The language.")
    text: str = given("What it says, up to 20,000 characters.")


@wish
class PublishCodeOfConductInput(Wish):
    """A new version of a code of conduct."""

    kind: Conduct = given("Whom it is for.")
    texts: list[CodeTextInput] = given("What it says, in each language.")


@adds(Project, contract.ConductInForceNow)
async def codes_of_conduct(
    root: strawberry.Parent[Project],
    kinds: Annotated[list[Conduct] | None, argument("Only these kinds.")] = None,
) -> list[CodeOfConduct] | None:
    """The codes of conduct in force."""
    found = await root.ground.once(contract.ConductInForceNow(kinds=tuple(kinds or ())))
    return [CodeOfConduct.of(view, root.ground) for view in found.items]


@adds(Viewer, contract.ChannelsPage)
async def channels(root: strawberry.Parent[Viewer], first: First = 20, after: After = None) -> Listing[Channel] | None:
    """Her channels, newest first."""
    return await listing(root.ground, contract.ChannelsPage, Channel.of, first=first, after=after)


@adds(Match, contract.ChannelsByMatch)
async def channel(root: strawberry.Parent[Match]) -> Channel | None:
    """The private channel that was opened for it."""
    found = await root.ground.load(BY_MATCH, root.view.id)
    return Channel.of(found, root.ground) if found else None


@adds(Mentorship, contract.ChannelsByMatch, name="channel")
async def mentorship_channel(root: strawberry.Parent[Mentorship]) -> Channel | None:
    """The private channel of the two."""
    found = await root.ground.load(BY_MATCH, root.view.match)
    return Channel.of(found, root.ground) if found else None


@strawberry.type
class Mutation:
    @does(contract.PublishCodeOfConduct)
    async def publish_code_of_conduct(
        self, info: Info, input: Annotated[PublishCodeOfConductInput, argument("The code.")]
    ) -> CodeOfConductOrRefused | None:
        """Put a new version of a code of conduct in force. For coordinators."""
        command = contract.PublishCodeOfConduct(
            kind=input.kind, texts={text.language: text.text for text in input.texts}
        )
        return await done(info, input, command, CodeOfConduct.of)
