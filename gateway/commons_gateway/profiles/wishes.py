"""What a member can wish to change about herself, as inputs."""

from __future__ import annotations

from datetime import date

import strawberry

from commons_chassis.faults import Fault
from commons_contracts import profiles as contract
from commons_contracts.codes import (
    Audience,
    Cefr,
    Conduct,
    FaultCode,
    Goal,
    Language,
    Modality,
    ReadinessItem,
    Role,
    Stage,
    Topic,
    TrainingModule,
)
from commons_contracts.ids import OrganisationId

from ..fields import given, wish
from ..refused import Wish
from ..relay import place_in, uuid_in
from ..scalars import CountryCode, FieldCode, LanguageTag, TimeZone
from .people import BLOCKS_A_WEEK


@wish
class PlainInput(Wish):
    """A change that needs to know nothing more."""


@wish
class RegisterPersonInput(Wish):
    """An account. Of the birth only month and year: all that safeguarding needs."""

    display_name: str = given("The name to go by.")
    birth_year: int = given("The year of birth.")
    birth_month: int = given("The month of birth, 1 to 12.")
    country: CountryCode = given("The country she lives in.")
    language: Language = given("The language to be told things in.", default=Language.EN)
    zone: TimeZone = given("Her time zone.", default=TimeZone("Europe/Stockholm"))


@wish
class JoinProjectInput(Wish):
    """Membership of a project."""

    roles: list[Role] = given("What she would like to be there.")
    audience: Audience | None = given("The group of people that she belongs to.", default=None)


@wish
class AcceptCodeOfConductInput(Wish):
    """A code of conduct that she has read."""

    kind: Conduct = given("Which code it is.")
    version: int = given("The version she has read.")


@wish
class SpokenLanguageInput:
    """A language someone speaks, and how well."""

    language: LanguageTag = given("The language.")
    level: Cefr = given("How well.")


@wish
class DescribeProfileInput(Wish):
    """What she tells of herself for matching. It replaces what she told before."""

    fields: list[FieldCode] = given("Her fields of study or work.", default=[])
    languages: list[SpokenLanguageInput] = given("The languages she speaks.", default=[])
    country: CountryCode | None = given("The country she lives in.", default=None)
    place: strawberry.ID | None = given("The place she lives in or near.", default=None, nodes="Place")
    goals: list[Goal] = given("What she wants to work on, or can help with.", default=[])
    availability: list[int] = given(
        "When she has time: blocks of three hours, 0 to 55, from Monday 00:00 on.", default=[]
    )
    modality: Modality = given("How she would like to meet.", default=Modality.ONLINE)
    stage: Stage | None = given("Where in her career she stands.", default=None)
    topics: list[Topic] = given("What she wants to talk about in particular, or can help with.", default=[])
    radius_km: int | None = given("How far she travels to meet, in kilometres; none: as the programme.", default=None)
    organisation: strawberry.ID | None = given("The organisation she belongs to.", default=None, nodes="Organisation")
    wants_woman: bool = given("Only a woman for a mentor.", default=False)
    motivation: str = given("Why she takes part, in her own words, for herself and for matching.", default="")

    def command(self) -> contract.DescribeProfile:
        return contract.DescribeProfile(
            description=contract.Description(
                fields=tuple(self.fields),
                languages=tuple(contract.Speaks(language=said.language, level=said.level) for said in self.languages),
                country=self.country,
                place=place_in(self.place) if self.place else None,
                goals=tuple(self.goals),
                hours=_week(self.availability),
                modality=self.modality,
                stage=self.stage,
                topics=tuple(self.topics),
                radius_km=self.radius_km,
                organisation=OrganisationId(uuid_in(self.organisation, "Organisation")) if self.organisation else None,
                wants_woman=self.wants_woman,
            ),
            motivation=self.motivation,
        )


def _week(blocks: list[int]) -> int:
    if not all(0 <= block < BLOCKS_A_WEEK for block in blocks):
        raise Fault(FaultCode.BAD_USER_INPUT)
    return sum(1 << block for block in set(blocks))


@wish
class WriteIntroductionInput(Wish):
    """How she introduces herself."""

    title: str = given("In one line, up to 120 characters.")
    text: str = given("At length, up to 4,000 characters.")
    language: LanguageTag = given("The language that it is written in.")


@wish
class TickReadinessInput(Wish):
    """Something on the checklist that she can vouch for herself."""

    item: ReadinessItem = given("What she has done: MANUAL_READ or RESOURCES_EXPLORED.")


@wish
class RecordTrainingInput(Wish):
    """A training that someone has attended."""

    person: strawberry.ID = given("Who attended.", nodes="Person")
    module: TrainingModule = given("Which training.")
    held_on: date = given("The day it was held.")


@wish
class PersonInput(Wish):
    """Someone else."""

    person: strawberry.ID = given("Who it is.", nodes="Person")


@wish
class ReadNoticesInput(Wish):
    """Notices that she has read."""

    notices: list[strawberry.ID] = given("Which ones, at most 100.", nodes="Notice")


@wish
class GrantRoleInput(Wish):
    """A role that nobody gives herself."""

    person: strawberry.ID = given("Who receives it.", nodes="Person")
    role: Role = given("Which role.")


@wish
class RevokeRoleInput(Wish):
    """A role that someone is to have no longer."""

    person: strawberry.ID = given("Who loses it.", nodes="Person")
    role: Role = given("Which role.")
