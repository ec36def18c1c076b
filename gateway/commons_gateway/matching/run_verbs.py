"""What coordinators do with match runs, and following one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from commons_chassis.faults import Fault
from commons_contracts import matching as contract
from commons_contracts.codes import Criterion, FaultCode, PairWish, RunState
from commons_contracts.mentoring import Weight

from ..context import Ground, Info
from ..fields import Shown, argument, does, given, hears, shape, told, wish
from ..live import patiently, turns
from ..refused import Refused, Wish, done
from ..relay import uuid_in
from .proposals import Proposal
from .runs import MatchRun, PairWishNote

MatchRunOrRefused = Annotated[
    MatchRun | Refused, strawberry.union("MatchRunOrRefused", description="The run, or why not.")
]
UNDER_WAY = {RunState.QUEUED, RunState.RUNNING}


@shape
class Override(Shown[contract.OverrideView]):
    """What a coordinator has decided about a mentee of a run."""

    @told
    def run(self) -> MatchRun:
        """The run as it is now."""
        return MatchRun.of(self.view.run, self.ground)

    @told
    def proposal(self) -> Proposal | None:
        """What is proposed for her now."""
        return Proposal.of(self.view.proposal, self.ground) if self.view.proposal else None

    @told
    def wish(self) -> PairWishNote:
        """What the runs to come will honour."""
        return PairWishNote.of(self.view.wish, self.ground)


OverrideOrRefused = Annotated[
    Override | Refused, strawberry.union("OverrideOrRefused", description="What was decided, or why not.")
]
PairWishNoteOrRefused = Annotated[
    PairWishNote | Refused, strawberry.union("PairWishNoteOrRefused", description="The wish, or why not.")
]


@wish
class CriterionWeight:
    """A criterion and what it counts for beside the others."""

    criterion: Criterion = given("The criterion.")
    points: int = given("Its weight, from 0 to 10,000.")


@wish
class StartMatchRunInput(Wish):
    """A match run to be computed."""

    round: strawberry.ID = given("The round.", nodes="Round")
    seed: int = given("What the lottery among equals is drawn by.", default=0)
    dry_run: bool = given("Only to see what would come of it. It is never published.", default=False)
    bands: list[int] = given(
        "Points under which a pair is a poor one, at most two; without them the programme's.", default=[]
    )
    weights: list[CriterionWeight] = given(
        "Weights to try out in the place of the programme's; in a dry run only.", default=[]
    )


@wish
class MatchRunInput(Wish):
    """A match run that is there."""

    run: strawberry.ID = given("The run.", nodes="MatchRun")


@wish
class OverrideProposalInput(Wish):
    """A coordinator's own decision about a mentee of a run."""

    run: strawberry.ID = given("The run.", nodes="MatchRun")
    mentee: strawberry.ID = given("The mentee.", nodes="Person")
    mentor: strawberry.ID | None = given(
        "Whom she is to have instead; without it, nobody.", nodes="Person", default=None
    )
    reason: str = given("Why, up to 1,000 characters. Coordinators alone read it.")


@wish
class PairInput(Wish):
    """A mentor and a mentee of a round."""

    round: strawberry.ID = given("The round.", nodes="Round")
    mentor: strawberry.ID = given("The mentor.", nodes="Person")
    mentee: strawberry.ID = given("The mentee.", nodes="Person")


@wish
class WishPairInput(PairInput):
    """What the runs to come shall do with a pair."""

    wish: PairWish = given("What is wanted.")
    reason: str = given("Why, up to 1,000 characters. Coordinators alone read it.")


@strawberry.type
class Mutation:
    @does(contract.StartMatchRun)
    async def start_match_run(
        self, info: Info, input: Annotated[StartMatchRunInput, argument("The round, and how.")]
    ) -> MatchRunOrRefused | None:
        """Have the pairs of a round computed. One run at a time."""
        weights = tuple(Weight(criterion=each.criterion, points=each.points) for each in input.weights)
        command = contract.StartMatchRun(
            round=uuid_in(input.round, "Round"),
            seed=input.seed,
            dry_run=input.dry_run,
            settings=contract.RunSettings(bands=tuple(input.bands), weights=weights),
        )
        return await done(info, input, command, MatchRun.of)

    @does(contract.RerunMatchRun)
    async def rerun_match_run(
        self, info: Info, input: Annotated[MatchRunInput, argument("The run.")]
    ) -> MatchRunOrRefused | None:
        """Compute again with everyone as she is now. Whoever has found a mentor stays, and what was proposed is kept where it can be."""
        command = contract.RerunMatchRun(run=uuid_in(input.run, "MatchRun"))
        return await done(info, input, command, MatchRun.of)

    @does(contract.RepeatMatchRun)
    async def repeat_match_run(
        self, info: Info, input: Annotated[MatchRunInput, argument("The run.")]
    ) -> MatchRunOrRefused | None:
        """Compute a run again from what was kept of it, whatever has changed since. Ends as REPEATED where the same comes of it."""
        command = contract.RepeatMatchRun(run=uuid_in(input.run, "MatchRun"))
        return await done(info, input, command, MatchRun.of)

    @does(contract.CancelMatchRun)
    async def cancel_match_run(
        self, info: Info, input: Annotated[MatchRunInput, argument("The run.")]
    ) -> MatchRunOrRefused | None:
        """Stop a run, or lay aside what it proposed."""
        command = contract.CancelMatchRun(run=uuid_in(input.run, "MatchRun"))
        return await done(info, input, command, MatchRun.of)

    @does(contract.PublishMatchRun)
    async def publish_match_run(
        self, info: Info, input: Annotated[MatchRunInput, argument("The run.")]
    ) -> MatchRunOrRefused | None:
        """Make matches of all that is proposed. Where anything has changed so that one pair could not be, none is."""
        command = contract.PublishMatchRun(run=uuid_in(input.run, "MatchRun"))
        return await done(info, input, command, MatchRun.of)

    @does(contract.OverrideProposal)
    async def override_proposal(
        self, info: Info, input: Annotated[OverrideProposalInput, argument("Whom, and why.")]
    ) -> OverrideOrRefused | None:
        """Propose another mentor to a mentee, or none. A hard rule stands above it."""
        command = contract.OverrideProposal(
            run=uuid_in(input.run, "MatchRun"),
            mentee=uuid_in(input.mentee, "Person"),
            mentor=uuid_in(input.mentor, "Person") if input.mentor else None,
            reason=input.reason,
        )
        return await done(info, input, command, Override.of)

    @does(contract.WishPair)
    async def wish_pair(
        self, info: Info, input: Annotated[WishPairInput, argument("Which two, what, and why.")]
    ) -> PairWishNoteOrRefused | None:
        """Say of a pair that it shall be, or shall not be, in the runs to come."""
        command = contract.WishPair(**_pair(input), wish=input.wish, reason=input.reason)
        return await done(info, input, command, PairWishNote.of)

    @does(contract.LiftPairWish)
    async def lift_pair_wish(
        self, info: Info, input: Annotated[PairInput, argument("Which two.")]
    ) -> PairWishNoteOrRefused | None:
        """Want nothing of a pair any more."""
        return await done(info, input, contract.LiftPairWish(**_pair(input)), PairWishNote.of)


@strawberry.type
class Subscription:
    @hears(contract.MatchRunsByIds)
    async def match_run(
        self, info: Info, id: Annotated[strawberry.ID, argument("The run.", nodes="MatchRun")]
    ) -> AsyncGenerator[MatchRun, None]:
        """A run, at once and whenever it has come farther, until it is over."""
        run, before = contract.MatchRunsByIds(ids=(uuid_in(id, "MatchRun"),)), None
        async for ground in turns(info.context):
            view = await _seen(ground, run)
            if view != before:
                before = view
                yield MatchRun.of(view, ground)
            if view.state not in UNDER_WAY:
                return


async def _seen(ground: Ground, run: contract.MatchRunsByIds) -> contract.RunView:
    found = (await patiently(ground, run)).items
    if not found:
        raise Fault(FaultCode.BAD_USER_INPUT)
    return found[0]


def _pair(input: PairInput) -> dict[str, Any]:
    return {
        "round": uuid_in(input.round, "Round"),
        "mentor": uuid_in(input.mentor, "Person"),
        "mentee": uuid_in(input.mentee, "Person"),
    }
