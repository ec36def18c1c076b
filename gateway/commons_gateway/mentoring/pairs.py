"""What a mentor and a mentee can do in their mentorship."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import GoalState, Modality, Phase
from commons_contracts.ids import GoalId, MentorshipId

from ..context import Info
from ..fields import argument, does, given, wish
from ..refused import Refused, Wish, done
from ..relay import NOWHERE, uuid_in
from ..scalars import LanguageTag
from .agreements import Agreement
from .mentorships import Mentorship

MentorshipOrRefused = Annotated[
    Mentorship | Refused, strawberry.union("MentorshipOrRefused", description="The mentorship, or why not.")
]
AgreementOrRefused = Annotated[
    Agreement | Refused, strawberry.union("AgreementOrRefused", description="The version, or why not.")
]


@wish
class MentorshipInput(Wish):
    """A mentorship of one's own."""

    mentorship: strawberry.ID = given("The mentorship.", nodes="Mentorship")


@wish
class TickItemInput(MentorshipInput):
    """A line of an open checklist."""

    item: str = given("Its code.")
    done: bool = given("Whether it is done; false takes one's own tick back.", default=True)


@wish
class AdvancePhaseInput(MentorshipInput):
    """The next phase."""

    to: Phase = given("The phase to enter.")
    merge_with_next: bool = given(
        "Hold the phase they are in and the next in one meeting: both checklists stay open.", default=False
    )


@wish
class GoalInput:
    """A goal of an agreement."""

    key: str | None = given(
        "The key of the goal that goes on from an earlier version; none for a new one.", default=None
    )
    text: str = given("The goal, up to 500 characters.")
    steps: str = given("The steps to it, up to 2,000 characters.", default="")
    state: GoalState = given("What has become of it.", default=GoalState.ACTIVE)

    def terms(self) -> contract.GoalTerms:
        return contract.GoalTerms(goal=_goal(self.key), text=self.text, steps=self.steps, state=self.state)


@wish
class ProposeAgreementInput(MentorshipInput):
    """A version of an agreement. Texts are up to 2,000 characters, lines up to 500. Only the two read it."""

    language: LanguageTag | None = given("The language they meet and write in.", default=None)
    starts_on: date | None = given("The first day.", default=None)
    ends_on: date | None = given("The last day.", default=None)
    minutes_a_month: int | None = given("How many minutes a month they meet for.", default=None)
    cadence_days: int | None = given("They meet every so many days.", default=None)
    session_minutes: int | None = given("How many minutes a meeting takes.", default=None)
    modality: Modality | None = given("How they meet.", default=None)
    goals: list[GoalInput] = given("What they work on.", default=[])
    expectations: str = given("What they expect of each other.", default="")
    availability: str = given("When and how they can be reached.", default="")
    working_method: str = given("How they work.", default="")
    mentor_boundaries: str = given("What the mentor will not do.", default="")
    mentee_boundaries: str = given("What the mentee will not do.", default="")
    confidentiality: str = given("What stays between them.", default="")
    forbidden_topics: str = given("What they do not talk about.", default="")
    mentor_success: list[str] = given("By what the mentor will notice that it worked.", default=[])
    mentee_success: list[str] = given("By what the mentee will notice that it worked.", default=[])
    clause: str | None = given("The clause about ending without fault, as it is; it can be left out.", default=None)

    def terms(self) -> contract.Terms:
        own = {name: getattr(self, name) for name in contract.Terms.model_fields if name != "goals"}
        return contract.Terms.model_validate({**own, "goals": [goal.terms() for goal in self.goals]})


@wish
class SignAgreementInput(MentorshipInput):
    """The version that one has read."""

    version: int = given("Its number.")


@wish
class ReviseGoalInput(MentorshipInput):
    """A goal that changes, or a new one."""

    goal: GoalInput = given("The goal as it is to be.")


@wish
class ExtensionInput(MentorshipInput):
    """A later end."""

    ends_on: date = given("The new last day.")


@strawberry.type
class Mutation:
    @does(contract.TickItem)
    async def tick_item(
        self, info: Info, input: Annotated[TickItemInput, argument("The line.")]
    ) -> MentorshipOrRefused | None:
        """Tick a line of the checklist."""
        command = contract.TickItem(mentorship=_id(input), item=input.item, done=input.done)
        return await done(info, input, command, Mentorship.of)

    @does(contract.AdvancePhase)
    async def advance_phase(
        self, info: Info, input: Annotated[AdvancePhaseInput, argument("The next phase.")]
    ) -> MentorshipOrRefused | None:
        """Go on to the next phase."""
        command = contract.AdvancePhase(mentorship=_id(input), to=input.to, merge=input.merge_with_next)
        return await done(info, input, command, Mentorship.of)

    @does(contract.ProposeAgreement)
    async def propose_agreement(
        self, info: Info, input: Annotated[ProposeAgreementInput, argument("The version.")]
    ) -> AgreementOrRefused | None:
        """Write the next version of the agreement, for both to sign."""
        command = contract.ProposeAgreement(mentorship=_id(input), terms=input.terms())
        return await done(info, input, command, Agreement.of)

    @does(contract.SignAgreement)
    async def sign_agreement(
        self, info: Info, input: Annotated[SignAgreementInput, argument("The version.")]
    ) -> AgreementOrRefused | None:
        """Sign the newest version of the agreement; it is in force when both have."""
        command = contract.SignAgreement(mentorship=_id(input), version=input.version)
        return await done(info, input, command, Agreement.of)

    @does(contract.ReviseGoal)
    async def revise_goal(
        self, info: Info, input: Annotated[ReviseGoalInput, argument("The goal.")]
    ) -> AgreementOrRefused | None:
        """Change a goal, or add one, while working on them: a version of the agreement that both sign."""
        command = contract.ReviseGoal(mentorship=_id(input), goal=input.goal.terms())
        return await done(info, input, command, Agreement.of)

    @does(contract.ProposeExtension)
    async def propose_extension(
        self, info: Info, input: Annotated[ExtensionInput, argument("The new last day.")]
    ) -> MentorshipOrRefused | None:
        """Say yes to a later last day; nothing changes before the other one does so too."""
        command = contract.ProposeExtension(mentorship=_id(input), ends_on=input.ends_on)
        return await done(info, input, command, Mentorship.of)

    @does(contract.ExtendMentorship)
    async def extend_mentorship(
        self, info: Info, input: Annotated[ExtensionInput, argument("The new last day.")]
    ) -> MentorshipOrRefused | None:
        """Extend the agreed time to a day that the other one has said yes to."""
        command = contract.ExtendMentorship(mentorship=_id(input), ends_on=input.ends_on)
        return await done(info, input, command, Mentorship.of)

    @does(contract.ResumeMentorship)
    async def resume_mentorship(
        self, info: Info, input: Annotated[MentorshipInput, argument("The mentorship.")]
    ) -> MentorshipOrRefused | None:
        """Let a paused mentorship go on, as soon as the mentor has a place free."""
        return await done(info, input, contract.ResumeMentorship(mentorship=_id(input)), Mentorship.of)

    @does(contract.CompleteMentorship)
    async def complete_mentorship(
        self, info: Info, input: Annotated[MentorshipInput, argument("The mentorship.")]
    ) -> MentorshipOrRefused | None:
        """Close a mentorship that has come all its way."""
        return await done(info, input, contract.CompleteMentorship(mentorship=_id(input)), Mentorship.of)

    @does(contract.EndMentorship)
    async def end_mentorship(
        self, info: Info, input: Annotated[MentorshipInput, argument("The mentorship.")]
    ) -> MentorshipOrRefused | None:
        """End a mentorship at once, in any phase. There is no reason to give, and no words reach the other one."""
        return await done(info, input, contract.EndMentorship(mentorship=_id(input)), Mentorship.of)


def _goal(key: str | None) -> GoalId | None:
    """A key that is none of ours is asked about all the same, and answered as any that is not there."""
    try:
        return GoalId(UUID(key)) if key else None
    except ValueError:
        return GoalId(NOWHERE)


def _id(input: MentorshipInput) -> MentorshipId:
    found: MentorshipId = uuid_in(input.mentorship, "Mentorship")
    return found
