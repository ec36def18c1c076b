"""What profiles tells the others."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ..base import Event
from ..codes import AccountState, Conduct, OrganisationKind, PauseCause, Role, TrainingModule
from ..ids import Country, MembershipId, OrganisationId, PersonId, PlaceId, Zone
from .views import Description


class ProjectOpened(Event, of="project"):
    zone: Zone


class PersonRegistered(Event, of="person", about=("person",)):
    person: PersonId
    state: AccountState


class PersonCameOfAge(Event, of="person", about=("person",)):
    person: PersonId


class MembershipBegan(Event, of="membership", about=("person",)):
    """Also the safety card: whether she is an adult, which every contact between two people asks."""

    membership: MembershipId
    person: PersonId
    roles: tuple[Role, ...]
    adult: bool


class RolesGranted(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    roles: tuple[Role, ...]


class ConductAccepted(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    kind: Conduct
    version: int


class ConductInForce(Event, of="conduct"):
    conduct: UUID
    kind: Conduct
    version: int


class ProfileDescribed(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    description: Description


class IntroductionPublished(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId


class IntroductionWithdrawn(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId


class MentoringPaused(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    cause: PauseCause


class MentoringResumed(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId


class TrainingRecorded(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    module: TrainingModule
    held_on: date


class MediaConsentChanged(Event, of="membership", about=("person",)):
    membership: MembershipId
    person: PersonId
    given: bool


class PersonBlocked(Event, of="block", about=("by", "person")):
    block: UUID
    by: PersonId
    person: PersonId


class PersonUnblocked(Event, of="block", about=("by", "person")):
    block: UUID
    by: PersonId
    person: PersonId


class OrganisationRegistered(Event, of="organisation"):
    """Organisations, unlike people, may be placed exactly."""

    organisation: OrganisationId
    kind: OrganisationKind
    country: Country
    place: PlaceId | None
    latitude: float | None
    longitude: float | None
