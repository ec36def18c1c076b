"""Who supervises whom, so that no one is mentored by her supervisor; and who has not told what a programme matches by."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.codes import Criterion, Role

from ..context import Info
from ..fields import After, First, Shown, adds, argument, does, given, said, shape, told, wish
from ..profiles.own import Viewer
from ..profiles.people import Person
from ..profiles.verbs import ViewerOrRefused, shown_again
from ..refused import Refused, Wish, done
from ..relay import Listing, listing, uuid_in
from .mentors import Round


@shape
class Supervision(Shown[contract.SupervisionView]):
    """Someone supervises someone's studies or work: the two are no pair in this project."""

    declared_at: datetime = said("When it was declared.")
    may_withdraw: bool = said("Whether the viewer declared it, and so can take it back.")

    @told
    def supervisor(self) -> Person:
        """Who supervises."""
        return Person.of(self.view.supervisor, self.ground)

    @told
    def supervised(self) -> Person:
        """Who is supervised."""
        return Person.of(self.view.supervised, self.ground)


@shape
class IncompleteProfile(Shown[contract.IncompleteView]):
    """Someone who takes part and has not told all that the programme matches by."""

    role: Role = said("As what she takes part.")
    fields: list[Criterion] = said("What she has not told.")

    @told
    def person(self) -> Person:
        """Who she is."""
        return Person.of(self.view.person, self.ground)


SupervisionOrRefused = Annotated[
    Supervision | Refused, strawberry.union("SupervisionOrRefused", description="What was declared, or why not.")
]


@wish
class SupervisionInput(Wish):
    """Who supervises whom."""

    supervisor: strawberry.ID = given("Who supervises.", nodes="Person")
    supervised: strawberry.ID = given("Who is supervised.", nodes="Person")


@adds(Viewer, contract.OwnSupervisions)
async def supervisions(root: strawberry.Parent[Viewer]) -> list[Supervision] | None:
    """Supervisions that she has declared, or that are about her."""
    found = await root.ground.once(contract.OwnSupervisions())
    return [Supervision.of(view, root.ground) for view in found.items]


@adds(Round, contract.IncompletePage)
async def incomplete_profiles(
    root: strawberry.Parent[Round], first: First = 20, after: After = None
) -> Listing[IncompleteProfile] | None:
    """Who has not told what the programme matches by. For coordinators."""
    return await listing(
        root.ground, contract.IncompletePage, IncompleteProfile.of, first=first, after=after, round=root.view.id
    )


@strawberry.type
class Mutation:
    @does(contract.DeclareSupervision)
    async def declare_supervision(
        self, info: Info, input: Annotated[SupervisionInput, argument("Who supervises whom.")]
    ) -> SupervisionOrRefused | None:
        """Say that someone supervises someone's studies or work. For the two of them, and for coordinators."""
        command = contract.DeclareSupervision(
            supervisor=uuid_in(input.supervisor, "Person"), supervised=uuid_in(input.supervised, "Person")
        )
        return await done(info, input, command, Supervision.of)

    @does(contract.WithdrawSupervision)
    async def withdraw_supervision(
        self, info: Info, input: Annotated[SupervisionInput, argument("Who supervises whom.")]
    ) -> ViewerOrRefused | None:
        """Take back what one has declared oneself."""
        command = contract.WithdrawSupervision(
            supervisor=uuid_in(input.supervisor, "Person"), supervised=uuid_in(input.supervised, "Person")
        )
        return await done(info, input, command, shown_again)
