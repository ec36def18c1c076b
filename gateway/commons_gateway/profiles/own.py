"""What only the viewer herself sees, and the projects that she is in."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated

import strawberry

from commons_chassis.faults import Fault
from commons_contracts import profiles as contract
from commons_contracts.codes import (
    AccountState,
    AffiliationKind,
    Conduct,
    Language,
    NoticeCode,
    ReadinessItem,
    Role,
)
from commons_contracts.ids import ProjectId

from ..context import Batch, Ground, Info
from ..faults import RESTING
from ..fields import After, First, Shown, argument, asks, loads, said, shape, told
from ..relay import Listing, Node, global_id, listing
from ..scalars import CountryCode, LanguageTag, TimeZone
from ..sentences import NOTICE, Catalogue
from .people import ORGANISATIONS, Description, Introduction, Organisation, Person, member

SEEN_SECONDS = 5.0
"""A project hardly ever changes, and shows everyone the same."""
PROJECTS: Batch[ProjectId, contract.ProjectView] = Batch(contract.ProjectsByIds, "ids", lambda project: project.id)


@shape
class Affiliation(Shown[contract.AffiliationView]):
    """What someone is at an institution, by the word of her identity provider."""

    kind: AffiliationKind = said("What she is there.")
    domain: str = said("The institution, by its domain.")

    @loads(ORGANISATIONS, lambda self: self.view.organisation)
    def organisation(self, found: contract.OrganisationView | None) -> Organisation | None:
        """The institution, if it is one that the platform knows."""
        return Organisation.of(found, self.ground) if found else None


@shape
class Account(Shown[contract.AccountView]):
    """The viewer's account, the same in every project. Nobody else sees it."""

    state: AccountState = said("Whether it can be used.")
    display_name: str = said("The name she goes by.")
    country: CountryCode = said("The country she lives in.")
    language: Language = said("The language she is told things in.")
    zone: TimeZone = said("Her time zone.")

    @told
    def affiliations(self) -> list[Affiliation]:
        """What her identity provider says that she is at her home institutions."""
        return [Affiliation.of(view, self.ground) for view in self.view.affiliations]


@shape
class ConductStatus(Shown[contract.ConductView]):
    """A code of conduct in force, and which version of it the viewer has accepted."""

    kind: Conduct = said("Which code it is.")
    version: int = said("The version in force.")
    accepted: int | None = said("The version that she has accepted.")


@shape
class ReadinessLine(Shown[contract.ReadinessLine]):
    """One thing to do before taking part."""

    item: ReadinessItem = said("What it is.")
    done: bool = said("Whether she has done it.")


@shape
class Readiness(Shown[contract.ReadinessView]):
    """The checklist before taking part, from the programme's design."""

    ready: bool = said("Whether all of it is done.")

    @told
    def items(self) -> list[ReadinessLine]:
        """Its lines."""
        return [ReadinessLine.of(line, self.ground) for line in self.view.items]


@shape
class OwnProfile(Shown[contract.OwnProfileView]):
    """The viewer's own profile in a project."""

    motivation: str = said("Why she takes part, in her own words.")
    media_consent: bool = said("Whether she has agreed to be shown in portraits.")
    paused: bool = said("Whether her mentoring rests.")

    @told
    def radius_km(self) -> int | None:
        """How far she travels to meet; none: as far as the programme supposes."""
        return self.view.description.radius_km

    @told
    def wants_woman(self) -> bool:
        """Whether she wants only a woman for a mentor."""
        return self.view.description.wants_woman

    @loads(ORGANISATIONS, lambda self: self.view.description.organisation)
    def organisation(self, found: contract.OrganisationView | None) -> Organisation | None:
        """The organisation she belongs to."""
        return Organisation.of(found, self.ground) if found else None

    @told
    def description(self) -> Description:
        """What she tells of herself for matching."""
        return Description.of(self.view.description, self.ground)

    @told
    def introduction(self) -> Introduction | None:
        """How she introduces herself, published or not."""
        return Introduction.of(self.view.introduction, self.ground) if self.view.introduction else None


@shape
class Notice(Shown[contract.NoticeView]):
    """Something the viewer was told."""

    code: NoticeCode = said("What it is about; stable, for programs.")
    at: datetime = said("When it happened, by the business clock.")
    read: bool = said("Whether she has read it.")
    number: int | None = said("A number that belongs to it, such as how often she was reminded.")

    @told
    def id(self) -> strawberry.ID:
        """Opaque and unique: `readNotices` takes it."""
        return global_id("Notice", self.view.id)

    @told
    async def message(self) -> str:
        """The notice as a sentence in the viewer's language."""
        return Catalogue.of(await self.ground.context.language()).plain(self.view.code, NOTICE)


@shape
class Viewer(Shown[None]):
    """Who asks, on the ground of one project."""

    @told
    def person(self, info: Info) -> Person | None:
        """The viewer as other members see her."""
        person = info.context.caller.person
        return Person.of(person, self.ground) if person else None

    @asks(contract.Viewer)
    async def account(self) -> Account | None:
        """Her account; none until she has registered."""
        return Account.of(await self.ground.once(contract.Viewer()), self.ground)

    @asks(contract.Viewer)
    async def memberships(self) -> list[Membership] | None:
        """The projects she is in."""
        account = await self.ground.once(contract.Viewer())
        return [Membership.of(view, self.ground) for view in account.memberships]

    @asks(contract.Readiness)
    async def readiness(self) -> Readiness | None:
        """What she still has to do before taking part."""
        return Readiness.of(await self.ground.once(contract.Readiness()), self.ground)

    @asks(contract.OwnProfile)
    async def profile(self) -> OwnProfile | None:
        """Her own profile in the project."""
        return OwnProfile.of(await self.ground.once(contract.OwnProfile()), self.ground)

    @asks(contract.NoticesPage)
    async def notices(
        self,
        unread: Annotated[bool, argument("Only those she has not read.")] = False,
        first: First = 20,
        after: After = None,
    ) -> Listing[Notice] | None:
        """What she was told, newest first."""
        return await listing(self.ground, contract.NoticesPage, Notice.of, first=first, after=after, unread=unread)


@shape
class Project(Node, Shown[contract.ProjectView]):
    """A community with its programmes. What is inside is for its members."""

    slug: str = said("Its short name, as in addresses.")
    name: str = said("Its name.")
    zone: TimeZone = said("The time zone that its dates are reckoned in.")
    languages: list[LanguageTag] = said("The languages it speaks, the first one first.")

    @told
    def viewer(self, info: Info) -> Viewer | None:
        """The viewer on this project's ground; none where nobody is signed in."""
        return Viewer.of(None, self.ground) if info.context.caller.person else None

    @asks(contract.MembersPage)
    async def members(
        self,
        role: Annotated[Role | None, argument("Only those in this role.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Listing[Person] | None:
        """Its members, for coordinators."""
        return await listing(self.ground, contract.MembersPage, member, first=first, after=after, role=role)


@shape
class Membership(Shown[contract.MembershipView]):
    """What someone is in a project."""

    roles: list[Role] = said("Her roles there.")
    paused: bool = said("Whether her mentoring rests there.")

    @told
    def conduct(self) -> list[ConductStatus]:
        """The codes of conduct that concern her, and whether she has accepted them."""
        return [ConductStatus.of(view, self.ground) for view in self.view.conduct]

    @asks(contract.ProjectsByIds)
    async def project(self) -> Project | None:
        """The project."""
        return await project_as(self.ground, self.view.project)


async def project_as(ground: Ground, id: ProjectId) -> Project | None:
    """A project, itself the ground of what is below it; as it was last seen for a moment, and while its owner rests."""
    known, now = ground.context.desk.projects, time.monotonic()
    found, seen = known.get(id, (None, 0.0))
    if found is None or now - seen > SEEN_SECONDS:
        try:
            found = await ground.load(PROJECTS, id)
        except Fault as fault:
            if fault.code not in RESTING or found is None:
                raise
        if found is None:
            return None
        known[id] = (found, now)
    return Project.of(found, ground.context.ground_of(found.id))
