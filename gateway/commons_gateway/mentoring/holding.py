"""Stopping a mentorship while something is looked into, and letting it go on: for who looks after safety or the programme."""

from __future__ import annotations

from typing import Annotated

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.base import Command, Done

from ..context import Info
from ..fields import argument, does, said, shape
from ..refused import Refused, done
from ..relay import global_id, uuid_in
from .pairs import MentorshipInput


@shape
class MentorshipHold:
    """That a mentorship rests, or goes on. What is in it is for its two people alone."""

    mentorship: strawberry.ID = said("The mentorship.")
    frozen: bool = said("Whether nothing can be changed in it now.")


MentorshipHoldOrRefused = Annotated[
    MentorshipHold | Refused, strawberry.union("MentorshipHoldOrRefused", description="What holds now, or why not.")
]


@strawberry.type
class Mutation:
    @does(contract.FreezeMentorship)
    async def freeze_mentorship(
        self, info: Info, input: Annotated[MentorshipInput, argument("The mentorship.")]
    ) -> MentorshipHoldOrRefused | None:
        """Stop every change in a mentorship. For coordinators and who looks after safety; not for one of the two."""
        command = contract.FreezeMentorship(mentorship=uuid_in(input.mentorship, "Mentorship"))
        return await _held(info, input, command, frozen=True)

    @does(contract.ThawMentorship)
    async def thaw_mentorship(
        self, info: Info, input: Annotated[MentorshipInput, argument("The mentorship.")]
    ) -> MentorshipHoldOrRefused | None:
        """Let a frozen mentorship go on where it was. For coordinators and who looks after safety; not for one of the two."""
        command = contract.ThawMentorship(mentorship=uuid_in(input.mentorship, "Mentorship"))
        return await _held(info, input, command, frozen=False)


async def _held(
    info: Info, input: MentorshipInput, command: Command[Done], *, frozen: bool
) -> MentorshipHold | Refused:
    id = global_id("Mentorship", uuid_in(input.mentorship, "Mentorship"))
    return await done(info, input, command, lambda _, __: MentorshipHold(mentorship=id, frozen=frozen))
