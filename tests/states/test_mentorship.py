"""A mentorship by random steps of both sides, the clock, and facts told late and told twice: it stays in order."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from commons_chassis.testing import make_database
from commons_contracts import mentoring as ask
from commons_contracts.codes import AgreementState, GoalState, MentorshipState, Role
from commons_contracts.codes import Phase as Step
from commons_matching.app import service as matching
from commons_mentoring.app import service as mentoring

from .played import Played

SHORT, AT_A_TIME = 300, 50
SIDES = st.sampled_from([Role.MENTOR, Role.MENTEE])
STATE = MentorshipState
NEXT = {
    STATE.OPEN: {STATE.PAUSED_INACTIVE, STATE.FROZEN, STATE.COMPLETED, STATE.ENDED_NO_FAULT},
    STATE.PAUSED_INACTIVE: {STATE.OPEN, STATE.FROZEN, STATE.ENDED_NO_FAULT},
    STATE.FROZEN: {STATE.OPEN, STATE.PAUSED_INACTIVE},
    STATE.COMPLETED: set(),
    STATE.ENDED_NO_FAULT: set(),
}
PHASES = (Step.PREPARATION, Step.NEGOTIATION, Step.ENABLING, Step.CLOSURE)
ANSWERS = (
    ask.Answer(question="goals", words="Reached."),
    ask.Answer(question="quality", grade=4),
    ask.Answer(question="effectiveness", grade=5),
)
QUIET = {STATE.COMPLETED, STATE.ENDED_NO_FAULT}
WORLD = SimpleNamespace(steps=0, done=0, refused=0, ends=set())


def terms(starts_on, days, active):
    goals = tuple(ask.GoalTerms(text=f"Goal {n}") for n in range(active))
    return ask.Terms(
        language="en",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=days),
        minutes_a_month=120,
        cadence_days=14,
        session_minutes=45,
        goals=goals,
        mentor_boundaries="None of her thesis.",
        mentee_boundaries="No calls.",
        confidentiality="It stays here.",
        mentor_success=("I listened.",),
        mentee_success=("I dared.",),
    )


class AnyMentorship(RuleBasedStateMachine):
    """Each rule is a step; after each everything that must hold is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack, self.it = asyncio.Runner(), AsyncExitStack(), Played()
        self.before, self.way = STATE.OPEN, [Step.PREPARATION]

    def now(self, work):
        return self.runner.run(work)

    @initialize()
    def begin(self):
        self.now(self.it.begin(self.stack, WORLD.mentoring, WORLD.matching))

    def step(self, side, command):
        no = self.now(self.it.does(side, command))
        WORLD.done, WORLD.refused = WORLD.done + (not no), WORLD.refused + bool(no)
        return no

    # ------------------------------------------------------------ both sides
    @rule(side=SIDES, done=st.booleans(), at=st.integers(0, 30))
    def tick(self, side, done, at):
        lines = self.now(self.it.lines())
        self.step(side, ask.TickItem(mentorship=self.it.id, item=lines[at % len(lines)]["item"], done=done))

    @rule()
    def tick_all(self):
        """Each what is asked of her; what either may tick the mentee does."""
        for line in self.now(self.it.lines()):
            asked = {"MENTOR": [Role.MENTOR], "EACH": [Role.MENTOR, Role.MENTEE]}.get(line["asked_of"], [Role.MENTEE])
            open_ = line["phase"] == self.way[-1] or len(self.way) == 2
            for side in asked if open_ else ():
                if line[f"{side.lower()}_at"] is None:
                    self.step(side, ask.TickItem(mentorship=self.it.id, item=line["item"]))

    @rule(side=SIDES, to=st.sampled_from(PHASES), merge=st.booleans())
    def advance(self, side, to, merge):
        self.step(side, ask.AdvancePhase(mentorship=self.it.id, to=to, merge=merge))

    @rule(side=SIDES)
    def advance_to_the_next(self, side):
        here = PHASES.index(self.way[-1])
        self.step(side, ask.AdvancePhase(mentorship=self.it.id, to=PHASES[min(here + 1, 3)]))

    @rule(side=SIDES)
    def do_all_that_the_phase_asks(self, side):
        self.tick_all()
        if self.way[-1] == Step.NEGOTIATION:
            self.agree()
        for one in (Role.MENTEE, Role.MENTOR) if self.way[-1] == Step.CLOSURE else ():
            self.evaluate(one)
        self.advance_to_the_next(side)

    @rule(side=SIDES, days=st.integers(0, 150), active=st.integers(0, 5))
    def propose(self, side, days, active):
        starts_on = self.it.here.now.date()
        self.step(side, ask.ProposeAgreement(mentorship=self.it.id, terms=terms(starts_on, days, active)))

    @rule(side=SIDES, behind=st.integers(0, 2))
    def sign(self, side, behind):
        newest = self.now(self.it.mentorship())["newest"]
        self.step(side, ask.SignAgreement(mentorship=self.it.id, version=max(newest - behind, 0)))

    @rule()
    def agree(self):
        starts_on = self.it.here.now.date()
        if not self.step(Role.MENTEE, ask.ProposeAgreement(mentorship=self.it.id, terms=terms(starts_on, 60, 2))):
            newest = self.now(self.it.mentorship())["newest"]
            for side in (Role.MENTEE, Role.MENTOR):
                self.step(side, ask.SignAgreement(mentorship=self.it.id, version=newest))

    @rule(side=SIDES, state=st.sampled_from(GoalState), new=st.booleans(), at=st.integers(0, 5))
    def revise(self, side, state, new, at):
        known = [one.goal for version in self.now(self.it.versions())[-1:] for one in version["terms"].goals]
        goal = None if new or not known else known[at % len(known)]
        self.step(side, ask.ReviseGoal(mentorship=self.it.id, goal=ask.GoalTerms(goal=goal, text="So", state=state)))

    @rule(side=SIDES, days=st.integers(0, 150), said=st.booleans())
    def extend(self, side, days, said):
        row = self.now(self.it.mentorship())
        ends_on = (row["extension_to"] if said else None) or (row["ends_on"] or date(2026, 12, 1)) + timedelta(
            days=days
        )
        self.step(side, ask.ProposeExtension(mentorship=self.it.id, ends_on=ends_on))
        self.step(side, ask.ExtendMentorship(mentorship=self.it.id, ends_on=ends_on))

    @rule(side=SIDES)
    def evaluate(self, side):
        self.step(side, ask.Evaluate(mentorship=self.it.id, kind="FINAL", session=None, answers=ANSWERS))

    @rule(side=SIDES)
    def complete(self, side):
        self.step(side, ask.CompleteMentorship(mentorship=self.it.id))

    @rule(side=SIDES, sure=st.integers(0, 5))
    def end(self, side, sure):
        if sure == 0:
            self.step(side, ask.EndMentorship(mentorship=self.it.id))

    @rule(side=SIDES)
    def resume(self, side):
        self.step(side, ask.ResumeMentorship(mentorship=self.it.id))

    @rule(freeze=st.booleans())
    def look_into(self, freeze):
        command = ask.FreezeMentorship if freeze else ask.ThawMentorship
        self.step(Role.SAFEGUARDING_LEAD, command(mentorship=self.it.id))

    # ------------------------------------------------------------ the clock, and the wire
    @rule(days=st.sampled_from([0.5, 3, 14, 21, 45]))
    def time_passes(self, days):
        self.now(self.it.later(days))

    @precondition(lambda self: self.it.wire)
    @rule(at=st.integers(0, 5))
    def deliver(self, at):
        """Late, but in the order of the mentorship and of the match: the inbox sees to that (chassis, ears)."""
        one = self.it.wire[at % len(self.it.wire)]
        first = next(fact for fact in self.it.wire if fact.aggregate == one.aggregate)
        self.it.wire.remove(first)
        self.now(self.it.deliver(first))

    @precondition(lambda self: self.it.delivered)
    @rule(at=st.integers(0, 20))
    def deliver_again(self, at):
        self.now(self.it.deliver(self.it.delivered[at % len(self.it.delivered)]))

    # ------------------------------------------------------------ what must hold
    @invariant()
    def holds(self):
        WORLD.steps += 1
        self.now(self._look())

    async def _look(self):
        row = await self.it.mentorship()
        state = row["state"]
        assert state == self.before or state in NEXT[self.before], f"{self.before} became {state}"
        self.before = state
        if row["phase"] != self.way[-1]:
            self.way.append(Step(row["phase"]))
        assert tuple(self.way) == PHASES[: len(self.way)], "a phase was skipped, or came again"
        versions = await self.it.versions()
        for version in versions:
            active = sum(goal.state == GoalState.ACTIVE for goal in version["terms"].goals)
            assert active <= self.it.rules.steps.goals_most
            both = version["mentor_signed_at"] is not None and version["mentee_signed_at"] is not None
            assert both or version["state"] != AgreementState.IN_FORCE
        in_force = [version["number"] for version in versions if version["state"] == AgreementState.IN_FORCE]
        assert in_force == ([row["agreement"]] if row["agreement"] else [])
        assert row["agreement"] or Step(row["phase"]) not in {Step.ENABLING, Step.CLOSURE}, "at work without agreement"
        held, used = await self.it.place()
        assert used == int(held) == self.it.moves(), "a place was given back twice, or taken twice"
        assert (state in QUIET) <= (not await self.it.deadlines()), "something is still due after the end"

    def teardown(self):
        try:
            if self.before is not None and hasattr(self.it, "id"):
                self.now(self._settled())
        finally:
            self.now(self.stack.aclose())
            self.runner.close()

    async def _settled(self):
        """When all has been heard, matching holds a place for what runs, and for nothing else."""
        await self.it.deliver_all()
        row = await self.it.mentorship()
        runs = row["state"] == STATE.OPEN or (row["state"] == STATE.FROZEN and row["frozen_from"] == STATE.OPEN)
        held, used = await self.it.place()
        assert (held, used) == (runs, int(runs))
        assert not row["resuming"]
        WORLD.ends.add(STATE(row["state"]))


def play_steps(steps):
    chosen = settings(
        max_examples=2 + steps * 6 // (5 * AT_A_TIME),
        stateful_step_count=AT_A_TIME,
        deadline=None,
        database=None,
        derandomize="STATES_SEED" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(AnyMentorship, settings=chosen)


@pytest.fixture(scope="module")
def databases(postgres_dsn, worker_id):
    for service in (mentoring, matching):
        setattr(WORLD, service.name, make_database(service, postgres_dsn, suffix=f"_states_{worker_id}").app_dsn)


def test_a_mentorship_stays_in_order_whatever_is_done_to_it(databases, capsys):
    wanted = int(os.environ.get("STATES_STEPS") or SHORT)
    while WORLD.steps < wanted:  # some of what is played ends early
        play_steps(wanted - WORLD.steps)
    ends = ", ".join(sorted(WORLD.ends))
    with capsys.disabled():
        print(f"\n{WORLD.steps:,} steps, {WORLD.done:,} changes, {WORLD.refused:,} refusals; ended as {ends}")
    assert WORLD.done > 0, "everything was refused"
