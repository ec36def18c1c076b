"""A match run: one computation of pairs in a round, from its start to its publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import Method, RefusalCode, RunFailure, RunState, Style
from commons_contracts.ids import PersonId, ProjectId, RoundId, RunId
from commons_contracts.matching import RunEnded, RunProgressed, RunProposed, RunPublished, RunSettings, RunStarted

from .engine.weights import Rules, rules_of
from .refusing import invalid_transition
from .round import Round

UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)
OVERRIDDEN, FORGOTTEN = "OVERRIDDEN", "FORGOTTEN"
KEPT = timedelta(days=180)
"""So long whom a run was about is kept, unless somebody of them leaves before: as long as a result may be contested."""


def start(
    id: RunId,
    round: Round,
    settings: RunSettings,
    *,
    by: PersonId,
    at: datetime,
    dry: bool = False,
    seed: int = 0,
    based_on: RunId | None = None,
) -> Run:
    """A coordinator has the pairs of a round computed (journey J6.1).

    Weights that are not the programme's are for trying out: what a programme was published with stays as it is.
    """
    if settings.weights and not dry:
        raise Refusal(RefusalCode.PROGRAMME_VERSION_LOCKED)
    style, bands = round.season_style, settings.bands or round.rules.matching.bands
    if style is None:
        raise Refusal(RefusalCode.MATCH_POOL_EMPTY)
    round.require_lists_closed(at)
    return Run(
        id=id,
        project=round.project,
        round=round.id,
        style=style,
        seed=seed,
        dry_run=dry,
        settings=settings.model_copy(update={"bands": bands}).model_dump(mode="json"),
        based_on=based_on,
        started_by=by,
        started_at=at,
    )


@dataclass(eq=False, kw_only=True)
class Run:
    id: RunId
    project: ProjectId
    round: RoundId
    style: Style
    seed: int
    dry_run: bool
    settings: Mapping[str, Any]
    based_on: RunId | None
    """The run whose proposals this one keeps where it can."""
    started_by: PersonId
    started_at: datetime
    state: RunState = RunState.QUEUED
    ended_at: datetime | None = None
    failure: RunFailure | None = None
    identity: str | None = None
    """Hash of the people, the rules and the seed: equal identities have equal results."""
    result_hash: str | None = None
    mentors: int = 0
    mentees: int = 0
    places: int = 0
    shards: int = 0
    shards_done: int = 0
    workers: int = 0
    matched: int = 0
    total: int = 0
    below: list[int] = field(default_factory=list)
    """How many proposed pairs lie below each band of the settings."""
    moved: int = 0
    """People of the run it is based on who are proposed to somebody else, or to nobody."""
    pins_dropped: int = 0
    """Wishes of coordinators that a hard rule or a lack of places stood against."""
    report: Mapping[str, Any] = field(default_factory=dict)
    """Fairness by declared group, small groups left out, and what places are short."""
    repeats: RunId | None = None
    """The run that this one computes again."""
    kept: bool = True
    """Whether whom it is about may be kept beyond its end."""

    @property
    def rules(self) -> RunSettings:
        return RunSettings.model_validate(self.settings)

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def repeatable(self) -> bool:
        return self.kept and self.result_hash is not None

    def again(self, id: RunId, *, by: PersonId, at: datetime) -> Run:
        """The same people, rules and seed once more, whatever has changed since (journey J6.2): nothing of it is kept."""
        if not self.repeatable:
            raise invalid_transition(self.state if self.kept else FORGOTTEN, RunState.REPEATED)
        return Run(
            id=id,
            project=self.project,
            round=self.round,
            style=self.style,
            seed=self.seed,
            dry_run=True,
            settings=self.settings,
            based_on=None,
            started_by=by,
            started_at=at,
            repeats=self.id,
            kept=False,
        )

    def started(self) -> RunStarted:
        return RunStarted(**self._facts(self.started_at), round=self.round, dry_run=self.dry_run)

    def begin(self, *, identity: str, mentors: int, mentees: int, places: int, pins_dropped: int) -> None:
        """Its people and rules are known, and do not change any more."""
        self.state, self.identity, self.pins_dropped = RunState.RUNNING, identity, pins_dropped
        self.mentors, self.mentees, self.places = mentors, mentees, places

    def progress(self, done: int, total: int, workers: int, *, at: datetime) -> RunProgressed:
        """How far it is (journey J6.2); more work may come up while it goes on."""
        self.shards_done, self.shards, self.workers = done, total, workers
        return RunProgressed(**self._facts(at), shards_done=done, shards=total, workers=workers)

    def propose(self, *, result_hash: str, matched: int, total: int, below: list[int], at: datetime) -> RunProposed:
        """What was computed has been checked by `verify`: it is for a coordinator to look at."""
        self._require(*UNDER_WAY, to=RunState.PROPOSED)
        self.state, self.ended_at, self.result_hash = RunState.PROPOSED, at, result_hash
        self.matched, self.total, self.below = matched, total, below
        self.shards_done, self.workers = self.shards, 0
        return RunProposed(**self._facts(at), round=self.round, matched=matched, unmatched=self.mentees - matched)

    def repeated(self, of: Run, *, result_hash: str, matched: int, total: int, at: datetime) -> RunEnded:
        """It is computed: the same has come of it, or that it has not is why it failed."""
        self._require(*UNDER_WAY, to=RunState.REPEATED)
        self.result_hash, self.matched, self.total, self.shards_done = result_hash, matched, total, self.shards
        if (self.identity, result_hash) != (of.identity, of.result_hash):
            return self.fail(RunFailure.DIFFERENT, at=at)
        return self._end(RunState.REPEATED, at)

    def cancel(self, *, at: datetime) -> RunEnded:
        """A coordinator stops it, or lays what it proposed aside."""
        self._require(*UNDER_WAY, RunState.PROPOSED, to=RunState.CANCELLED)
        return self._end(RunState.CANCELLED, at)

    def fail(self, why: RunFailure, *, at: datetime) -> RunEnded:
        self._require(*UNDER_WAY, to=RunState.FAILED)
        self.failure = why
        return self._end(RunState.FAILED, at)

    def publish(self, *, at: datetime) -> RunPublished:
        """What is proposed becomes matches; what was tried out never does (journey J6.7)."""
        if self.dry_run:
            raise invalid_transition("DRY_RUN", RunState.PUBLISHED)
        self._require(RunState.PROPOSED, to=RunState.PUBLISHED)
        self.state = RunState.PUBLISHED
        return RunPublished(**self._facts(at), round=self.round, matches=self.matched)

    def require_result(self) -> None:
        """Only what was computed can be computed anew from what it proposed."""
        self._require(RunState.PROPOSED, RunState.PUBLISHED, to="RERUN")

    def require_open(self) -> None:
        """Only what is proposed and may be published can be overridden."""
        if self.dry_run:
            raise invalid_transition("DRY_RUN", OVERRIDDEN)
        self._require(RunState.PROPOSED, to=OVERRIDDEN)

    def count(self, points: Sequence[int]) -> None:
        """What is proposed, after a coordinator has changed it; the result's hash stays that of what was computed."""
        self.matched, self.total = len(points), sum(points)
        self.below = [sum(each < band for each in points) for band in sorted(self.rules.bands)]

    def _end(self, state: RunState, at: datetime) -> RunEnded:
        self.state, self.ended_at, self.workers = state, self.ended_at or at, 0
        self.kept = self.repeatable
        return RunEnded(**self._facts(at), state=state, failure=self.failure)

    def _require(self, *states: RunState, to: str) -> None:
        if self.state not in states:
            raise invalid_transition(self.state, to)

    def _facts(self, at: datetime) -> dict[str, Any]:
        return {"project": self.project, "at": at, "run": self.id, "by": self.started_by}


def rules_for(settings: RunSettings, round: Round) -> Rules:
    """The programme's rules; with other weights, where those are tried out."""
    published = rules_of(round.rules.matching)
    tried = tuple((weight.criterion, weight.points) for weight in settings.weights)
    if tried:
        published = replace(published, weights=tried)
    if round.rules.matching.method is Method.CIRCLES and published.hours_least == 0:
        published = replace(published, hours_least=1)  # a circle meets every week, at one time of all
    return published
