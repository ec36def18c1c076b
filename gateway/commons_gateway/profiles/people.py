"""A member as others see her, and what she tells of herself."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.codes import ActiveBand, Audience, Cefr, Goal, Modality, OrganisationKind, Stage, Topic
from commons_contracts.geo import PlaceView
from commons_contracts.ids import OrganisationId, PersonId

from .. import geo
from ..context import Batch, Ground
from ..fields import Shown, adds, loads, said, shape, told
from ..relay import Node
from ..scalars import CountryCode, FieldCode, LanguageTag

PEOPLE: Batch[PersonId, contract.PersonView] = Batch(contract.PeopleByIds, "ids", lambda person: person.id)
ORGANISATIONS: Batch[OrganisationId, contract.OrganisationView] = Batch(
    contract.OrganisationsByIds, "ids", lambda organisation: organisation.id
)
BLOCKS_A_WEEK = 56


@shape
class SpokenLanguage(Shown[contract.Speaks]):
    """A language someone speaks, and how well."""

    language: LanguageTag = said("The language.")
    level: Cefr = said("How well.")


@shape
class Description(Shown[contract.Description]):
    """What a member tells of herself for matching."""

    fields: list[FieldCode] = said("Her fields of study or work.")
    country: CountryCode | None = said("The country she lives in.")
    goals: list[Goal] = said("What she wants to work on, or can help with.")
    modality: Modality = said("How she would like to meet.")
    stage: Stage | None = said("Where in her career she stands.")
    topics: list[Topic] = said("What she wants to talk about in particular, or can help with.")

    @told
    def languages(self) -> list[SpokenLanguage]:
        """The languages she speaks."""
        return [SpokenLanguage.of(speaks, self.ground) for speaks in self.view.languages]

    @told
    def availability(self) -> list[int]:
        """When she has time: blocks of three hours, 0 to 55, from Monday 00:00 on."""
        return [block for block in range(BLOCKS_A_WEEK) if self.view.hours >> block & 1]

    @loads(geo.PLACES, lambda self: self.view.place)
    def place(self, found: PlaceView | None) -> geo.Place | None:
        """The place she lives in or near."""
        return geo.Place.of(found, self.ground) if found else None


@shape
class Introduction(Shown[contract.IntroductionView]):
    """How someone introduces herself."""

    title: str = said("In one line.")
    text: str = said("At length.")
    language: LanguageTag = said("The language that it is written in.")
    published: bool = said("Whether others can read it.")


@shape
class Person(Node):
    """A member as other members of the project see her. People under age are seen by nobody."""

    person: strawberry.Private[PersonId]
    ground: strawberry.Private[Ground]

    @classmethod
    def of(cls, id: PersonId, ground: Ground) -> Self:
        """She is there with her id at once; all else of her is asked for when it is wanted."""
        return cls(person=id, ground=ground)

    @property
    def key(self) -> object:
        return self.person

    @loads(PEOPLE, lambda self: self.person)
    def display_name(self, found: contract.PersonView | None) -> str | None:
        """The name she goes by."""
        return found.display_name if found else None

    @loads(PEOPLE, lambda self: self.person)
    def audience(self, found: contract.PersonView | None) -> Audience | None:
        """The group of people that she belongs to."""
        return found.audience if found else None

    @loads(PEOPLE, lambda self: self.person)
    def last_active_band(self, found: contract.PersonView | None) -> ActiveBand | None:
        """How recently she was here."""
        return found.active if found else None

    @loads(PEOPLE, lambda self: self.person)
    def description(self, found: contract.PersonView | None) -> Description | None:
        """What she tells of herself for matching."""
        return Description.of(found.description, self.ground) if found else None

    @loads(PEOPLE, lambda self: self.person)
    def introduction(self, found: contract.PersonView | None) -> Introduction | None:
        """How she introduces herself, once she has published it."""
        return Introduction.of(found.introduction, self.ground) if found and found.introduction else None


class OfTwo(Protocol):
    """What an owner tells of something between two people."""

    @property
    def mentor(self) -> PersonId: ...
    @property
    def mentee(self) -> PersonId: ...


T = TypeVar("T", bound=OfTwo)


@shape
class Pair(Shown[T]):
    """What stands between a mentor and a mentee shows both."""

    @told
    def mentor(self) -> Person:
        """The mentor."""
        return Person.of(self.view.mentor, self.ground)

    @told
    def mentee(self) -> Person:
        """The mentee."""
        return Person.of(self.view.mentee, self.ground)


@shape
class Identifier:
    """What an organisation is called in a published register."""

    scheme: str = said("The register, such as `ror` or `erasmus`.")
    value: str = said("The identifier in it.")


@shape
class Organisation(Node, Shown[contract.OrganisationView]):
    """A university, school, company, association or authority."""

    kind: OrganisationKind = said("What it is.")
    name: str = said("Its name.")
    country: CountryCode = said("The country it lies in.")
    city: str = said("The city it lies in, as it writes it.")
    website: str = said("Its address on the web.")

    @told
    def identifiers(self) -> list[Identifier]:
        """Its identifiers in published registers."""
        return [Identifier(scheme=scheme, value=value) for scheme, value in sorted(self.view.identifiers.items())]


def member(view: contract.PersonView, ground: Ground) -> Person:
    """A person of whom a list has brought all there is to know."""
    ground.know(PEOPLE, view)
    return Person.of(view.id, ground)


@adds(geo.OrganisationNear, contract.OrganisationsByIds)
async def organisation(root: strawberry.Parent[geo.OrganisationNear]) -> Organisation | None:
    """The organisation."""
    found = await root.ground.load(ORGANISATIONS, root.view.organisation)
    return Organisation.of(found, root.ground) if found else None
