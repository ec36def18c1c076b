"""Agreements, for the two who made one."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import AgreementState, GoalState, Modality
from commons_contracts.ids import AgreementId, MentorshipId

from ..context import Batch
from ..fields import Shown, adds, asks, said, shape, told
from ..profiles.people import Person
from ..relay import Node
from ..scalars import LanguageTag
from .mentorships import MENTORSHIPS, Mentorship

AGREEMENTS: Batch[AgreementId, contract.AgreementView] = Batch(
    contract.AgreementsByIds, "ids", lambda agreement: agreement.id
)
HISTORIES: Batch[MentorshipId, contract.AgreementHistory] = Batch(
    contract.AgreementsOf, "mentorships", lambda history: history.mentorship
)


@shape
class AgreedGoal:
    """Something the mentee wants to reach, the same from version to version."""

    key: str = said("Its name from version to version: give it with a change of this goal.")
    text: str = said("The goal.")
    steps: str = said("The steps to it.")
    state: GoalState = said("What has become of it.")


@shape
class Agreement(Node, Shown[contract.AgreementView]):
    """A version of what a mentor and a mentee promise each other. Nobody else reads it."""

    version: int = said("Counts the versions of a mentorship from 1.")
    state: AgreementState = said("What has become of it.")
    clause: str = said("The clause that it may be ended without fault, the same in every agreement.")
    proposed_at: datetime = said("When it was written.")
    mentor_signed_at: datetime | None = said("When the mentor signed it.")
    mentee_signed_at: datetime | None = said("When the mentee signed it.")

    @told
    def proposed_by(self) -> Person:
        """Who wrote it."""
        return Person.of(self.view.proposed_by, self.ground)

    @told
    def language(self) -> LanguageTag | None:
        """The language they meet and write in."""
        return LanguageTag(self.view.terms.language) if self.view.terms.language else None

    @told
    def starts_on(self) -> date | None:
        """The first day of the agreed time."""
        return self.view.terms.starts_on

    @told
    def ends_on(self) -> date | None:
        """The last day of the agreed time."""
        return self.view.terms.ends_on

    @told
    def minutes_a_month(self) -> int | None:
        """How many minutes a month they meet for."""
        return self.view.terms.minutes_a_month

    @told
    def cadence_days(self) -> int | None:
        """They meet every so many days."""
        return self.view.terms.cadence_days

    @told
    def session_minutes(self) -> int | None:
        """How many minutes a meeting takes."""
        return self.view.terms.session_minutes

    @told
    def modality(self) -> Modality | None:
        """How they meet."""
        return self.view.terms.modality

    @told
    def goals(self) -> list[AgreedGoal]:
        """What they work on."""
        return [
            AgreedGoal(key=str(goal.goal), text=goal.text, steps=goal.steps, state=goal.state)
            for goal in self.view.terms.goals
        ]

    @told
    def expectations(self) -> str:
        """What they expect of each other."""
        return self.view.terms.expectations

    @told
    def availability(self) -> str:
        """When and how they can be reached."""
        return self.view.terms.availability

    @told
    def working_method(self) -> str:
        """How they work."""
        return self.view.terms.working_method

    @told
    def mentor_boundaries(self) -> str:
        """What the mentor will not do."""
        return self.view.terms.mentor_boundaries

    @told
    def mentee_boundaries(self) -> str:
        """What the mentee will not do."""
        return self.view.terms.mentee_boundaries

    @told
    def confidentiality(self) -> str:
        """What stays between them."""
        return self.view.terms.confidentiality

    @told
    def forbidden_topics(self) -> str:
        """What they do not talk about."""
        return self.view.terms.forbidden_topics

    @told
    def mentor_success(self) -> list[str]:
        """By what the mentor will notice that it worked."""
        return list(self.view.terms.mentor_success)

    @told
    def mentee_success(self) -> list[str]:
        """By what the mentee will notice that it worked."""
        return list(self.view.terms.mentee_success)

    @asks(contract.MentorshipsByIds)
    async def mentorship(self) -> Mentorship | None:
        """The mentorship it belongs to."""
        found = await self.ground.load(MENTORSHIPS, self.view.mentorship)
        return Mentorship.of(found, self.ground) if found else None


@adds(Mentorship, contract.AgreementsOf)
async def agreements(root: strawberry.Parent[Mentorship]) -> list[Agreement] | None:
    """All versions of its agreement, newest first."""
    found = await root.ground.load(HISTORIES, root.view.id)
    return [Agreement.of(version, root.ground) for version in found.versions] if found else []


@adds(Mentorship, contract.AgreementsOf)
async def agreement(root: strawberry.Parent[Mentorship]) -> Agreement | None:
    """The version in force; none before both have signed one."""
    found = await root.ground.load(HISTORIES, root.view.id)
    in_force = (version for version in (found.versions if found else ()) if version.version == root.view.agreement)
    return next((Agreement.of(version, root.ground) for version in in_force), None)
