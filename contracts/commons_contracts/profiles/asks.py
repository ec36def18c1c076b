"""What profiles can be asked: commands first, then queries."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Entry, Message, Page, Query
from ..codes import Audience, Conduct, Language, OrganisationKind, ReadinessItem, Role, TrainingModule
from ..ids import Country, NoticeId, OrganisationId, PersonId, PlaceId, ProjectId, Slug, Tongue, Zone
from .views import (
    AccountView,
    BatchView,
    Description,
    Line,
    MembershipView,
    NoticeNews,
    NoticeView,
    Organisations,
    OwnProfileView,
    People,
    PersonView,
    Projects,
    ProjectView,
    ReadinessView,
    Text,
)


class OpenProject(Command[ProjectView], entry=Entry.OPERATOR):
    slug: Slug
    name: Line
    zone: Zone
    languages: tuple[Tongue, ...]


class RegisterPerson(Command[AccountView], entry=Entry.ACCOUNT):
    """Birth month and year, never the day: all that safeguarding needs."""

    display_name: Line
    birth_year: Annotated[int, Field(ge=1900, le=2100)]
    birth_month: Annotated[int, Field(ge=1, le=12)]
    country: Country
    language: Language = Language.EN
    zone: Zone = "Europe/Stockholm"


class ChooseLanguage(Command[AccountView], entry=Entry.ACCOUNT):
    """The language the platform speaks to her in, where her browser names none of ours."""

    language: Language


class ChooseZone(Command[AccountView], entry=Entry.ACCOUNT):
    """The time zone that she reads times in."""

    zone: Zone


class JoinProject(Command[MembershipView], entry=Entry.ACCOUNT):
    roles: tuple[Role, ...]
    audience: Audience | None = None


class GrantRole(Command[MembershipView], entry=Entry.OPERATOR):
    """Roles that nobody gives herself, such as COORDINATOR; the person joins where she had not."""

    person: PersonId
    role: Role


class RevokeRole(Command[MembershipView], entry=Entry.OPERATOR):
    """Take a role back; who has none left is no member any more."""

    person: PersonId
    role: Role


class EndMembership(Command[Done], entry=Entry.OPERATOR):
    """From now on she is a stranger in the project; she may join it again."""

    person: PersonId


class AcceptCodeOfConduct(Command[MembershipView], entry=Entry.MEMBER):
    kind: Conduct
    version: int


class DescribeProfile(Command[OwnProfileView]):
    description: Description
    motivation: Text = ""


class WriteIntroduction(Command[OwnProfileView]):
    title: Line
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    language: Tongue


class PublishIntroduction(Command[OwnProfileView], roles=(Role.MENTOR,)):
    pass


class WithdrawIntroduction(Command[OwnProfileView], roles=(Role.MENTOR,)):
    pass


class TickReadiness(Command[ReadinessView]):
    """Only what one can vouch for oneself: MANUAL_READ and RESOURCES_EXPLORED."""

    item: ReadinessItem


class RecordTraining(Command[Done], roles=(Role.COORDINATOR,)):
    person: PersonId
    module: TrainingModule
    held_on: date


class PauseMentoring(Command[OwnProfileView]):
    pass


class ResumeMentoring(Command[OwnProfileView]):
    pass


class BlockPerson(Command[Done], entry=Entry.ACCOUNT):
    person: PersonId


class UnblockPerson(Command[Done], entry=Entry.ACCOUNT):
    person: PersonId


class GiveMediaConsent(Command[OwnProfileView]):
    pass


class WithdrawMediaConsent(Command[OwnProfileView]):
    pass


class NoteActivity(Command[Done], entry=Entry.MEMBER):
    """She was here; kept to the day."""


class ReadNotices(Command[Done], entry=Entry.ACCOUNT):
    ids: tuple[NoticeId, ...]


class OrganisationEntry(Message):
    kind: OrganisationKind
    name: Line
    country: Country
    city: str = ""
    website: str = ""
    place: PlaceId | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    identifiers: dict[str, str] = {}


class RegisterOrganisations(Command[BatchView], entry=Entry.OPERATOR):
    items: Annotated[tuple[OrganisationEntry, ...], Field(max_length=500)]


class PersonEntry(Message):
    """One row of an import: a person with her membership, all through the same rules as if she had done it herself."""

    person: PersonId
    account: RegisterPerson
    roles: tuple[Role, ...]
    audience: Audience | None = None
    conduct: tuple[Conduct, ...] = ()
    description: Description = Description()
    motivation: Text = ""
    introduction: WriteIntroduction | None = None
    ticked: tuple[ReadinessItem, ...] = ()
    trained: tuple[TrainingModule, ...] = ()


class ImportPeople(Command[BatchView], entry=Entry.OPERATOR):
    items: Annotated[tuple[PersonEntry, ...], Field(max_length=500)]


class PublishIntroductions(Command[BatchView], entry=Entry.OPERATOR):
    """Publish the introductions of an import, by the same rule as PublishIntroduction."""

    persons: Annotated[tuple[PersonId, ...], Field(max_length=500)]


class Viewer(Query[AccountView], entry=Entry.ACCOUNT):
    pass


class ProjectsByIds(Query[Projects], entry=Entry.ANYONE):
    ids: tuple[ProjectId, ...] = ()
    slugs: tuple[Slug, ...] = ()


class PeopleByIds(Query[People]):
    ids: tuple[PersonId, ...]


class OwnProfile(Query[OwnProfileView]):
    pass


class Readiness(Query[ReadinessView]):
    pass


class OrganisationsByIds(Query[Organisations], entry=Entry.ANYONE):
    ids: tuple[OrganisationId, ...]


class MembersPage(Query[Page[PersonView]], roles=(Role.COORDINATOR,)):
    role: Role | None = None
    first: Annotated[int, Field(ge=1, le=100)] = 20
    after: str | None = None


class NoticesSince(Query[NoticeNews], entry=Entry.ACCOUNT):
    """Without a cursor: nothing, and the cursor of now."""

    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None
    first: Annotated[int, Field(ge=1, le=100)] = 100


class NoticesPage(Query[Page[NoticeView]], entry=Entry.ACCOUNT):
    unread: bool = False
    first: Annotated[int, Field(ge=1, le=100)] = 20
    after: str | None = None
