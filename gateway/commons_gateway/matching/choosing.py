"""Who chooses whom: what a round's method lets its viewer do, ranked lists, and the notice that says how matching works."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.codes import Role, Style
from commons_contracts.mentoring import ListRules

from ..context import Ground, Info
from ..fields import After, First, Shown, adds, argument, does, given, loads, said, shape, told, wish
from ..profiles.people import Description, Person
from ..refused import Refused, Wish, done
from ..relay import Listing, listing, uuid_in
from .connections import ConnectionRequest
from .mentors import ROUNDS, Fit, Permission, Round, allowed_unless
from .verbs import ConnectionRequestOrRefused


@shape
class RoundViewerCan(Shown[contract.RoundCan]):
    """What the viewer can do in a round now, as far as it does not depend on whom she chooses."""

    @told
    def request_connection(self) -> Permission:
        """Ask a mentor."""
        return allowed_unless(self.view.ask_mentor)

    @told
    def offer_mentoring(self) -> Permission:
        """Ask a mentee."""
        return allowed_unless(self.view.offer_mentoring)

    @told
    def submit_preferences(self) -> Permission:
        """Send a ranked list."""
        return allowed_unless(self.view.rank)


@shape
class RankingRules(Shown[ListRules]):
    """What holds for the ranked lists of a round."""

    least: int = said("How many a list names at least.")
    most: int = said("How many a list names at most.")
    ties: bool = said("Whether several may stand in one place.")
    completed: bool = said("Whether who sends no list is matched by the criteria; otherwise she is left out.")


@shape
class RankedList(Shown[contract.PreferencesView]):
    """Whom the viewer would be matched with, best first. Nobody else sees it, a coordinator neither."""

    role: Role = said("As what she ranks them.")
    sent_at: datetime = said("When she sent it.")

    @told
    def ranked(self) -> list[Person]:
        """Best first."""
        return [Person.of(person, self.ground) for person in self.view.ranked]

    @told
    def equal(self) -> list[Person]:
        """Of these, those who stand in the same place as the one before."""
        return [Person.of(person, self.ground) for person in self.view.equal]


@shape
class PreferenceCounts(Shown[contract.ListCounts]):
    """How many have sent a list."""

    mentors: int = said("Mentors who take part.")
    mentors_sent: int = said("How many of them have sent a list.")
    mentees: int = said("Mentees who take part.")
    mentees_sent: int = said("How many of them have sent a list.")


@shape
class Mentee(Shown[contract.MenteeCardView]):
    """A mentee of a round in which mentors choose, as a mentor may see her."""

    @told
    def person(self) -> Person:
        """Who she is. `offerMentoring` takes this id."""
        return Person.of(self.view.person, self.ground)

    @told
    def description(self) -> Description:
        """What she tells of herself for matching."""
        return Description.of(self.view.description, self.ground)

    @told
    def fit(self) -> Fit:
        """How well the two fit, and why."""
        return Fit.of(self.view.fit, self.ground)


@shape
class Acknowledgement(Shown[contract.AcknowledgementView]):
    """The viewer has read how matching works."""

    version: int = said("The version of the programme whose words she read.")
    at: datetime = said("When she confirmed it.")

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round she takes part in."""
        return Round.of(found, self.ground) if found else None


@adds(Round)
async def viewer_can(root: strawberry.Parent[Round]) -> RoundViewerCan:
    """What the viewer can do now, by the programme's method."""
    return RoundViewerCan.of(root.view.can, root.ground)


@adds(Round)
async def ranking(root: strawberry.Parent[Round]) -> RankingRules | None:
    """What holds for ranked lists; none where nobody ranks."""
    return None if root.view.lists is None else RankingRules.of(root.view.lists, root.ground)


@adds(Round, contract.OwnPreferences)
async def viewer_preferences(root: strawberry.Parent[Round]) -> list[RankedList] | None:
    """The viewer's own ranked lists: one for each role that she has sent one in."""
    found = await root.ground.once(contract.OwnPreferences(round=root.view.id))
    return [RankedList.of(view, root.ground) for view in found.items]


@adds(Round, contract.PreferenceCounts)
async def preference_counts(root: strawberry.Parent[Round]) -> PreferenceCounts | None:
    """How many have sent a list. For coordinators."""
    return PreferenceCounts.of(await root.ground.once(contract.PreferenceCounts(round=root.view.id)), root.ground)


@adds(Round, contract.MenteesPage)
async def mentees(root: strawberry.Parent[Round], first: First = 20, after: After = None) -> Listing[Mentee] | None:
    """Mentees who have no mentor yet, in an order that is nobody's rank. For mentors, where mentors choose."""
    return await listing(root.ground, contract.MenteesPage, Mentee.of, first=first, after=after, round=root.view.id)


def _as_sent(wish: contract.SubmitPreferences, sent: contract.ListSent, ground: Ground) -> RankedList:
    """The answer that matching keeps says that there is a list, and not whom it names."""
    equal = tuple(person for person in wish.ranked[1:] if person in wish.equal)
    view = contract.PreferencesView(
        round=sent.round, role=sent.role, ranked=wish.ranked, equal=equal, sent_at=sent.sent_at
    )
    return RankedList.of(view, ground)


RankedListOrRefused = Annotated[
    RankedList | Refused, strawberry.union("RankedListOrRefused", description="The list, or why not.")
]
AcknowledgementOrRefused = Annotated[
    Acknowledgement | Refused,
    strawberry.union("AcknowledgementOrRefused", description="What is confirmed, or why not."),
]


@wish
class AcknowledgeMatchingNoticeInput(Wish):
    """What was read."""

    round: strawberry.ID = given("The round.", nodes="Round")
    version: int = given("The version of the programme whose `matchingNotice` was shown: `Round.programmeVersion`.")


@wish
class SubmitPreferencesInput(Wish):
    """A ranked list. It replaces the one that was sent before."""

    round: strawberry.ID = given("The round.", nodes="Round")
    role: Role = given("As what: MENTOR ranks mentees, MENTEE mentors.")
    ranked: list[strawberry.ID] = given("Whom, best first: their ids as persons.", nodes="Person")
    equal: list[strawberry.ID] = given(
        "Of these, those who stand in the same place as the one before.", default=[], nodes="Person"
    )


@wish
class OfferMentoringInput(Wish):
    """A request to a mentee."""

    round: strawberry.ID = given("The round.", nodes="Round")
    mentee: strawberry.ID = given("Whom to ask: the id of `Mentee.person`.", nodes="Person")
    style: Style = given("The style of mentoring.")
    message: str = given("What to tell her, up to 2,000 characters. Only she reads it.", default="")


@strawberry.type
class Mutation:
    @does(contract.AcknowledgeMatchingNotice)
    async def acknowledge_matching_notice(
        self, info: Info, input: Annotated[AcknowledgeMatchingNoticeInput, argument("What was read.")]
    ) -> AcknowledgementOrRefused | None:
        """Confirm that one has read how matching works."""
        command = contract.AcknowledgeMatchingNotice(round=uuid_in(input.round, "Round"), version=input.version)
        return await done(info, input, command, Acknowledgement.of)

    @does(contract.SubmitPreferences)
    async def submit_preferences(
        self, info: Info, input: Annotated[SubmitPreferencesInput, argument("The list.")]
    ) -> RankedListOrRefused | None:
        """Say whom one would be matched with, best first, where both sides choose."""
        command = contract.SubmitPreferences(
            round=uuid_in(input.round, "Round"),
            role=input.role,
            ranked=tuple(uuid_in(person, "Person") for person in input.ranked),
            equal=tuple(uuid_in(person, "Person") for person in input.equal),
        )
        return await done(info, input, command, partial(_as_sent, command))

    @does(contract.OfferMentoring)
    async def offer_mentoring(
        self, info: Info, input: Annotated[OfferMentoringInput, argument("Whom, and how.")]
    ) -> ConnectionRequestOrRefused | None:
        """Ask a mentee, where mentors choose; she answers."""
        command = contract.OfferMentoring(
            round=uuid_in(input.round, "Round"),
            mentee=uuid_in(input.mentee, "Person"),
            message=input.message,
            style=input.style,
        )
        return await done(info, input, command, ConnectionRequest.of)
