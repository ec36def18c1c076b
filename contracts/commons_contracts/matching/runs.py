"""Match runs: a coordinator has the pairs of a round computed, looks at them, changes some, and publishes them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from ..base import Command, Event, Page, Query
from ..codes import FairnessGroup, PairWish, Role, RunFailure, RunState, Unmet
from ..ids import PersonId, RoundId, RunId
from .run_views import (
    CircleView,
    ComparisonView,
    FairnessView,
    OverrideView,
    PairWishList,
    PairWishView,
    ProposalView,
    Runs,
    RunSettings,
    RunView,
    UnmatchedView,
    WhyNotView,
)
from .views import First

COORDINATORS = (Role.COORDINATOR,)
Reason = Annotated[str, Field(max_length=1000)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class StartMatchRun(Command[RunView], roles=COORDINATORS):
    """For the season: flash sessions are taken one by one."""

    round: RoundId
    seed: Seed = 0
    dry_run: bool = False
    settings: RunSettings = RunSettings()


class RerunMatchRun(Command[RunView], roles=COORDINATORS):
    """Anew with everyone as she is now: who has found a mentor stays, and what was proposed is kept where it can be."""

    run: RunId


class RepeatMatchRun(Command[RunView], roles=COORDINATORS):
    """The same once more, from what was kept of it: whoever doubts a result sees whether it comes out again."""

    run: RunId


class CancelMatchRun(Command[RunView], roles=COORDINATORS):
    run: RunId


class PublishMatchRun(Command[RunView], roles=COORDINATORS):
    """All that is proposed becomes matches, or nothing does."""

    run: RunId


class OverrideProposal(Command[OverrideView], roles=COORDINATORS):
    """Another mentor for her, or none: in this run, and as a wish in those to come."""

    run: RunId
    mentee: PersonId
    mentor: PersonId | None = None
    reason: Reason


class WishPair(Command[PairWishView], roles=COORDINATORS):
    """What the runs to come shall do with a pair."""

    round: RoundId
    mentor: PersonId
    mentee: PersonId
    wish: PairWish
    reason: Reason


class LiftPairWish(Command[PairWishView], roles=COORDINATORS):
    """What was wanted of a pair, is wanted no longer."""

    round: RoundId
    mentor: PersonId
    mentee: PersonId


class MatchRuns(Query[Runs], roles=COORDINATORS):
    """Those of a round, the newest first."""

    round: RoundId


class MatchRunsByIds(Query[Runs]):
    """For coordinators; to others there are none."""

    ids: tuple[RunId, ...]


class ProposalsPage(Query[Page[ProposalView]], roles=COORDINATORS):
    """The best fit first."""

    run: RunId
    first: First = 20
    after: str | None = None


class CirclesPage(Query[Page[CircleView]], roles=COORDINATORS):
    """In the order of the week."""

    run: RunId
    first: First = 20
    after: str | None = None


class UnmatchedPage(Query[Page[UnmatchedView]], roles=COORDINATORS):
    run: RunId
    why: Unmet | None = None
    first: First = 20
    after: str | None = None


class WhyNot(Query[WhyNotView], roles=COORDINATORS):
    run: RunId
    mentor: PersonId
    mentee: PersonId


class PairWishes(Query[PairWishList], roles=COORDINATORS):
    """Those of a round that stand, the newest first."""

    round: RoundId


class CompareRuns(Query[ComparisonView], roles=COORDINATORS):
    one: RunId
    other: RunId


class Fairness(Query[FairnessView], roles=COORDINATORS):
    """Match rates by what mentees have declared; a group of fewer than five is never shown.

    A single group that is too small is refused: COHORT_TOO_SMALL.
    """

    run: RunId
    by: FairnessGroup | None = None
    group: str | None = None


class RunStarted(Event, of="run", about=("by",)):
    """A coordinator has the pairs of a round computed."""

    run: RunId
    by: PersonId
    round: RoundId
    dry_run: bool


class RunProgressed(Event, of="run", about=("by",)):
    """How far a run is, and how many work on it."""

    run: RunId
    by: PersonId
    shards_done: int
    shards: int
    workers: int


class RunProposed(Event, of="run", about=("by",)):
    """A run is computed and verified."""

    run: RunId
    by: PersonId
    round: RoundId
    matched: int
    unmatched: int


class RunEnded(Event, of="run", about=("by",)):
    """A run was cancelled, or came to nothing."""

    run: RunId
    by: PersonId
    state: RunState
    failure: RunFailure | None = None


class RunPublished(Event, of="run", about=("by",)):
    """The pairs of a run have become matches."""

    run: RunId
    by: PersonId
    round: RoundId
    matches: int


class ProposalOverridden(Event, of="run", about=("by", "mentee", "mentor")):
    """A coordinator decided about a mentee of a run herself."""

    run: RunId
    by: PersonId
    mentee: PersonId
    mentor: PersonId | None


class PairWished(Event, of="wish", about=("mentor", "mentee")):
    """A coordinator wants a pair to be, or not to be, in the runs to come."""

    wish: UUID
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    kind: PairWish


class PairWishLifted(Event, of="wish"):
    """A coordinator wants nothing of a pair any more."""

    wish: UUID
