"""What a coordinator can do with programmes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import Initiator, Method, Style

from ..context import Info
from ..fields import argument, does, given, wish
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from .design import ProgrammeRules
from .programmes import Programme
from .texts import ProgrammeTexts
from .twins import taken, twin
from .ways import ListRules

ProgrammeOrRefused = Annotated[
    Programme | Refused, strawberry.union("ProgrammeOrRefused", description="The programme, or why not.")
]


@wish
class DesignWish(Wish):
    """What is to be different from the design that a draft begins from. What is left out stays as it is."""

    starts_on: date | None = given("The day it starts.", default=None)
    ends_on: date | None = given("The day it ends.", default=None)
    recruitment_lead_days: int | None = given("How many days before its start recruitment opens.", default=None)
    styles: list[Style] | None = given("Its styles of mentoring.", default=None)
    initiator: Initiator | None = given("Who begins.", default=None)
    method: Method | None = given("How people are brought together.", default=None)
    lists: Any = given("What holds for ranked lists.", default=None, type_=twin(ListRules) | None)
    rules: Any = given("All rules at once.", default=None, type_=twin(ProgrammeRules) | None)
    texts: Any = given("All texts at once.", default=None, type_=twin(ProgrammeTexts) | None)

    def changes(self) -> contract.Changes:
        return contract.Changes(
            recruitment_lead_days=self.recruitment_lead_days,
            styles=None if self.styles is None else tuple(self.styles),
            initiator=self.initiator,
            method=self.method,
            lists=None if self.lists is None else contract.ListRules.model_validate(taken(self.lists)),
            rules=None if self.rules is None else contract.ProgrammeRules.model_validate(taken(self.rules)),
            texts=None if self.texts is None else contract.ProgrammeTexts.model_validate(taken(self.texts)),
        )


@wish
class CreateProgrammeInput(DesignWish):
    """A draft that begins from the project's newest published programme, or from another one."""

    based_on: strawberry.ID | None = given("The programme to begin from.", default=None, nodes="Programme")


@wish
class ReviseProgrammeInput(DesignWish):
    """Changes of a draft."""

    programme: strawberry.ID = given("The draft.", nodes="Programme")


@wish
class PublishProgrammeInput(Wish):
    """A draft that is ready."""

    programme: strawberry.ID = given("The draft.", nodes="Programme")


@strawberry.type
class Mutation:
    @does(contract.DraftProgramme)
    async def create_programme(
        self, info: Info, input: Annotated[CreateProgrammeInput, argument("The draft.")]
    ) -> ProgrammeOrRefused | None:
        """Begin a draft of a programme. For coordinators."""
        command = contract.DraftProgramme(
            starts_on=input.starts_on,
            ends_on=input.ends_on,
            based_on=uuid_in(input.based_on, "Programme") if input.based_on else None,
            changes=input.changes(),
        )
        return await done(info, input, command, Programme.of)

    @does(contract.ReviseDraft)
    async def revise_programme(
        self, info: Info, input: Annotated[ReviseProgrammeInput, argument("The changes.")]
    ) -> ProgrammeOrRefused | None:
        """Change a draft. For coordinators."""
        command = contract.ReviseDraft(
            programme=uuid_in(input.programme, "Programme"),
            starts_on=input.starts_on,
            ends_on=input.ends_on,
            changes=input.changes(),
        )
        return await done(info, input, command, Programme.of)

    @does(contract.PublishProgramme)
    async def publish_programme(
        self, info: Info, input: Annotated[PublishProgrammeInput, argument("The draft.")]
    ) -> ProgrammeOrRefused | None:
        """Put a draft in force; from then on it stays as it is. For coordinators."""
        command = contract.PublishProgramme(programme=uuid_in(input.programme, "Programme"))
        return await done(info, input, command, Programme.of)
