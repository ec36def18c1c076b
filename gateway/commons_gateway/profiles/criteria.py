"""Agreeing to be matched by a criterion, and the vetting of those who meet the young."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.base import Done
from commons_contracts.codes import Background, Criterion, Gender, VettingKind, VettingOutcome

from ..context import Ground, Info
from ..fields import Shown, adds, argument, does, given, said, shape, wish
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from ..scalars import CountryCode
from .own import Viewer
from .people import Person
from .verbs import ViewerOrRefused, shown_again


@shape
class AgreedCriterion(Shown[contract.AgreedView]):
    """A criterion that the viewer has agreed to be matched by. What she told for it nobody else sees; who shares it, and has
    agreed too, can tell from how well the two fit.
    """

    criterion: Criterion = said("The criterion.")
    gender: Gender | None = said("What she told for GENDER.")
    background: list[Background] = said("What she told for BACKGROUND.")
    since: datetime = said("When she agreed.")


@shape
class VettingRecord:
    """That someone's paper was seen."""

    person: Person = said("Whose it was.")
    outcome: VettingOutcome = said("What was found.")
    expires_on: date = said("The last day on which it counts.")


VettingRecordOrRefused = Annotated[
    VettingRecord | Refused, strawberry.union("VettingRecordOrRefused", description="What was recorded, or why not.")
]


@wish
class AgreeToCriterionInput(Wish):
    """Consent to be matched by a criterion, with what is told for it."""

    criterion: Criterion = given("The criterion.")
    gender: Gender | None = given("For GENDER: her own word for it.", default=None)
    background: list[Background] = given("For BACKGROUND: what she would like to share with a mentor.", default=[])


@wish
class WithdrawFromCriterionInput(Wish):
    """A consent, taken back."""

    criterion: Criterion = given("The criterion.")


@wish
class RecordVettingInput(Wish):
    """That someone's paper was seen. The paper itself is not kept."""

    person: strawberry.ID = given("Whose it is.", nodes="Person")
    kind: VettingKind = given("What was looked at.")
    country: CountryCode = given("The country that issued it.")
    outcome: VettingOutcome = given("What was found.")
    seen_on: date = given("The day it was seen.")
    expires_on: date = given("The last day on which it counts.")


@adds(Viewer, contract.OwnAgreedCriteria)
async def agreed_criteria(root: strawberry.Parent[Viewer]) -> list[AgreedCriterion] | None:
    """What she has agreed to be matched by, and may take back at any time."""
    found = await root.ground.once(contract.OwnAgreedCriteria())
    return [AgreedCriterion.of(view, root.ground) for view in found.items]


@strawberry.type
class Mutation:
    @does(contract.AgreeToCriterion)
    async def agree_to_criterion(
        self, info: Info, input: Annotated[AgreeToCriterionInput, argument("The criterion, and what is told for it.")]
    ) -> ViewerOrRefused | None:
        """Agree to be matched by a criterion. What is told for it serves for matching alone; who shares it can tell."""
        command = contract.AgreeToCriterion(
            criterion=input.criterion, gender=input.gender, background=tuple(input.background)
        )
        return await done(info, input, command, shown_again)

    @does(contract.WithdrawFromCriterion)
    async def withdraw_from_criterion(
        self, info: Info, input: Annotated[WithdrawFromCriterionInput, argument("The criterion.")]
    ) -> ViewerOrRefused | None:
        """Be matched by a criterion no longer; what was told for it is gone at once."""
        return await done(info, input, contract.WithdrawFromCriterion(criterion=input.criterion), shown_again)

    @does(contract.RecordVetting)
    async def record_vetting(
        self, info: Info, input: Annotated[RecordVettingInput, argument("What was seen.")]
    ) -> VettingRecordOrRefused | None:
        """Record that someone's paper was seen, as a coordinator or safeguarding lead."""
        person = uuid_in(input.person, "Person")
        command = contract.RecordVetting(
            person=person,
            kind=input.kind,
            country=input.country,
            outcome=input.outcome,
            seen_on=input.seen_on,
            expires_on=input.expires_on,
        )

        def recorded(_: Done, ground: Ground) -> VettingRecord:
            return VettingRecord(person=Person.of(person, ground), outcome=input.outcome, expires_on=input.expires_on)

        return await done(info, input, command, recorded)
