"""How a mentorship ends, rests and goes on, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import MentorshipState, NoticeCode, Phase, RefusalCode, Role, Style
from commons_contracts.mentoring import (
    MentorshipEnded,
    MentorshipFrozen,
    MentorshipResumed,
    MentorshipThawed,
    NoticeWanted,
    PlaceWanted,
)
from commons_mentoring import designs
from commons_mentoring.rules import ending as rule
from commons_mentoring.rules.mentorship import SIDES
from commons_mentoring.rules.phase import lines_of

NOON = datetime(2026, 12, 10, 12, tzinfo=UTC)
WESTEM = designs.load("westem").rules
State, Code = MentorshipState, RefusalCode


def complete(mentorship, lines=(), evaluated=SIDES, rules=WESTEM):
    by = mentorship.mentor
    return rule.complete(mentorship, lines=lines, evaluated=evaluated, rules=rules, by=by, at=NOON)


def refused(call, *args, **more):
    with pytest.raises(Refusal) as no:
        call(*args, **more)
    return no.value.code, no.value.params


def without(**steps):
    return WESTEM.model_copy(update={"steps": WESTEM.steps.model_copy(update=steps)})


def test_it_is_completed_when_everything_is_ticked_and_evaluated(a_pair):
    mentorship = a_pair(phase=Phase.CLOSURE, extension_by=Role.MENTOR)
    lines = lines_of(mentorship, WESTEM)
    code, params = refused(complete, mentorship, lines)
    assert (code, len(params["missing"])) == (Code.CHECKLIST_INCOMPLETE, 5)
    for evaluated, missing in (((), SIDES), ((Role.MENTOR,), (Role.MENTEE,))):
        no = refused(complete, mentorship, (), evaluated)
        assert no == (Code.FINAL_EVALUATION_REQUIRED, {"missing": missing})
    assert mentorship.state == State.OPEN
    ended, notice = complete(mentorship)
    assert (type(ended), ended.state, ended.turn, ended.match) == (
        MentorshipEnded,
        State.COMPLETED,
        1,
        mentorship.match,
    )
    assert (notice.code, notice.person) == (NoticeCode.MENTORSHIP_COMPLETED, mentorship.mentee)
    assert (mentorship.over_at, mentorship.extension_by) == (NOON, None)
    assert refused(complete, mentorship) == (Code.RELATIONSHIP_CLOSED, {"state": State.COMPLETED})


def test_not_before_its_last_phase(a_pair):
    code, params = refused(complete, a_pair(phase=Phase.ENABLING))
    assert (code, params["allowed"]) == (Code.PHASE_FORBIDS, (Phase.CLOSURE,))


def test_one_sitting_is_evaluated_as_a_session(a_pair):
    flash = a_pair(Style.FLASH, phase=Phase.CLOSURE)
    no = refused(complete, flash, (), (Role.MENTOR,))
    assert no == (Code.SESSION_EVALUATION_REQUIRED, {"missing": (Role.MENTEE,)})
    assert complete(flash)[0].style == Style.FLASH


@pytest.mark.parametrize("style", [Style.TRADITIONAL, Style.FLASH])
def test_a_programme_may_ask_for_no_evaluation(a_pair, style):
    rules = without(final_evaluation=None, session_evaluation=None)
    assert complete(a_pair(style, phase=Phase.CLOSURE), (), (), rules)[0].state == State.COMPLETED


@pytest.mark.parametrize("phase", WESTEM.steps.phases[Style.TRADITIONAL])
@pytest.mark.parametrize("side", ["mentor", "mentee"])
@pytest.mark.parametrize("state", [State.OPEN, State.PAUSED_INACTIVE])
def test_either_ends_it_in_any_phase_and_the_other_is_told_that_it_is_over_and_no_more(a_pair, phase, side, state):
    mentorship = a_pair(phase=phase, state=state, turn=3, resuming=True)
    ended, notice = rule.end(mentorship, by=getattr(mentorship, side), at=NOON)
    assert (mentorship.state, ended.state, ended.turn) == (State.ENDED_NO_FAULT, State.ENDED_NO_FAULT, 4)
    partner = mentorship.mentee if side == "mentor" else mentorship.mentor
    assert (notice.person, notice.code, notice.number) == (partner, NoticeCode.MENTORSHIP_ENDED, None)
    assert not mentorship.resuming
    assert str(mentorship.mentor) not in ended.model_dump_json(), "who ended it is told to nobody"
    assert str(mentorship.mentee) not in ended.model_dump_json()
    assert refused(rule.end, mentorship, by=mentorship.mentor, at=NOON)[0] == Code.RELATIONSHIP_CLOSED


def test_a_pause_ends_when_matching_has_a_place(a_pair):
    mentorship = a_pair(state=State.PAUSED_INACTIVE, turn=1)
    (wanted,) = rule.resume(mentorship, by=mentorship.mentee, at=NOON)
    assert (type(wanted), wanted.turn, mentorship.resuming, mentorship.state) == (
        PlaceWanted,
        2,
        True,
        State.PAUSED_INACTIVE,
    )
    assert rule.resume(mentorship, by=mentorship.mentor, at=NOON) == (), "asked once is asked"
    assert rule.answer_place(mentorship, turn=1, taken=True, at=NOON) == (), "an answer to something older"
    resumed, *told = rule.answer_place(mentorship, turn=2, taken=True, at=NOON)
    assert (type(resumed), mentorship.state, mentorship.active_at) == (MentorshipResumed, State.OPEN, NOON)
    assert {notice.code for notice in told} == {NoticeCode.MENTORSHIP_RESUMED}
    assert rule.answer_place(mentorship, turn=2, taken=True, at=NOON) == ()
    no = refused(rule.resume, mentorship, by=mentorship.mentee, at=NOON)
    assert no == (Code.INVALID_TRANSITION, {"from": State.OPEN, "to": State.OPEN})


def test_without_a_place_it_rests_on_and_both_are_told(a_pair):
    mentorship = a_pair(state=State.PAUSED_INACTIVE, turn=1)
    rule.resume(mentorship, by=mentorship.mentee, at=NOON)
    told = rule.answer_place(mentorship, turn=2, taken=False, at=NOON)
    assert [fact.code for fact in told if isinstance(fact, NoticeWanted)] == [NoticeCode.NO_PLACE_TO_RESUME] * 2
    assert (mentorship.state, mentorship.resuming) == (State.PAUSED_INACTIVE, False)
    assert len(rule.resume(mentorship, by=mentorship.mentor, at=NOON)) == 1, "and may be tried again"


@pytest.mark.parametrize("state", [State.COMPLETED, State.FROZEN])
def test_what_is_over_or_frozen_is_not_resumed(a_pair, state):
    code, _ = refused(rule.resume, (pair := a_pair(state=state)), by=pair.mentor, at=NOON)
    assert code in {Code.RELATIONSHIP_CLOSED, Code.RELATIONSHIP_FROZEN}


@pytest.mark.parametrize("state", [State.OPEN, State.PAUSED_INACTIVE])
def test_what_is_frozen_goes_on_where_it_was(a_pair, state):
    mentorship = a_pair(state=state)
    (frozen,) = rule.freeze(mentorship, NOON)
    assert (type(frozen), mentorship.state) == (MentorshipFrozen, State.FROZEN)
    assert rule.freeze(mentorship, NOON) == ()
    assert refused(rule.end, mentorship, by=mentorship.mentor, at=NOON)[0] == Code.RELATIONSHIP_FROZEN
    (thawed,) = rule.thaw(mentorship, NOON)
    assert (type(thawed), mentorship.state, mentorship.active_at) == (MentorshipThawed, state, NOON)
    assert refused(rule.thaw, mentorship, NOON)[0] == Code.INVALID_TRANSITION


def test_a_place_that_came_while_it_was_frozen_is_kept_for_it(a_pair):
    mentorship = a_pair(state=State.PAUSED_INACTIVE, turn=1)
    rule.resume(mentorship, by=mentorship.mentee, at=NOON)
    rule.freeze(mentorship, NOON)
    rule.answer_place(mentorship, turn=2, taken=True, at=NOON)
    assert mentorship.state == State.FROZEN
    rule.thaw(mentorship, NOON)
    assert mentorship.state == State.OPEN


def test_what_is_over_is_not_frozen(a_pair):
    assert refused(rule.freeze, a_pair(state=State.COMPLETED), NOON)[0] == Code.RELATIONSHIP_CLOSED


def test_nobody_looks_into_what_she_has_a_part_in(a_pair):
    mentorship = a_pair()
    for person in (mentorship.mentor, mentorship.mentee):
        assert refused(rule.require_apart, mentorship, person)[0] == Code.CONFLICT_OF_INTEREST
    rule.require_apart(mentorship, new_id())
