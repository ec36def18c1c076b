"""What profiles tells the others."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ..base import Event
from ..codes import AccountState, Conduct, OrganisationKind, PauseCause, Role, TrainingModule
from ..ids import Country, MembershipId, OrganisationId, PersonId, PlaceId, Zone
from .views import Description


class ProjectOpened(Event, of="project"):
    """A project became a tenant of the platform."""

    zone: Zone


class PersonRegistered(Event, of="person", about=("person",)):
    """Someone has an account; where she is too young to consent herself it waits for a guardian."""

    person: PersonId
    state: AccountState
    zone: Zone | None = None


class ZoneChosen(Event, of="person", about=("person",)):
    """Someone said by which clock she lives."""

    person: PersonId
    zone: Zone


class PersonCameOfAge(Event, of="person", about=("person",)):
    """Someone is an adult from now on, and what held for a minor holds no longer."""

    person: PersonId


class MembershipBegan(Event, of="membership", about=("person",)):
    """Also the safety card: whether she is an adult, which every contact between two people asks."""

    membership: MembershipId
    person: PersonId
    roles: tuple[Role, ...]
    adult: bool


class RolesGranted(Event, of="membership", about=("person",)):
    """The roles that a member has from now on, all of them."""

    membership: MembershipId
    person: PersonId
    roles: tuple[Role, ...]


class RolesRevoked(Event, of="membership", about=("person",)):
    """`roles`: those she has left."""

    membership: MembershipId
    person: PersonId
    roles: tuple[Role, ...]


class MembershipEnded(Event, of="membership", about=("person",)):
    """Someone is no member of a project any more."""

    membership: MembershipId
    person: PersonId


class ConductAccepted(Event, of="membership", about=("person",)):
    """Someone accepted a version of a code of conduct."""

    membership: MembershipId
    person: PersonId
    kind: Conduct
    version: int


class ConductInForce(Event, of="conduct"):
    """Profiles has heard of a code of conduct, and asks for it from now on."""

    conduct: UUID
    kind: Conduct
    version: int


class ProfileDescribed(Event, of="membership", about=("person",)):
    """A member described herself in codes: fields, goals, languages, hours, place."""

    membership: MembershipId
    person: PersonId
    description: Description


class IntroductionPublished(Event, of="membership", about=("person",)):
    """A mentor's introduction can be read; its text is for profiles alone to show."""

    membership: MembershipId
    person: PersonId


class IntroductionWithdrawn(Event, of="membership", about=("person",)):
    """An introduction can be read no longer."""

    membership: MembershipId
    person: PersonId


class MentoringPaused(Event, of="membership", about=("person",)):
    """A mentor takes no requests for a while."""

    membership: MembershipId
    person: PersonId
    cause: PauseCause


class MentoringResumed(Event, of="membership", about=("person",)):
    """A mentor takes requests again."""

    membership: MembershipId
    person: PersonId


class TrainingRecorded(Event, of="membership", about=("person",)):
    """A member has taken part in a module of training."""

    membership: MembershipId
    person: PersonId
    module: TrainingModule
    held_on: date


class MediaConsentChanged(Event, of="membership", about=("person",)):
    """Someone gave or withdrew her consent to be shown in pictures and portraits."""

    membership: MembershipId
    person: PersonId
    given: bool


class PersonBlocked(Event, of="block", about=("by", "person")):
    """Someone wants no contact with another; neither meets the other anywhere."""

    block: UUID
    by: PersonId
    person: PersonId


class PersonUnblocked(Event, of="block", about=("by", "person")):
    """A block was lifted by the one who made it."""

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
