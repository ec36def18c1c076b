"""Rounds, and the mentors to be found in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.base import Refusal
from commons_contracts.codes import ActiveBand, Criterion, Method, RefusalCode, Role, Style
from commons_contracts.geo import DistanceView, PlacesWithin
from commons_contracts.ids import PersonId, PlaceId, RoundId
from commons_contracts.profiles import PersonView, ProjectsByIds

from .. import geo
from ..context import Batch, Info
from ..fields import After, First, OnlyId, Shown, adds, argument, asks, given, loads, proves, said, shape, told, wish
from ..profiles.own import PROJECTS, Project
from ..profiles.people import PEOPLE, Description, Introduction, Person
from ..relay import Listing, Node, empty, listing, place_in, uuid_in
from ..scalars import CountryCode, FieldCode, LanguageTag, TimeZone
from ..sentences import Catalogue

ROUNDS: Batch[RoundId, contract.RoundView] = Batch(contract.RoundsOf, "ids", lambda found: found.id)
CARDS: Batch[PersonId, contract.MentorCardView] = Batch(contract.MentorCardsByIds, "ids", lambda card: card.person)


@shape
class Permission:
    """Whether the viewer can do something now. What she then does is decided anew."""

    allowed: bool = said("Whether she can.")
    reason: RefusalCode | None = said("Why she cannot.")

    @told
    async def message(self, info: Info) -> str | None:
        """Why she cannot, as a sentence in her language."""
        return Catalogue.of(await info.context.language()).plain(self.reason) if self.reason else None


def allowed_unless(reason: RefusalCode | None) -> Permission:
    return Permission(allowed=reason is None, reason=reason)


@shape
class FitPart(Shown[contract.FitPart]):
    """What one criterion adds to how well two people fit."""

    criterion: Criterion = said("The criterion.")
    points: int = said("What it adds.")
    most: int = said("What it could add at most.")
    skipped: bool = said("Whether it was left out, because someone has not agreed to it.")


@shape
class Fit(Shown[contract.FitView]):
    """How well a mentor and the viewer fit, from 0 to 10,000 points, and why. The parts sum to the total."""

    points: int = said("The total.")

    @told
    def parts(self) -> list[FitPart]:
        """What each criterion adds."""
        return [FitPart.of(part, self.ground) for part in self.view.parts]


@shape
class MentorViewerCan(Shown[contract.MentorCardView]):
    """What the viewer can do with a mentor, as far as her card tells."""

    @told
    def request_connection(self) -> Permission:
        """Ask her."""
        return allowed_unless(None if self.view.free_places else RefusalCode.MENTOR_AT_CAPACITY)

    @told
    def waitlist_for_mentor(self) -> Permission:
        """Wait for a place with her, which makes sense while all are taken."""
        return allowed_unless(RefusalCode.INVALID_TRANSITION if self.view.free_places else None)


def _place_to_measure(mentor: Mentor) -> PlaceId | None:
    """Where she lives, if the viewer has told as well where she does."""
    return None if mentor.view.seen_from is None else mentor.view.description.place


@shape
class Mentor(Shown[contract.MentorCardView]):
    """A mentor of a round, as this viewer may see her."""

    free_places: int = said(
        "How many places are free with her, in all styles together, or in the one the list was filtered by."
    )

    @told
    def person(self) -> Person:
        """Who she is. `requestConnection` takes this id."""
        return Person.of(self.view.person, self.ground)

    @told
    def description(self) -> Description:
        """What she tells of herself for matching."""
        return Description.of(self.view.description, self.ground)

    @told
    def fit(self) -> Fit:
        """How well the two fit, and why."""
        return Fit.of(self.view.fit, self.ground)

    @told
    def viewer_can(self) -> MentorViewerCan:
        """What the viewer can do now."""
        return MentorViewerCan.of(self.view, self.ground)

    @loads(PEOPLE, lambda self: self.view.person)
    def last_active_band(self, found: PersonView | None) -> ActiveBand | None:
        """How recently she was here."""
        return found.active if found else None

    @loads(PEOPLE, lambda self: self.view.person)
    def introduction(self, found: PersonView | None) -> Introduction | None:
        """How she introduces herself."""
        return Introduction.of(found.introduction, self.ground) if found and found.introduction else None

    @loads(geo.DISTANCES, _place_to_measure, lambda self: {"place": self.view.seen_from})
    def distance_km(self, found: DistanceView | None) -> float | None:
        """How far from the viewer she lives, where both have said where that is."""
        return round(found.kilometres, 1) if found and found.kilometres is not None else None


@wish
class MentorFilter:
    """What a mentor should be like. Several values of one kind: any of them; several kinds: all of them."""

    fields: list[FieldCode] = given("In one of these fields.", default=[])
    languages: list[LanguageTag] = given("Speaking one of these languages.", default=[])
    countries: list[CountryCode] = given("Living in one of these countries.", default=[])
    near: geo.Near | None = given("Living around a place.", default=None)
    style: Style | None = given("Free for this style of mentoring.", default=None)


@shape
class Round(Node, Shown[contract.RoundView]):
    """One recruitment and matching of a programme."""

    programme_version: int = said("The version of the programme that it follows.")
    starts_on: date | None = said("The day the mentorships begin; none where they begin all the time.")
    opens_at: datetime | None = said("When registration opens; none where it always was.")
    closes_at: datetime | None = said("When registration closes; none where it never does.")
    open: bool = said("Whether registration is open now.")
    styles: list[Style] = said("The styles of mentoring to choose from.")
    registered_as: list[Role] = said("What the viewer has registered as.")
    method: Method = said("How people are brought together.")
    lists_close_at: datetime | None = said("Until when both sides rank each other; none where nobody does.")
    notice_acknowledged: bool | None = said(
        "Whether the viewer has confirmed how matching works; none where the programme does not ask for it."
    )

    @asks(ProjectsByIds)
    async def zone(self) -> TimeZone | None:
        """The time zone that its dates are reckoned in."""
        project = await self.ground.load(PROJECTS, self.ground.project) if self.ground.project else None
        return TimeZone(project.zone) if project else None

    @proves(contract.MentorsPage, PlacesWithin)
    async def mentors(
        self,
        filter: Annotated[MentorFilter | None, argument("What they should be like.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Listing[Mentor] | None:
        """Mentors with a free place, in an order that is nobody's rank."""
        wanted = filter or MentorFilter()
        places: tuple[PlaceId, ...] = ()
        if wanted.near is not None:
            within = PlacesWithin(place=place_in(wanted.near.place), kilometres=wanted.near.kilometres)
            places = (await self.ground.once(within)).ids
            if not places:
                if isinstance(self.view, OnlyId):
                    raise Refusal(RefusalCode.NOT_FOUND)  # matching was not asked whether there is such a round
                return empty()
        chosen = contract.MentorFilter(
            fields=tuple(wanted.fields),
            languages=tuple(wanted.languages),
            countries=tuple(wanted.countries),
            places=places,
            style=wanted.style,
        )
        fields = {"round": self.view.id, "filter": chosen}
        return await listing(self.ground, contract.MentorsPage, Mentor.of, first=first, after=after, **fields)

    @asks(contract.MentorCardsByIds)
    async def mentor(self, person: Annotated[strawberry.ID, argument("Whom.", nodes="Person")]) -> Mentor | None:
        """One mentor, also where all her places are taken."""
        card = await self.ground.load(CARDS, uuid_in(person, "Person"), round=self.view.id)
        return Mentor.of(card, self.ground) if card else None

    @asks(contract.Suggestions)
    async def suggestions(
        self, first: Annotated[int, argument("How many at most, from 1 to 20.")] = 5
    ) -> list[Mentor] | None:
        """The mentors who fit the viewer best among those she has not asked, best first."""
        found = await self.ground.once(contract.Suggestions(round=self.view.id, first=first))
        return [Mentor.of(card, self.ground) for card in found.items]

    @asks(contract.OwnPlaces)
    async def viewer_places(self) -> list[MentorPlaces] | None:
        """The viewer's own places as a mentor."""
        found = await self.ground.once(contract.OwnPlaces(round=self.view.id))
        return [MentorPlaces.of(view, self.ground) for view in found.items]


@adds(Project, contract.RoundsOf)
async def rounds(root: strawberry.Parent[Project]) -> list[Round] | None:
    """The rounds of all its programmes, newest first."""
    found = await root.ground.once(contract.RoundsOf())
    return [Round.of(view, root.ground) for view in found.items]


@shape
class MentorPlaces(Shown[contract.PlacesView]):
    """A mentor's places in a round, of one style."""

    style: Style = said("The style.")
    most: int = said("How many mentees she takes.")
    used: int = said("How many places are taken.")
    held: int = said("How many are held for those who wait.")
    free: int = said("How many are free.")
