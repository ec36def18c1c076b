"""Match runs: what coordinators see of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import matching as contract
from commons_contracts.base import Refusal
from commons_contracts.codes import FairnessGroup, PairWish, RefusalCode, RunFailure, RunState, Style, Unmet
from commons_contracts.ids import RunId

from ..context import Batch
from ..fields import After, First, Shown, adds, argument, asks, loads, said, shape, told
from ..profiles.people import Pair, Person
from ..relay import Listing, Node, global_id, listing, uuid_in
from ..scalars import FieldCode, LanguageTag
from .mentors import ROUNDS, Round
from .proposals import Circle, Proposal, Unmatched, WhyNot

RUNS: Batch[RunId, contract.RunView] = Batch(contract.MatchRunsByIds, "ids", lambda run: run.id)


@shape
class Shortage(Shown[contract.ShortageView]):
    """Places that are missing for people of a language and a field."""

    language: LanguageTag = said("The language.")
    field: FieldCode = said("The field.")
    places: int = said("How many places.")


@shape
class MatchRate(Shown[contract.FairnessRow]):
    """How many of a declared group were matched, and why the others were not. No numbers where the group is fewer than
    five, or where such a one could be told from the others.
    """

    by: FairnessGroup = said("What the group is made by.")
    group: str = said("The group: a code, or UNDECLARED for those who have told nothing.")
    people: int | None = said("How many they are.")
    matched: int | None = said("How many of them are proposed to somebody.")
    no_mentor: int | None = said("How many have no mentor whom the rules allow.")
    no_place: int | None = said("How many share too few places within their reach.")
    others_preferred: int | None = said("How many had places in reach that went to others who fitted better.")

    @told
    def suppressed(self) -> bool:
        """Whether the numbers are kept back."""
        return self.view.people is None


@shape
class RunComparison(Shown[contract.ComparisonView]):
    """Two runs of one round, side by side."""

    same: int = said("How many pairs are in both.")
    different: int = said("How many mentees have another mentor in each.")
    only_one: int = said("How many mentees only the first run proposes to somebody.")
    only_other: int = said("How many mentees only the second run proposes to somebody.")

    @told
    def one(self) -> MatchRun:
        """The first run."""
        return MatchRun.of(self.view.one, self.ground)

    @told
    def other(self) -> MatchRun:
        """The second run."""
        return MatchRun.of(self.view.other, self.ground)

    @told
    def fairness_one(self) -> list[MatchRate]:
        """Match rates of the first run."""
        return [MatchRate.of(row, self.ground) for row in self.view.fairness_one]

    @told
    def fairness_other(self) -> list[MatchRate]:
        """Match rates of the second run."""
        return [MatchRate.of(row, self.ground) for row in self.view.fairness_other]


@shape
class PairWishNote(Pair[contract.PairWishView]):
    """What a coordinator wants of a pair in the runs to come."""

    wish: PairWish = said("What she wants.")
    reason: str = said("Why, in her words.")
    at: datetime = said("Since when.")
    lifted_at: datetime | None = said("When it ended; none while it holds.")

    @told
    def by(self) -> Person:
        """Who wants it."""
        return Person.of(self.view.by, self.ground)


@shape
class MatchRun(Node, Shown[contract.RunView]):
    """One computation of the pairs of a round. For coordinators."""

    style: Style = said("The style of mentoring it is for.")
    state: RunState = said("Where it stands.")
    seed: int = said("What the lottery among equals is drawn by.")
    dry_run: bool = said("Whether it only tries something out. Such a run is never published.")
    started_at: datetime = said("When it was started.")
    ended_at: datetime | None = said("When it was computed, cancelled or failed.")
    failure: RunFailure | None = said("Why it came to nothing.")
    shards: int = said("How many pieces of work are known so far.")
    shards_done: int = said("How many of them are done.")
    workers: int = said("How many workers are at it.")
    mentors: int = said("How many mentors take part.")
    mentees: int = said("How many mentees have no mentor yet.")
    places: int = said("How many places were free.")
    matched: int = said("How many pairs are proposed.")
    total: int = said("The points of all proposed pairs.")
    below: list[int] = said("How many proposed pairs lie below each band.")
    moved: int = said("How many people of the run before are proposed to somebody else, or to nobody.")
    pins_dropped: int = said("How many wished pairs a hard rule or a lack of places stood against.")
    identity: str | None = said("Hash of the people, the rules and the seed: equal ones have equal results.")
    result_hash: str | None = said("Hash of what was computed. Whoever runs it again gets the same.")
    most_people: int | None = said(
        "Where circles are formed: how many people could be in one at most, whatever circles were chosen."
    )
    blocking_pairs: int | None = said(
        "Where both sides rank each other: how many pairs would rather have each other than what is proposed."
    )

    repeatable: bool = said("Whether whom it was about is kept, so that it can be computed again.")

    @told
    def bands(self) -> list[int]:
        """Points under which a pair is a poor one."""
        return list(self.view.settings.bands)

    @told
    def progress(self) -> float:
        """How far it is, from 0 to 1."""
        return self.view.shards_done / self.view.shards if self.view.shards else 0.0

    @told
    def based_on(self) -> strawberry.ID | None:
        """The run whose proposals it keeps where it can."""
        return global_id("MatchRun", self.view.based_on) if self.view.based_on else None

    @told
    def repeats(self) -> strawberry.ID | None:
        """The run that it has computed again. The two are the same where it ends as REPEATED."""
        return global_id("MatchRun", self.view.repeats) if self.view.repeats else None

    @told
    def shortage(self) -> list[Shortage]:
        """What places are missing."""
        return [Shortage.of(each, self.ground) for each in self.view.shortage]

    @loads(ROUNDS, lambda self: self.view.round)
    def round(self, found: contract.RoundView | None) -> Round | None:
        """The round it belongs to."""
        return Round.of(found, self.ground) if found else None

    @asks(contract.ProposalsPage)
    async def proposals(self, first: First = 20, after: After = None) -> Listing[Proposal] | None:
        """The pairs it proposes, the best fit first."""
        asked = {"run": self.view.id}
        return await listing(self.ground, contract.ProposalsPage, Proposal.of, first=first, after=after, **asked)

    @asks(contract.CirclesPage)
    async def circles(self, first: First = 20, after: After = None) -> Listing[Circle] | None:
        """The circles it proposes, in the order of the week; none where it proposes pairs."""
        return await listing(self.ground, contract.CirclesPage, Circle.of, first=first, after=after, run=self.view.id)

    @asks(contract.UnmatchedPage)
    async def unmatched(
        self,
        reason: Annotated[Unmet | None, argument("Only those for this reason.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Listing[Unmatched] | None:
        """Whom it leaves, and what would help."""
        asked = {"run": self.view.id, "why": reason}
        return await listing(self.ground, contract.UnmatchedPage, Unmatched.of, first=first, after=after, **asked)

    @asks(contract.WhyNot)
    async def why_not(
        self,
        mentor: Annotated[strawberry.ID, argument("The mentor.", nodes="Person")],
        mentee: Annotated[strawberry.ID, argument("The mentee.", nodes="Person")],
    ) -> WhyNot | None:
        """Why the two are not proposed to each other."""
        pair = {"mentor": uuid_in(mentor, "Person"), "mentee": uuid_in(mentee, "Person")}
        return WhyNot.of(await self.ground.once(contract.WhyNot(run=self.view.id, **pair)), self.ground)

    @asks(contract.Fairness)
    async def fairness(
        self, by: Annotated[FairnessGroup | None, argument("Only groups of this kind.")] = None
    ) -> list[MatchRate] | None:
        """Match rates by declared group."""
        found = await self.ground.once(contract.Fairness(run=self.view.id, by=by))
        return [MatchRate.of(row, self.ground) for row in found.rows]

    @asks(contract.Fairness)
    async def match_rate(
        self,
        by: Annotated[FairnessGroup, argument("What the group is made by.")],
        group: Annotated[str, argument("The group.")],
    ) -> MatchRate | None:
        """The match rate of one group. None with COHORT_TOO_SMALL where it is fewer than five."""
        found = await self.ground.once(contract.Fairness(run=self.view.id, by=by, group=group))
        if not found.rows:
            raise Refusal(RefusalCode.NOT_FOUND)
        return MatchRate.of(found.rows[0], self.ground)

    @asks(contract.CompareRuns)
    async def compared_with(
        self, run: Annotated[strawberry.ID, argument("The other run.", nodes="MatchRun")]
    ) -> RunComparison | None:
        """The run and another one of its round, side by side."""
        asked = contract.CompareRuns(one=self.view.id, other=uuid_in(run, "MatchRun"))
        return RunComparison.of(await self.ground.once(asked), self.ground)


@adds(Round, contract.MatchRuns)
async def match_runs(root: strawberry.Parent[Round]) -> list[MatchRun] | None:
    """The match runs of the round, the newest first. For coordinators."""
    found = await root.ground.once(contract.MatchRuns(round=root.view.id))
    return [MatchRun.of(view, root.ground) for view in found.items]


@adds(Round, contract.PairWishes)
async def pair_wishes(root: strawberry.Parent[Round]) -> list[PairWishNote] | None:
    """What coordinators want of pairs in the runs to come. For coordinators."""
    found = await root.ground.once(contract.PairWishes(round=root.view.id))
    return [PairWishNote.of(view, root.ground) for view in found.items]
