"""What profiles shows of its things."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ..base import Message, News
from ..codes import (
    AccountState,
    ActiveBand,
    AffiliationKind,
    Audience,
    Cefr,
    Conduct,
    Goal,
    Language,
    Modality,
    NoticeCode,
    OrganisationKind,
    ReadinessItem,
    Role,
    Stage,
    Topic,
)
from ..ids import (
    Country,
    FieldCode,
    MembershipId,
    NoticeId,
    OrganisationId,
    PersonId,
    PlaceId,
    ProjectId,
    Slug,
    Tongue,
    Zone,
)

Line = Annotated[str, Field(min_length=1, max_length=120)]
Text = Annotated[str, Field(max_length=4000)]
Blocks = Annotated[int, Field(ge=0, lt=1 << 56)]
"""A week in 56 blocks of three hours, a bit each, Monday 00:00 first."""


class Speaks(Message):
    """A language someone speaks, and how well."""

    language: Tongue
    level: Cefr


class Description(Message):
    """What a member tells of herself for matching: codes and numbers, no text."""

    fields: tuple[FieldCode, ...] = ()
    languages: tuple[Speaks, ...] = ()
    country: Country | None = None
    place: PlaceId | None = None
    goals: tuple[Goal, ...] = ()
    hours: Blocks = 0
    modality: Modality = Modality.ONLINE
    stage: Stage | None = None
    topics: Annotated[tuple[Topic, ...], Field(max_length=16)] = ()
    radius_km: Annotated[int, Field(ge=0, le=5000)] | None = None
    """How far she travels to meet; None: as far as the programme supposes."""
    organisation: OrganisationId | None = None
    wants_woman: bool = False
    """Only a woman for a mentor. Shown to herself alone."""


class ProjectView(Message):
    id: ProjectId
    slug: Slug
    name: str
    zone: Zone
    languages: tuple[Tongue, ...]


class ConductView(Message):
    """A code of conduct in force, and the version of it that the viewer has accepted."""

    kind: Conduct
    version: int
    accepted: int | None


class MembershipView(Message):
    id: MembershipId
    person: PersonId
    project: ProjectId
    roles: tuple[Role, ...]
    conduct: tuple[ConductView, ...] = ()
    paused: bool = False


class AffiliationView(Message):
    """What her identity provider says that she is at an institution; `organisation`: the one with that domain, if known."""

    kind: AffiliationKind
    domain: str
    organisation: OrganisationId | None


class AccountView(Message):
    """The viewer's own account; nobody else ever gets this."""

    person: PersonId
    state: AccountState
    display_name: str
    country: Country
    language: Language
    zone: Zone
    memberships: tuple[MembershipView, ...]
    affiliations: tuple[AffiliationView, ...] = ()


class PersonView(Message):
    """A member as other members of the project see her. Minors are in no such list."""

    id: PersonId
    display_name: str
    audience: Audience | None
    active: ActiveBand
    description: Description
    introduction: IntroductionView | None


class IntroductionView(Message):
    title: str
    text: str
    language: Tongue
    published: bool


class ReadinessView(Message):
    """The checklist before taking part, from the programme's design."""

    items: tuple[ReadinessLine, ...]
    ready: bool


class ReadinessLine(Message):
    item: ReadinessItem
    done: bool


class OwnProfileView(Message):
    description: Description
    motivation: str
    introduction: IntroductionView | None
    media_consent: bool
    paused: bool


class OrganisationView(Message):
    id: OrganisationId
    kind: OrganisationKind
    name: str
    country: Country
    city: str
    website: str
    identifiers: dict[str, str]


class NoticeView(Message):
    id: NoticeId
    code: NoticeCode
    subject_id: UUID | None
    number: int | None
    at: datetime
    read: bool


class NoticeNews(News[NoticeView]):
    """Notices in the order they were kept, oldest first: each is told once, none is missed."""


class People(Message):
    items: tuple[PersonView, ...]


class Projects(Message):
    items: tuple[ProjectView, ...]


class Organisations(Message):
    items: tuple[OrganisationView, ...]


class BatchView(Message):
    """What became of a batch: all of it, or nothing."""

    count: int


PersonView.model_rebuild()
ReadinessView.model_rebuild()
