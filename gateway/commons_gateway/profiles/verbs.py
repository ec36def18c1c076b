"""What a member can do about herself, and a coordinator or operator about others."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.base import Command, Done
from commons_contracts.codes import Language, TrainingModule

from ..context import Ground, Info
from ..fields import argument, does, given, said, shape, wish
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from ..scalars import TimeZone
from . import wishes
from .own import Account, Membership, OwnProfile, Readiness, Viewer
from .people import Person


@shape
class TrainingRecord:
    """A training that someone has attended."""

    person: Person = said("Who attended.")
    module: TrainingModule = said("Which training.")
    held_on: date = said("The day it was held.")


AccountOrRefused = Annotated[
    Account | Refused, strawberry.union("AccountOrRefused", description="The account, or why not.")
]
MembershipOrRefused = Annotated[
    Membership | Refused, strawberry.union("MembershipOrRefused", description="The membership, or why not.")
]
OwnProfileOrRefused = Annotated[
    OwnProfile | Refused, strawberry.union("OwnProfileOrRefused", description="The profile, or why not.")
]
PersonOrRefused = Annotated[
    Person | Refused, strawberry.union("PersonOrRefused", description="The person, or why not.")
]
ReadinessOrRefused = Annotated[
    Readiness | Refused, strawberry.union("ReadinessOrRefused", description="The checklist, or why not.")
]
TrainingRecordOrRefused = Annotated[
    TrainingRecord | Refused, strawberry.union("TrainingRecordOrRefused", description="What was recorded, or why not.")
]
ViewerOrRefused = Annotated[
    Viewer | Refused, strawberry.union("ViewerOrRefused", description="The viewer, or why not.")
]


@wish
class ChooseLanguageInput(Wish):
    """How to be spoken to."""

    language: Language = given("The language, where the browser names none of the platform's.")


@wish
class ChooseZoneInput(Wish):
    """By which clock one lives."""

    zone: TimeZone = given("The time zone.")


Plain = Annotated[wishes.PlainInput | None, argument("Nothing, or the project it is about.")]


async def _own_profile(
    info: Info, input: Wish | None, command: Command[contract.OwnProfileView]
) -> OwnProfile | Refused:
    return await done(info, input or wishes.PlainInput(), command, OwnProfile.of)


def shown_again(_: Done, ground: Ground) -> Viewer:
    """What has changed is in the viewer's own lists: they are asked for with her."""
    return Viewer.of(None, ground)


@strawberry.type
class Mutation:
    @does(contract.RegisterPerson)
    async def register_person(
        self, info: Info, input: Annotated[wishes.RegisterPersonInput, argument("The account.")]
    ) -> AccountOrRefused | None:
        """Register the one who is signed in."""
        command = contract.RegisterPerson(
            display_name=input.display_name,
            birth_year=input.birth_year,
            birth_month=input.birth_month,
            country=input.country,
            language=input.language,
            zone=input.zone,
        )
        return await done(info, input, command, Account.of)

    @does(contract.ChooseLanguage)
    async def choose_language(
        self, info: Info, input: Annotated[ChooseLanguageInput, argument("The language.")]
    ) -> AccountOrRefused | None:
        """Choose the language to be spoken to in."""
        return await done(info, input, contract.ChooseLanguage(language=input.language), Account.of)

    @does(contract.ChooseZone)
    async def choose_zone(
        self, info: Info, input: Annotated[ChooseZoneInput, argument("The time zone.")]
    ) -> AccountOrRefused | None:
        """Choose the time zone to be shown times in."""
        return await done(info, input, contract.ChooseZone(zone=input.zone), Account.of)

    @does(contract.JoinProject)
    async def join_project(
        self, info: Info, input: Annotated[wishes.JoinProjectInput, argument("The membership.")]
    ) -> MembershipOrRefused | None:
        """Join a project."""
        command = contract.JoinProject(roles=tuple(input.roles), audience=input.audience)
        return await done(info, input, command, Membership.of)

    @does(contract.AcceptCodeOfConduct)
    async def accept_code_of_conduct(
        self, info: Info, input: Annotated[wishes.AcceptCodeOfConductInput, argument("The code.")]
    ) -> MembershipOrRefused | None:
        """Accept a code of conduct in the version in force."""
        command = contract.AcceptCodeOfConduct(kind=input.kind, version=input.version)
        return await done(info, input, command, Membership.of)

    @does(contract.DescribeProfile)
    async def describe_profile(
        self, info: Info, input: Annotated[wishes.DescribeProfileInput, argument("The description.")]
    ) -> OwnProfileOrRefused | None:
        """Say who one is, for matching."""
        return await _own_profile(info, input, input.command())

    @does(contract.WriteIntroduction)
    async def write_introduction(
        self, info: Info, input: Annotated[wishes.WriteIntroductionInput, argument("The introduction.")]
    ) -> OwnProfileOrRefused | None:
        """Write how one introduces oneself; others see it once it is published."""
        command = contract.WriteIntroduction(title=input.title, text=input.text, language=input.language)
        return await _own_profile(info, input, command)

    @does(contract.PublishIntroduction)
    async def publish_introduction(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Show one's introduction to mentees, once everything on the checklist is done."""
        return await _own_profile(info, input, contract.PublishIntroduction())

    @does(contract.WithdrawIntroduction)
    async def withdraw_introduction(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Show one's introduction no longer."""
        return await _own_profile(info, input, contract.WithdrawIntroduction())

    @does(contract.TickReadiness)
    async def tick_readiness(
        self, info: Info, input: Annotated[wishes.TickReadinessInput, argument("The line.")]
    ) -> ReadinessOrRefused | None:
        """Tick something on one's own checklist."""
        return await done(info, input, contract.TickReadiness(item=input.item), Readiness.of)

    @does(contract.PauseMentoring)
    async def pause_mentoring(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Let one's mentoring rest: nobody new can ask."""
        return await _own_profile(info, input, contract.PauseMentoring())

    @does(contract.ResumeMentoring)
    async def resume_mentoring(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Take up one's mentoring again."""
        return await _own_profile(info, input, contract.ResumeMentoring())

    @does(contract.GiveMediaConsent)
    async def give_media_consent(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Agree to be shown in portraits."""
        return await _own_profile(info, input, contract.GiveMediaConsent())

    @does(contract.WithdrawMediaConsent)
    async def withdraw_media_consent(self, info: Info, input: Plain = None) -> OwnProfileOrRefused | None:
        """Take that agreement back."""
        return await _own_profile(info, input, contract.WithdrawMediaConsent())

    @does(contract.BlockPerson)
    async def block_person(
        self, info: Info, input: Annotated[wishes.PersonInput, argument("Whom.")]
    ) -> ViewerOrRefused | None:
        """Have nothing to do with someone, in all projects. She is not told."""
        command = contract.BlockPerson(person=uuid_in(input.person, "Person"))
        return await done(info, input, command, shown_again)

    @does(contract.UnblockPerson)
    async def unblock_person(
        self, info: Info, input: Annotated[wishes.PersonInput, argument("Whom.")]
    ) -> ViewerOrRefused | None:
        """Take a block back."""
        command = contract.UnblockPerson(person=uuid_in(input.person, "Person"))
        return await done(info, input, command, shown_again)

    @does(contract.ReadNotices)
    async def read_notices(
        self, info: Info, input: Annotated[wishes.ReadNoticesInput, argument("The notices.")]
    ) -> ViewerOrRefused | None:
        """Mark notices as read."""
        command = contract.ReadNotices(ids=tuple(uuid_in(id, "Notice") for id in input.notices))
        return await done(info, input, command, shown_again)

    @does(contract.RecordTraining)
    async def record_training(
        self, info: Info, input: Annotated[wishes.RecordTrainingInput, argument("The training.")]
    ) -> TrainingRecordOrRefused | None:
        """Record that someone attended a training. For coordinators."""
        person = uuid_in(input.person, "Person")

        def record(_: Done, ground: Ground) -> TrainingRecord:
            return TrainingRecord(person=Person.of(person, ground), module=input.module, held_on=input.held_on)

        command = contract.RecordTraining(person=person, module=input.module, held_on=input.held_on)
        return await done(info, input, command, record)

    @does(contract.GrantRole)
    async def grant_role(
        self, info: Info, input: Annotated[wishes.GrantRoleInput, argument("The role.")]
    ) -> MembershipOrRefused | None:
        """Give someone a role that nobody gives herself. For operators."""
        command = contract.GrantRole(person=uuid_in(input.person, "Person"), role=input.role)
        return await done(info, input, command, Membership.of)

    @does(contract.RevokeRole)
    async def revoke_role(
        self, info: Info, input: Annotated[wishes.RevokeRoleInput, argument("The role.")]
    ) -> MembershipOrRefused | None:
        """Take a role back from someone; whoever has none left is no member any more. For operators."""
        command = contract.RevokeRole(person=uuid_in(input.person, "Person"), role=input.role)
        return await done(info, input, command, Membership.of)

    @does(contract.EndMembership)
    async def end_membership(
        self, info: Info, input: Annotated[wishes.PersonInput, argument("Whose.")]
    ) -> PersonOrRefused | None:
        """End someone's membership: from now on she is a stranger in the project. For operators."""
        person = uuid_in(input.person, "Person")
        return await done(
            info, input, contract.EndMembership(person=person), lambda _, ground: Person.of(person, ground)
        )

    @does(contract.EndSessionsOf)
    async def end_sessions(
        self, info: Info, input: Annotated[wishes.PersonInput, argument("Whose.")]
    ) -> PersonOrRefused | None:
        """Sign someone out everywhere that she has signed in by browser. For operators."""
        person = uuid_in(input.person, "Person")
        return await done(
            info, input, contract.EndSessionsOf(person=person), lambda _, ground: Person.of(person, ground)
        )
