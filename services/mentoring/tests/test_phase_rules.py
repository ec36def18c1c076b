"""Phases and their checklists, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from commons_chassis.ids import new_id
from commons_contracts.base import Refusal
from commons_contracts.codes import AgreementNeed, MentorshipState, Phase, RefusalCode, Role, Style, Ticker
from commons_mentoring import designs
from commons_mentoring.rules import phase as rule
from commons_mentoring.rules.mentorship import SIDES, other

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)
WESTEM = designs.load("westem").rules
Preparation, Negotiation, Enabling, Closure = Phase.PREPARATION, Phase.NEGOTIATION, Phase.ENABLING, Phase.CLOSURE


def tick_all(mentorship, lines):
    for line in lines:
        for side in SIDES:
            if line.asked_of not in rule.ASKED_OF_ONE or rule.ASKED_OF_ONE[line.asked_of] == side:
                line.tick(side, done=True, at=NOON)


def advance(mentorship, to, lines, *, rules=WESTEM, unsigned=SIDES, merge=False):
    by = mentorship.mentee
    return rule.advance(mentorship, to, lines=lines, rules=rules, unsigned=unsigned, merge=merge, by=by, at=NOON)


def with_steps(**changes):
    return WESTEM.model_copy(update={"steps": WESTEM.steps.model_copy(update=changes)})


def code_of(no):
    return no.value.code, no.value.params


def test_each_phase_of_the_manual_has_its_checklist():
    found = [len(rule.checklist(WESTEM, Style.TRADITIONAL, phase)) for phase in WESTEM.steps.phases[Style.TRADITIONAL]]
    assert found == [7, 7, 5, 5]
    assert rule.checklist(WESTEM, Style.TRADITIONAL, Phase.FORMING) == ()


def test_one_sitting_leaves_out_what_it_has_no_use_for():
    asked = rule.checklist(WESTEM, Style.FLASH, Negotiation)
    assert "GOALS_AGREED" in asked
    assert "NEXT_MEETING_DATE_SET" not in asked


def test_the_next_phase_waits_for_every_line(a_pair):
    mentorship = a_pair()
    lines = rule.lines_of(mentorship, WESTEM)
    with pytest.raises(Refusal) as no:
        advance(mentorship, Negotiation, lines)
    assert code_of(no) == (
        RefusalCode.CHECKLIST_INCOMPLETE,
        {"phase": Preparation, "missing": WESTEM.steps.checklists[Preparation]},
    )
    tick_all(mentorship, lines[1:])
    with pytest.raises(Refusal) as no:
        advance(mentorship, Negotiation, lines)
    assert no.value.params["missing"] == ("FIRST_MEETING_DATE_SET",)
    tick_all(mentorship, lines)
    entered = advance(mentorship, Negotiation, lines)
    assert (entered.phase, entered.merged, mentorship.phase) == (Negotiation, None, Negotiation)


def test_a_line_is_done_when_those_have_ticked_it_who_are_asked(a_pair):
    mentorship = a_pair()
    lines = {line.item: line for line in rule.lines_of(mentorship, WESTEM)}
    either, each = lines["TRUST_BUILT"], lines["SELF_REFLECTION_DONE"]
    for by in (mentorship.mentor, mentorship.mentee):
        (fact,) = rule.tick(mentorship, lines.values(), "SELF_REFLECTION_DONE", by=by, done=True, at=NOON)
        assert (fact.by, fact.item, fact.done) == (mentorship.side_of(by), "SELF_REFLECTION_DONE", True)
        assert each.done == (by == mentorship.mentee)
    rule.tick(mentorship, lines.values(), "TRUST_BUILT", by=mentorship.mentor, done=True, at=NOON)
    assert either.done
    assert list(either.ticks) == [Role.MENTOR]


def test_who_is_not_asked_does_not_tick(a_pair):
    mentorship = a_pair()
    lines = rule.lines_of(mentorship, WESTEM)
    with pytest.raises(Refusal) as no:
        rule.tick(mentorship, lines, "GOALS_CONSIDERED", by=mentorship.mentor, done=True, at=NOON)
    assert code_of(no) == (RefusalCode.ROLE_NOT_ALLOWED, {"roles": (Role.MENTEE,)})


def test_ticking_twice_says_nothing_new_and_a_tick_can_be_taken_back(a_pair):
    mentorship = a_pair()
    lines = rule.lines_of(mentorship, WESTEM)
    ticked = {"by": mentorship.mentee, "at": NOON}
    assert rule.tick(mentorship, lines, "TRUST_BUILT", done=False, **ticked) == ()
    assert len(rule.tick(mentorship, lines, "TRUST_BUILT", done=True, **ticked)) == 1
    assert rule.tick(mentorship, lines, "TRUST_BUILT", done=True, **ticked) == ()
    assert len(rule.tick(mentorship, lines, "TRUST_BUILT", done=False, **ticked)) == 1
    assert "TRUST_BUILT" in rule.missing(mentorship, lines)
    by_mentor = {"by": mentorship.mentor, "at": NOON}
    assert len(rule.tick(mentorship, lines, "TRUST_BUILT", done=True, **by_mentor)) == 1
    assert len(rule.tick(mentorship, lines, "TRUST_BUILT", done=False, **by_mentor)) == 1


def test_a_phase_that_is_over_stays_as_it_was_ticked(a_pair):
    mentorship = a_pair()
    before = rule.lines_of(mentorship, WESTEM)
    tick_all(mentorship, before)
    advance(mentorship, Negotiation, before)
    lines = (*before, *rule.lines_of(mentorship, WESTEM))
    with pytest.raises(Refusal) as no:
        rule.tick(mentorship, lines, "TRUST_BUILT", by=mentorship.mentor, done=False, at=NOON)
    assert code_of(no) == (RefusalCode.PHASE_FORBIDS, {"phase": Negotiation, "allowed": (Preparation,)})
    with pytest.raises(Refusal) as no:
        rule.tick(mentorship, lines, "NO_SUCH_ITEM", by=mentorship.mentor, done=True, at=NOON)
    assert no.value.code == RefusalCode.NOT_FOUND


def test_both_phases_in_one_meeting_leave_both_checklists_open(a_pair):
    mentorship = a_pair()
    lines = rule.lines_of(mentorship, WESTEM)
    entered = advance(mentorship, Negotiation, lines, merge=True)
    assert (entered.merged, mentorship.open_phases) == (Preparation, (Preparation, Negotiation))
    lines = (*lines, *rule.lines_of(mentorship, WESTEM))
    mentorship.agreement = 1
    with pytest.raises(Refusal) as no:
        advance(mentorship, Enabling, lines)
    assert len(no.value.params["missing"]) == 14
    tick_all(mentorship, lines)
    advance(mentorship, Enabling, lines)
    assert mentorship.open_phases == (Enabling,)


@pytest.mark.parametrize("merged", [None, Preparation])
def test_only_what_the_programme_says_is_merged(a_pair, merged):
    mentorship = a_pair(phase=Negotiation, merged=merged, agreement=1)
    with pytest.raises(Refusal) as no:
        advance(mentorship, Enabling, (), merge=True)
    assert code_of(no) == (RefusalCode.PHASE_FORBIDS, {"phase": Negotiation, "allowed": (Preparation,)})


def test_a_meeting_holds_two_phases_and_no_three(a_pair):
    mentorship = a_pair(phase=Negotiation, merged=Preparation, agreement=1)
    with pytest.raises(Refusal):
        advance(mentorship, Enabling, (), merge=True, rules=with_steps(merged=(Preparation, Negotiation)))


def test_no_phase_is_skipped_and_none_comes_again(a_pair):
    for to in (Preparation, Enabling, Closure):
        with pytest.raises(Refusal) as no:
            advance(a_pair(), to, ())
        assert code_of(no) == (RefusalCode.INVALID_TRANSITION, {"from": Preparation, "to": to})


def test_a_style_has_its_own_phases(a_pair):
    with pytest.raises(Refusal) as no:
        advance(a_pair(Style.FLASH), Enabling, ())
    phases = (Preparation, Negotiation, Closure)
    assert code_of(no) == (RefusalCode.PHASE_NOT_IN_STYLE, {"style": Style.FLASH, "phases": phases})
    assert advance(a_pair(Style.FLASH, phase=Negotiation), Closure, ()).phase == Closure


@pytest.mark.parametrize("unsigned", [SIDES, (Role.MENTEE,)])
def test_nobody_works_without_an_agreement_that_both_have_signed(a_pair, unsigned):
    mentorship = a_pair(phase=Negotiation)
    with pytest.raises(Refusal) as no:
        advance(mentorship, Enabling, (), unsigned=unsigned)
    assert code_of(no) == (RefusalCode.AGREEMENT_NOT_SIGNED, {"missing": unsigned})
    mentorship.agreement = 1
    assert advance(mentorship, Enabling, ()).phase == Enabling


def test_where_an_agreement_is_a_choice_none_is_asked_for(a_pair):
    rules = with_steps(agreement={Style.TRADITIONAL: AgreementNeed.OPTIONAL})
    assert advance(a_pair(phase=Negotiation), Enabling, (), rules=rules).phase == Enabling


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (MentorshipState.COMPLETED, RefusalCode.RELATIONSHIP_CLOSED),
        (MentorshipState.ENDED_NO_FAULT, RefusalCode.RELATIONSHIP_CLOSED),
        (MentorshipState.FROZEN, RefusalCode.RELATIONSHIP_FROZEN),
        (MentorshipState.PAUSED_INACTIVE, RefusalCode.INVALID_TRANSITION),
    ],
)
def test_nothing_is_ticked_where_it_is_not_open(a_pair, state, code):
    mentorship = a_pair(state=state)
    lines = rule.lines_of(mentorship, WESTEM)
    with pytest.raises(Refusal) as no:
        rule.tick(mentorship, lines, "TRUST_BUILT", by=mentorship.mentor, done=True, at=NOON)
    assert no.value.code == code
    with pytest.raises(Refusal) as no:
        advance(mentorship, Negotiation, lines, merge=True)
    assert no.value.code == code


def test_nobody_else_has_such_a_mentorship(a_pair):
    mentorship = a_pair()
    assert not mentorship.is_of(new_id())
    with pytest.raises(Refusal) as no:
        mentorship.side_of(new_id())
    assert no.value.code == RefusalCode.NOT_FOUND
    assert [mentorship.person_of(other(side)) for side in SIDES] == [mentorship.mentee, mentorship.mentor]


def test_whoever_came_first_stands_first(a_pair):
    (line, *_) = rule.lines_of(a_pair(), WESTEM)
    line.asked_of = Ticker.EACH
    line.mentor_at, line.mentee_at = NOON + timedelta(hours=1), NOON
    assert list(line.ticks) == [Role.MENTEE, Role.MENTOR]


def test_what_was_heard_late_does_not_turn_time_back(a_pair):
    mentorship = a_pair(listed_at=NOON)
    mentorship.was_active(NOON + timedelta(days=3))
    mentorship.was_active(NOON)
    assert (mentorship.active_at, mentorship.listed_at) == (NOON + timedelta(days=3), None)
