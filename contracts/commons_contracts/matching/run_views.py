"""What matching shows of its runs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ..base import Message
from ..codes import (
    Criterion,
    FairnessGroup,
    MatchChange,
    Modality,
    NotPaired,
    PairWish,
    ProposalOrigin,
    RefusalCode,
    RunFailure,
    RunState,
    Style,
    Unmet,
)
from ..ids import CircleId, FieldCode, PersonId, RoundId, RunId, Tongue
from ..mentoring import Weight

Band = Annotated[int, Field(ge=1, le=10_000)]


class RunSettings(Message):
    """What a coordinator may set for a run. `bands`: points under which a pair is a poor one, the worst avoided first.

    `weights` in the place of the programme's, to try out. `keeping`: points that a pair of the run before counts more.
    """

    bands: Annotated[tuple[Band, ...], Field(max_length=2)] = ()
    weights: Annotated[tuple[Weight, ...], Field(max_length=9)] = ()
    keeping: Annotated[int, Field(ge=0, le=10_000)] = 500


class ShortageView(Message):
    """Places that are missing for people of a language and a field."""

    language: Tongue
    field: FieldCode
    places: int


class RunView(Message):
    """Where a run stands, and what came of it. `below`: proposed pairs under each band, in the order of the settings."""

    id: RunId
    round: RoundId
    style: Style
    state: RunState
    seed: int
    dry_run: bool
    settings: RunSettings
    based_on: RunId | None
    started_at: datetime
    ended_at: datetime | None
    failure: RunFailure | None
    shards: int
    shards_done: int
    workers: int
    mentors: int
    mentees: int
    places: int
    matched: int
    total: int
    below: tuple[int, ...]
    moved: int
    pins_dropped: int
    identity: str | None
    result_hash: str | None
    shortage: tuple[ShortageView, ...] = ()
    most_people: int | None = None
    """Where circles are formed: so many have one at most, whatever circles were chosen."""
    blocking_pairs: int | None = None
    """Where both sides rank each other: how many pairs would rather have each other, counted in what is stored."""
    repeats: RunId | None = None
    """The run that this one has computed again."""
    repeatable: bool = False
    """Whether whom it was about is kept, so that it can be computed again."""


class Contribution(Message):
    """A criterion's share of a score: `points` of at most `most`, because of `evidence`: codes that stand on both cards."""

    criterion: Criterion
    points: int
    most: int
    skipped: bool = False
    evidence: tuple[str, ...] = ()


class ProposalView(Message):
    """A pair that a run proposes. The contributions sum to the points."""

    run: RunId
    mentor: PersonId
    mentee: PersonId
    points: int
    contributions: tuple[Contribution, ...]
    origin: ProposalOrigin
    moved: bool


class CircleView(Message):
    """A circle that a run proposes: who leads it, in which language, three hours of a week and way they meet, and how well each
    member fits the facilitator.
    """

    id: CircleId
    run: RunId
    facilitator: PersonId
    language: Tongue
    block: int
    modality: Modality
    members: tuple[ProposalView, ...]


class UnmatchedView(Message):
    """Why she is proposed to nobody, and the smallest change that would have opened the doors of so many mentors."""

    run: RunId
    mentee: PersonId
    why: Unmet
    change: MatchChange | None
    mentors: int
    language: Tongue | None


class WhyNotView(Message):
    """`rule`: the first hard rule between the two; `instead`: the pairs that used the capacity, or the mentee's own."""

    run: RunId
    mentor: PersonId
    mentee: PersonId
    why: NotPaired
    rule: RefusalCode | None = None
    instead: tuple[ProposalView, ...] = ()


class PairWishView(Message):
    round: RoundId
    style: Style
    mentor: PersonId
    mentee: PersonId
    wish: PairWish
    reason: str
    by: PersonId
    at: datetime
    lifted_at: datetime | None


class OverrideView(Message):
    """The run as it is now, what is now proposed for her, and the wish that was kept."""

    run: RunView
    proposal: ProposalView | None
    wish: PairWishView


class FairnessRow(Message):
    """Without numbers where the group is too small, or where it would follow from the others.

    no_mentor: nobody is allowed for them; no_place: fewer places than people within their reach; others_preferred: they had
    places in reach, and others fitted better.
    """

    by: FairnessGroup
    group: str
    people: int | None = None
    matched: int | None = None
    no_mentor: int | None = None
    no_place: int | None = None
    others_preferred: int | None = None


class FairnessView(Message):
    run: RunId
    rows: tuple[FairnessRow, ...]


class ComparisonView(Message):
    """Two runs side by side. `same`: pairs of both; `only_one`, `only_other`: mentees whom just one of the two proposes."""

    one: RunView
    other: RunView
    same: int
    different: int
    only_one: int
    only_other: int
    fairness_one: tuple[FairnessRow, ...]
    fairness_other: tuple[FairnessRow, ...]


class Runs(Message):
    items: tuple[RunView, ...]


class PairWishList(Message):
    items: tuple[PairWishView, ...]
